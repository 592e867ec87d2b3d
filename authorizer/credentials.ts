import type { Headers, ViewerRequest } from './cloudfront.ts'
import { cookieCredentials } from './cookie-credentials.ts'
import type { EdgeSource, HeaderSource } from './edge-policy.ts'
import { usesCookies, usesSources } from './features.ts'

/** Where a policy takes its token from, and how that token is taken out of a request. The query string never counts. */
export interface Credentials {
  /**
   * The text that may be the token, of several cookies of one name each; undefined where there is none, and empty where there is
   * what nobody can read.
   */
  read(headers: Headers): string | readonly string[] | undefined
  /** Removes the credential, and nothing else. */
  remove(request: ViewerRequest): void
}

/** The first source that is present decides, and all are removed: what could pass for a credential reaches no origin. */
export function createCredentials(sources: readonly EdgeSource[]): Credentials {
  const all = sources.map((source) =>
    usesCookies && source.cookies ? cookieCredentials(source) : headerCredentials(source as HeaderSource),
  )
  if (!usesSources) return all[0] as Credentials
  return {
    read(headers) {
      for (const source of all) {
        const found = source.read(headers)
        if (found !== undefined) return found
      }
      return undefined
    },
    remove(request) {
      for (const source of all) source.remove(request)
    },
  }
}

/** RFC 6750 2.1, RFC 9110 11.4: exactly one field line, the scheme in any case, spaces, the token. */
function headerCredentials({ header, scheme }: HeaderSource): Credentials {
  const prefix = `${scheme} `
  const anyPrefix = usesSources ? new RegExp(`^${scheme?.replace(/\W/g, '\\$&')}(?: +|$)`, 'i') : /^bearer(?: +|$)/i

  /** Undefined where the value is of another scheme. */
  function tokenOf(value = ''): string | undefined {
    if (usesSources && scheme === undefined) return value || undefined
    if (value.startsWith(prefix) && value[prefix.length] !== ' ') return value.slice(prefix.length)
    const found = anyPrefix.exec(value)
    return found ? value.slice(found[0].length) : undefined
  }

  return {
    read(headers) {
      const entries = headers[header]
      if (entries?.length === 1) return tokenOf(entries[0]?.value)
      return usesSources && entries?.some(({ value }) => tokenOf(value) !== undefined) ? '' : undefined
    },
    remove(request) {
      const { headers } = request
      if (headers[header] === undefined) return
      // A copy without it is cheaper than `delete`, which turns the headers into a dictionary.
      let others: Headers = {}
      for (const name in headers) {
        if (name === '__proto__') {
          // Which an assignment would take for the prototype; this way is slower.
          const { [header]: credential, ...all } = headers
          others = all
          break
        }
        if (name !== header) others[name] = headers[name] as Headers[string]
      }
      request.headers = others
    },
  }
}
