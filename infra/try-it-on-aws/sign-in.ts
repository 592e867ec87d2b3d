import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Answer, curl } from './curl.ts'

const browser = ['--header', 'Sec-Fetch-Mode: navigate', '--header', 'Sec-Fetch-Dest: document']

/**
 * Signs in as a browser would, with curl and a jar: the page, Cognito's classic login form, the callback, and the page again; then
 * signs out. Resolves to what went wrong, in words; to nothing where all went right.
 */
export async function signInAndOut(
  { base, path, directory }: { base: string; path: string; directory: string },
  person: { name: string; password: string },
): Promise<string[]> {
  const jar = join(directory, 'cookies.txt')
  const visit = (url: string, ...more: string[]) => curl(url, ...browser, '--cookie', jar, '--cookie-jar', jar, ...more)
  const to = ({ headers }: Answer, from: string) => new URL(headers.location ?? '', from).href
  try {
    const start = await visit(`${base}${path}`)
    if (start.status !== 302) return [`the page is ${start.status}, and not 302 to the login`]
    let url = to(start, base)
    let form = await visit(url)
    while (form.status === 302) {
      url = to(form, url)
      form = await visit(url)
    }
    const csrf = /name="_csrf" value="([^"]+)"/.exec(form.body)?.[1]
    const action = /<form[^>]*action="([^"]+)"/.exec(form.body)?.[1]?.replaceAll('&amp;', '&')
    if (csrf === undefined || action === undefined)
      return ['the login page has no form that is known here; look at it in a browser']
    const fields = { _csrf: csrf, username: person.name, password: person.password }
    const data = Object.entries(fields).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`])
    const back = to(await visit(new URL(action, url).href, ...data), url)
    if (!back.startsWith(`${base}/_auth/callback`)) return ['the login did not send back to the callback path']
    const landed = await visit(back)
    if (landed.status !== 303) return [`the callback is ${landed.status}, and not 303 to the page`]
    const cookies = (landed.headers['set-cookie'] ?? '').split('\n').filter((line) => !/Max-Age=0/i.test(line))
    const isBound = (line: string) => /^__Host-/.test(line) && /; Secure/i.test(line) && /; HttpOnly/i.test(line)
    if (!cookies.every(isBound)) return ['a cookie of the session is not bound to the host']
    const page = await visit(`${base}${path}`)
    if (page.status !== 200) return [`the page is ${page.status} with a session`]
    const out = await visit(`${base}/_auth/sign-out`, '--header', 'Sec-Fetch-Site: same-origin')
    if (out.status !== 303) return [`signing out is ${out.status}, and not 303`]
    const after = await visit(`${base}${path}`)
    return after.status === 302 ? [] : [`the page is ${after.status} after signing out`]
  } finally {
    await rm(jar, { force: true })
  }
}
