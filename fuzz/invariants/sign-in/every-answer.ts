/** What each answer of a step has: its headers, its cookies' attributes, and a page of the site's own words. */
import { cookiePrefix, hashOf } from '../../../oracle/session-cookies.ts'
import { ownPathsOf } from '../../../oracle/sign-in.ts'
import { echoOf } from '../echo.ts'
import { bodyOf, valuesOf } from '../header-values.ts'
import type { Remark } from '../observation.ts'
import { idsIn, type SignInContext, told } from './sign-in-context.ts'

/** Each answer of a step (`sign-in/response`, `sign-in/page`, `sign-in/cookies`). */
export function ofEveryAnswer(context: SignInContext): Remark[] {
  const { policy, request, response, status, location, set } = context
  const header = (name: string) =>
    valuesOf(response.headers ?? {}, name)
      .join(', ')
      .toLowerCase()
  const found: Remark[] = []
  const csp = header('content-security-policy')
  const isGuarded =
    header('cache-control') === 'no-store' &&
    header('referrer-policy') === 'no-referrer' &&
    header('x-content-type-options') === 'nosniff' &&
    csp.includes("default-src 'none'") &&
    csp.includes("frame-ancestors 'none'") &&
    (status !== '503' || header('retry-after') !== '')
  if (!isGuarded) found.push({ rule: 'sign-in/response', story: 'an answer of sign-in lacks one of its headers' })
  for (const { name, value, attributes } of set) {
    const isOwn = name.startsWith(cookiePrefix) && isName(name.slice(cookiePrefix.length))
    const [age = '', ...others] = attributes.filter((one) => /^Max-Age=\d+$/.test(one))
    const fixed = attributes
      .filter((one) => one !== age)
      .toSorted()
      .join('; ')
    const isTaken = (value === '') === (age === 'Max-Age=0')
    const isSound = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value) && others.length === 0 && isTaken
    if (isOwn && isSound && fixed === 'HttpOnly; Path=/; SameSite=Lax; Secure') continue
    found.push({ rule: 'sign-in/cookies', story: `the cookie ${name} is not set as the table says` })
  }
  const body = bodyOf(response)
  if (location !== undefined) {
    if (body !== '') found.push({ rule: 'sign-in/page', story: 'a redirect has a body' })
    return found
  }
  const own = [policy, ownPathsOf(policy), 'confirm=', ...idsIn(context.cookies, request).map(hashOf)]
  const echo = echoOf(request, body, JSON.stringify(own))
  if (echo !== null) found.push({ rule: 'sign-in/page', story: "the viewer's words are in a page" })
  if (body === '' || header('content-type') !== 'text/html; charset=utf-8') {
    found.push({ rule: 'sign-in/page', story: 'an answer has no page' })
  }
  const links = [...body.matchAll(/(?:href|src|action)\s*=\s*"?([^">\s]*)/gi)].map(([, link = '']) => link)
  for (const link of links) {
    if (!isSitesOwn(context, link)) found.push({ rule: 'sign-in/page', story: `a page has a link to ${link}` })
  }
  return found
}

function isName(name: string): boolean {
  return /^(?:t[0-7]|[ar](?:\.1)?|[go])$/.test(name)
}

/** `/`, the end of a sign-out, and sign-out with the hash of a session that is there. */
function isSitesOwn({ policy, request, cookies }: SignInContext, link: string): boolean {
  const { signOut } = ownPathsOf(policy)
  const confirms = idsIn(cookies, request).map((id) => `${signOut}?confirm=${hashOf(id)}`)
  return ['/', policy.signIn?.afterSignOut, signOut, `${signOut}?confirm=`, ...confirms].includes(link)
}

/** A page with this status, and nothing else. */
export function ofPage(context: SignInContext, status: string, { rule, story }: Remark): Remark[] {
  if (context.status === status && context.location === undefined && context.set.length === 0) return []
  return [{ rule, story: `the answer to ${story} is ${told(context)} in the place of a page with ${status}` }]
}
