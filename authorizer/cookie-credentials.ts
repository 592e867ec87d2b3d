import type { Credentials } from './credentials.ts'
import type { CookieName, CookieSource } from './edge-policy.ts'
import { usesChunks, usesLastUser } from './features.ts'

/** So many cookies of one name are looked at: whoever can set one for the domain could have each request verify hundreds. */
const maxCandidates = 4

/** A cookie of the source in a cookie header's line. */
interface Cookie {
  value: string
  /** What precedes a name's `*`, and what that stands for here. */
  before: string
  user: string | undefined
  /** What follows a chunked name: `.0` and so on. */
  chunk: string | undefined
  /** Where it stands in the line: from after the semicolon, and the spaces, before it, to before the semicolon after it. */
  start: number
  end: number
}

/**
 * Cookies of the given names (RFC 6265 4.2). A line is passed over once, whatever the number of names, and a name is looked for
 * after a delimiter only.
 */
export function cookieCredentials({ cookies: names, chunks, lastUser }: CookieSource): Credentials {
  const prefix = commonPrefix(names)
  const lastUserNames = new Map(names.map(([before]) => [`${before}LastAuthUser`, before]))

  function cookiesIn(line: string): Cookie[] {
    const found: Cookie[] = []
    let start = 0
    while (start < line.length) {
      const semicolon = line.indexOf(';', start)
      const end = semicolon < 0 ? line.length : semicolon
      while (line.charCodeAt(start) === 0x20) start++
      if (line.startsWith(prefix, start)) {
        const pair = line.slice(start, end)
        const equals = pair.indexOf('=')
        const value = pair.slice(equals + 1)
        const match = equals < 1 ? undefined : matchOf(pair.slice(0, equals))
        if (match) found.push({ value, ...match, start, end })
      }
      start = end + 1
    }
    return found
  }

  function matchOf(name: string): Pick<Cookie, 'before' | 'user' | 'chunk'> | undefined {
    for (const [before, after] of names) {
      if (!name.startsWith(before)) continue
      if (after !== undefined) {
        if (name.length < before.length + after.length || !name.endsWith(after)) continue
        return { before, user: name.slice(before.length, name.length - after.length), chunk: undefined }
      }
      const chunk = name.slice(before.length)
      if (chunk === '' || (usesChunks && chunks && /^\.\d+$/.test(chunk))) return { before, user: undefined, chunk }
    }
    return undefined
  }

  /** The users that `LastAuthUser` names, client by client: Amplify encodes a user's name in one way in names and in another in values. */
  function lastUsers(lines: readonly string[]): Map<string, string[]> {
    const users = new Map<string, string[]>()
    for (const line of lines) {
      for (const pair of line.split(';')) {
        const equals = pair.indexOf('=')
        const user = pair.slice(equals + 1)
        const before = user && lastUserNames.get(pair.slice(0, equals).trimStart())
        if (before !== undefined && before !== '') users.set(before, [...(users.get(before) ?? []), decoded(user)])
      }
    }
    return users
  }

  return {
    read({ cookie = [] }) {
      let found: Cookie[] = []
      for (const { value } of cookie) found.push(...cookiesIn(value))
      found = found.filter(({ value }) => value !== '')
      if (usesChunks && chunks) {
        const parts = found.filter(({ chunk }) => chunk)
        if (parts.length > 0) return joined(parts)
      }
      if (usesLastUser && lastUser && found.length > 0) {
        const users = lastUsers(cookie.map(({ value }) => value))
        found = found.filter(({ before, user = '' }) => users.get(before)?.includes(decoded(user)) ?? true)
      }
      if (found.length < 2) return found[0]?.value
      return [...new Set(found.map(({ value }) => value))].slice(0, maxCandidates)
    },
    remove({ headers }) {
      const lines = headers.cookie?.filter((line) => {
        const found = cookiesIn(line.value)
        if (found.length === 0) return true
        line.value = withoutCookies(line.value, found)
        return line.value !== ''
      })
      if (lines?.length) headers.cookie = lines
      else delete headers.cookie
    },
  }
}

/** The longest text with which every name begins. */
function commonPrefix(names: readonly CookieName[]): string {
  let prefix = names[0]?.[0] as string
  for (const [name] of names) {
    while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1)
  }
  return prefix
}

/** The line without these, each with the delimiter before it. */
function withoutCookies(line: string, cookies: readonly Cookie[]): string {
  let rest = ''
  let from = 0
  for (const { start, end } of cookies) {
    rest += line.slice(from, Math.max(from, line.lastIndexOf(';', start)))
    from = end
  }
  return (rest + line.slice(from)).replace(/^[; ]+/, '')
}

/** RFC 6265 6.1 leaves 4,096 octets to a cookie: `.0` to `.8`, each once and without a gap. Empty where they are not that. */
function joined(parts: readonly Cookie[]): string {
  let text = ''
  for (let index = 0; index < parts.length; index++) {
    const [part, ...others] = parts.filter(({ chunk }) => chunk === `.${index}`)
    if (!part || others.length > 0 || index > 8) return ''
    text += part.value
  }
  return text
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
