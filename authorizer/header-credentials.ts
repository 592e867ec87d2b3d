import type { Headers } from './cloudfront.ts'
import type { Credentials } from './credentials.ts'
import type { HeaderSource } from './edge-policy.ts'
import { usesSources } from './features.ts'

/** RFC 6750 2.1, RFC 9110 11.4: exactly one field line, the scheme in any case, spaces, the token. */
export function headerCredentials({ header, scheme }: HeaderSource): Credentials {
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
      // Where another source or a session would be asked next; else nobody sees the difference.
      const isAsked = usesSources || !import.meta.withoutSignIn
      return isAsked && entries?.some(({ value }) => tokenOf(value) !== undefined) ? '' : undefined
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
