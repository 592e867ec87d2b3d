import type { Credentials } from './credentials.ts'
import type { CookieName, CookieSource } from './edge-policy.ts'
import { usesChunks, usesLastUser } from './features.ts'

/** So many cookies of one name are looked at: whoever can set one for the domain could have each request verify hundreds. */
const maxCandidates = 4

/** A cookie of the source, in a cookie header's line. */
interface Cookie {
  value: string
  /** What precedes a name's `*`, or the whole name. */
  before: string
  /** What follows a chunked name: `.0` and so on. */
  rest: string
  /** What a name's `*` stands for, percent-decoded, where the last user matters. */
  user: string
  /** It names the user, and is no credential. */
  isLastUser: boolean
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
  /** The line looked at last, and what was in it: a request's cookies are read and then removed. */
  let seen: string | undefined
  let inSeen: Cookie[] = []

  function cookiesIn(line: string): Cookie[] {
    if (line === seen) return inSeen
    seen = line
    inSeen = []
    // Looked for beyond a pair's end at most once, however many pairs have none.
    let equals = -1
    for (let start = 0, end = 0; start < line.length; start = end + 1) {
      end = line.indexOf(';', start)
      if (end < 0) end = line.length
      while (line.charCodeAt(start) === 0x20) start++
      if (!line.startsWith(prefix, start)) continue
      if (equals < start) equals = line.indexOf('=', start)
      if (equals < 0) break
      const cookie = equals > start && equals < end && namedCookie(line, start, equals, end)
      if (cookie) inSeen.push(cookie)
    }
    return inSeen
  }

  function namedCookie(line: string, start: number, equals: number, end: number): Cookie | undefined {
    for (const [before, after] of names) {
      const rest = start + before.length
      if (rest > equals || !line.startsWith(before, start)) continue
      const cookie = { value: line.slice(equals + 1, end), before, rest: '', user: '', isLastUser: false, start, end }
      if (usesLastUser && lastUser && line.slice(rest, equals) === 'LastAuthUser') {
        cookie.isLastUser = true
        return cookie
      }
      if (after === undefined) {
        if (rest === equals) return cookie
        if (!usesChunks || !chunks) continue
        cookie.rest = line.slice(rest, equals)
        if (/^\.\d+$/.test(cookie.rest)) return cookie
        continue
      }
      const ending = equals - after.length
      if (ending < rest || !line.startsWith(after, ending)) continue
      if (usesLastUser && lastUser) cookie.user = decoded(line.slice(rest, ending))
      return cookie
    }
    return undefined
  }

  return {
    read({ cookie }) {
      if (!cookie) return undefined
      let found =
        cookie.length === 1 ? cookiesIn(cookie[0]?.value as string) : cookie.flatMap(({ value }) => cookiesIn(value))
      const [first] = found
      if (found.length === 1 && first && !first.rest && !first.isLastUser) return first.value || undefined
      found = found.filter(({ value }) => value)
      const parts = found.filter(({ rest }) => rest)
      if (usesChunks && parts.length > 0) return joined(parts)
      const values = new Set((usesLastUser && lastUser ? ofLastUsers(found) : found).map(({ value }) => value))
      return values.size < 2 ? [...values][0] : [...values].slice(0, maxCandidates)
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

/** The line without the credentials among these, each with the delimiter before it, or after it at the beginning. */
function withoutCookies(line: string, cookies: readonly Cookie[]): string {
  let left = ''
  let from = 0
  for (const { start, end, isLastUser } of cookies) {
    if (usesLastUser && isLastUser) continue
    left += line.slice(from, Math.max(from, line.lastIndexOf(';', start)))
    from = end
    if (left === '') while (line[from] === ';' || line[from] === ' ') from++
  }
  return left + line.slice(from)
}

/** RFC 6265 6.1 leaves 4,096 octets to a cookie: `.0` to `.8`, each once and without a gap. Empty where they are not that. */
function joined(parts: readonly Cookie[]): string {
  const texts: string[] = []
  for (const { rest, value } of parts) {
    const number = Number(rest.slice(1))
    if (number > 8 || texts[number] !== undefined || rest !== `.${number}`) return ''
    texts[number] = value
  }
  return texts.includes(undefined as never) ? '' : texts.join('')
}

/** Client by client, the cookies of the users that `LastAuthUser` names, or of all where there is none. */
function ofLastUsers(found: readonly Cookie[]): Cookie[] {
  const users = new Map<string, string[]>()
  for (const { isLastUser, before, value } of found) {
    if (isLastUser) users.set(before, [...(users.get(before) ?? []), decoded(value)])
  }
  return found.filter(({ isLastUser, before, user }) => !isLastUser && users.get(before)?.includes(user) !== false)
}

/** Amplify encodes a user's name in one way in cookies' names and in another in their values. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
