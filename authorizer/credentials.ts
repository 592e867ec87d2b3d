import type { Headers, ViewerRequest } from './cloudfront.ts'
import type { CookieName } from './edge-policy.ts'

/** Longest credential that is looked at, in characters; longer values are denied. */
const maxLength = 8192

/** Where a policy takes its token from, and how that token is taken out of a request. The query string never counts. */
export interface Credentials {
  /** The token's text; undefined where there is none, more than one, or not one of the expected form. */
  read(headers: Headers): string | undefined
  /** Removes the credential, and nothing else. */
  remove(request: ViewerRequest): void
}

/** RFC 6750 2.1, RFC 9110 11.4: exactly one field line, the scheme in any case, spaces, the token. */
export const authorizationHeader: Credentials = {
  read({ authorization: entries }) {
    const value = entries?.length === 1 && entries[0]?.value
    if (!value || value.length > maxLength) return undefined
    if (value.startsWith('Bearer ') && value[7] !== ' ') return value.slice(7)
    const scheme = /^bearer +/i.exec(value)
    return scheme ? value.slice(scheme[0].length) : undefined
  },
  remove(request) {
    // A copy without it is cheaper than `delete`, which turns the headers into a dictionary.
    const { authorization, ...headers } = request.headers
    request.headers = headers
  },
}

/** One cookie (RFC 6265 4.2) of the given names. Several that fit are as good as none: nobody can tell which is meant. */
export function cookieCredentials(names: readonly CookieName[]): Credentials {
  // A pattern passes over a line once, whatever the number of names, and looks for a name after a delimiter only.
  const patterns = names.map((parts) => parts.map(escaped).join('[^=;]*'))
  const pair = new RegExp(`; *(?![ =])(?:${patterns.join('|')})=[^;]*`, 'g')
  return {
    read({ cookie = [] }) {
      const pairs = cookie.flatMap(({ value }) => `;${value}`.match(pair) ?? [])
      const [only = ''] = pairs
      const value = only.slice(only.indexOf('=') + 1)
      return pairs.length === 1 && value.length <= maxLength ? value : undefined
    },
    remove({ headers }) {
      const lines = headers.cookie?.filter((line) => {
        const others = `;${line.value}`.replace(pair, '')
        if (others.length > line.value.length) return true
        line.value = others.slice(1).replace(/^ +/, '')
        return line.value !== ''
      })
      if (lines?.length) headers.cookie = lines
      else delete headers.cookie
    },
  }
}

/** A text as a pattern of itself. */
function escaped(text: string): string {
  return text.replace(/\W/g, '\\$&')
}
