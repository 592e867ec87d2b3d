/** An answer under `signIn` and what it is held to. */
import type { ViewerRequest } from '../../../authorizer/cloudfront.ts'
import type { Policy } from '../../../authorizer/policy.ts'
import type { SessionCookies } from '../../../oracle/session-cookies.ts'
import type { SignInVerdict } from '../../../oracle/verdict.ts'
import type { ReturnedResponse } from '../../answer.ts'

export interface SignInContext {
  policy: Policy
  request: ViewerRequest
  response: ReturnedResponse
  cookies: SessionCookies
  host: string | null
  seconds: SignInVerdict['seconds']
  status: string
  location: string | undefined
  set: readonly SetCookie[]
}

export interface SetCookie {
  name: string
  value: string
  attributes: readonly string[]
}

export function told({ status, location, set }: SignInContext): string {
  return `${status}, ${location ?? 'no Location'} and ${set.length} cookies`
}

/** Of `a` and `r`. */
export function idsIn({ token, refresh }: SessionCookies, { headers }: ViewerRequest): string[] {
  const held = token !== null && 'id' in token ? [token.id] : []
  // One that has been signed out has an id, too.
  const written = (headers.cookie ?? []).flatMap(({ value }) =>
    [...value.matchAll(/__Host-ep-[ar]=[12]\.([\w-]{22})\./g)].map(([, id = '']) => id),
  )
  return [...new Set([...held, ...(refresh ? [refresh.id] : []), ...written])]
}

/** Whether there is a `g`, of whatever form. */
export function hasGuard({ headers }: ViewerRequest): boolean {
  return (headers.cookie ?? []).some(({ value }) => /(?:^|;) *__Host-ep-g=[^;]/.test(value))
}

export function readSetCookie(line: string): SetCookie {
  const [pair = '', ...attributes] = line.split('; ')
  const equals = pair.indexOf('=')
  return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes }
}
