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
  const isNamed = (name: string) =>
    names.some(([prefix, suffix]) =>
      suffix === undefined
        ? name === prefix
        : name.startsWith(prefix) && name.endsWith(suffix) && name.length >= prefix.length + suffix.length,
    )
  /** The value of a pair that is the credential, as it stands: what surrounds a token is not the token. */
  const credentialIn = (pair: string) => {
    const equals = pair.indexOf('=')
    return equals > 0 && isNamed(afterSpaces(pair.slice(0, equals))) ? pair.slice(equals + 1) : undefined
  }
  return {
    read({ cookie = [] }) {
      const values = cookie
        .flatMap(({ value }) => value.split(';').map(credentialIn))
        .filter((value) => value !== undefined)
      return values.length === 1 && (values[0] as string).length <= maxLength ? values[0] : undefined
    },
    remove({ headers }) {
      const lines = headers.cookie?.filter((line) => {
        const pairs = line.value.split(';')
        const others = pairs.filter((pair) => credentialIn(pair) === undefined)
        if (others.length === pairs.length) return true
        line.value = afterSpaces(others.join(';'))
        return line.value !== ''
      })
      if (lines?.length) headers.cookie = lines
      else delete headers.cookie
    },
  }
}

function afterSpaces(text: string): string {
  return text.replace(/^ +/, '')
}
