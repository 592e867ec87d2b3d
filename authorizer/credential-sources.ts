import { cookieCredentials } from './cookie-credentials.ts'
import type { Credentials } from './credentials.ts'
import type { EdgeSource, HeaderSource } from './edge-policy.ts'
import { usesCookies, usesSources } from './features.ts'
import { headerCredentials } from './header-credentials.ts'

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
