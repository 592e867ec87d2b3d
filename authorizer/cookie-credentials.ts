import type { Credentials } from './credentials.ts'
import type { CookieName, CookieSource } from './edge-policy.ts'
import { usesChunks, usesLastUser } from './features.ts'

/** So many cookies of one name are looked at: whoever can set one for the domain could have each request verify hundreds. */
const maxCandidates = 4

/** A cookie of the source, with its value, in a cookie header's line. */
interface Cookie {
  value: string
  /** What precedes a name's `*`, or the whole name. */
  before: string
  /** What a name's `*` stands for, percent-decoded. */
  user?: string
  /** What follows a chunked name: `.0` and so on. */
  chunk?: string
  /** It names the user, and is no credential. */
  isLastUser?: boolean
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

  function cookiesIn(line: string): Cookie[] {
    const found: Cookie[] = []
    for (let start = 0, end = 0; start < line.length; start = end + 1) {
      end = line.indexOf(';', start)
      if (end < 0) end = line.length
      while (line.charCodeAt(start) === 0x20) start++
      if (!line.startsWith(prefix, start)) continue
      const pair = line.slice(start, end)
      const equals = pair.indexOf('=')
      const cookie = equals > 0 && namedCookie(pair.slice(0, equals))
      if (cookie) found.push({ ...cookie, value: pair.slice(equals + 1), start, end })
    }
    return found
  }

  function namedCookie(name: string): Pick<Cookie, 'before' | 'user' | 'chunk' | 'isLastUser'> | undefined {
    for (const [before, after] of names) {
      if (!name.startsWith(before)) continue
      const rest = name.slice(before.length)
      if (usesLastUser && lastUser && rest === 'LastAuthUser') return { before, isLastUser: true }
      if (after === undefined) {
        if (rest === '' || (usesChunks && chunks && /^\.\d+$/.test(rest))) return { before, chunk: rest }
      } else if (rest.endsWith(after)) return { before, user: usesLastUser ? decoded(rest.slice(0, rest.length - after.length)) : '' }
    }
    return undefined
  }

  return {
    read({ cookie = [] }) {
      const found = cookie.flatMap(({ value }) => cookiesIn(value)).filter(({ value }) => value)
      const parts = found.filter(({ chunk }) => chunk)
      if (usesChunks && parts.length > 0) return joined(parts)
      const values = (usesLastUser && lastUser ? ofLastUsers(found) : found).map(({ value }) => value)
      return values.length < 2 ? values[0] : [...new Set(values)].slice(0, maxCandidates)
    },
    remove({ headers }) {
      const lines = headers.cookie?.filter((line) => {
        const found = cookiesIn(line.value).filter(({ isLastUser }) => !isLastUser)
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
  const texts: string[] = []
  for (const { chunk = '', value } of parts) {
    const number = Number(chunk.slice(1))
    if (number > 8 || texts[number] !== undefined || chunk !== `.${number}`) return ''
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
  return found.filter(({ before, user }) => user !== undefined && users.get(before)?.includes(user) !== false)
}

/** Amplify encodes a user's name in one way in cookies' names and in another in their values. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
