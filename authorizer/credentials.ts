import type { Headers } from './cloudfront.ts'

/** Longest credential that is looked at, in characters; longer values are denied. */
const maxLength = 8192

/** Where a policy takes its token from, and how that token is taken out of a request. */
export interface Credentials {
  /** The token's text; undefined where there is none, more than one, or not one of the expected form. */
  read(headers: Headers): string | undefined
  /** Removes the credential, and nothing else. */
  remove(headers: Headers): void
  /** Whether the request names a credential of this kind at all (RFC 6750 3.1: then, and only then, an error code is told). */
  present(headers: Headers): boolean
}

/** RFC 6750 2.1, RFC 9110 11.4: exactly one field line, the scheme in any case, spaces, the token; the query string never counts. */
export const authorizationHeader: Credentials = {
  read(headers) {
    const entries = headers.authorization
    if (entries?.length !== 1) return undefined
    const value = entries[0]?.value
    if (typeof value !== 'string' || value.length > maxLength) return undefined
    if (value.startsWith('Bearer ') && value.charCodeAt(7) !== 0x20) return value.slice(7)
    const scheme = /^bearer +/i.exec(value)
    return scheme ? value.slice(scheme[0].length) : undefined
  },
  remove(headers) {
    delete headers.authorization
  },
  present: (headers) => headers.authorization !== undefined,
}

/**
 * One cookie (RFC 6265 4.2). In `name`, `{client}` stands for each client id and `*` for any run of characters, as in
 * Cognito's `CognitoIdentityServiceProvider.{client}.*.accessToken`. Several cookies that fit are as good as none.
 */
export function cookieCredentials(name: string, clientIds: readonly string[]): Credentials {
  const clients = clientIds.map((client) => escapePattern(client)).join('|')
  const pattern = escapePattern(name).replaceAll('\\{client\\}', `(?:${clients})`).replaceAll('\\*', '[^=]*')
  const isNamed = new RegExp(`^(?:${pattern})$`)

  const pairs = (headers: Headers) =>
    (headers.cookie ?? []).flatMap(({ value }) =>
      typeof value === 'string' && value.length <= maxLength ? value.split(';') : [],
    )
  const tokenIn = (pair: string) => {
    const equals = pair.indexOf('=')
    return equals > 0 && isNamed.test(pair.slice(0, equals).trim()) ? pair.slice(equals + 1).trim() : undefined
  }
  return {
    read(headers) {
      const values = pairs(headers)
        .map(tokenIn)
        .filter((value) => value !== undefined)
      return values.length === 1 ? values[0] : undefined
    },
    remove(headers) {
      if (!headers.cookie) return
      const kept = []
      for (const entry of headers.cookie) {
        const pairs = entry.value.split(';')
        const others = pairs.filter((pair) => tokenIn(pair) === undefined)
        if (others.length === pairs.length) kept.push(entry)
        else if (others.length > 0) kept.push({ ...entry, value: others.join(';').trim() })
      }
      if (kept.length > 0) headers.cookie = kept
      else delete headers.cookie
    },
    present: (headers) => pairs(headers).some((pair) => tokenIn(pair) !== undefined),
  }
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
