/** Writes one invocation of the handler, the way CloudFront hands a viewer's request over. */
import type { Policy } from '../../authorizer/policy.ts'
import { type RequestFields, viewerRequestEvent } from '../../testing/viewer-request.ts'
import type { Step } from '../case.ts'
import type { World } from '../world/world.ts'

/** What an attack says about a request; the rest is what a browser sends. */
export interface RequestParts extends Omit<RequestFields, 'requestId'> {
  uri: string
  /** Goes where the policy's credentials belong, unless `headers` names that header. Left out: none. */
  token?: string | undefined
}

export function request(world: World, { uri, token, headers, ...fields }: RequestParts): Step {
  const credential = token === undefined ? {} : credentialHeader(world.policy, token)
  const event = viewerRequestEvent(uri, { ...fields, headers: { ...credential, ...headers }, requestId: 'fuzz' })
  return { kind: 'request', event }
}

/** The header that carries a token under this policy. */
export function credentialHeader(policy: Policy, token: string): Record<string, string> {
  return typeof policy.credentials === 'object'
    ? { cookie: `${cookieName(policy)}=${token}` }
    : { authorization: `Bearer ${token}` }
}

/** A name that the policy's cookie pattern accepts; `access_token` where the policy wants a header. */
export function cookieName({ credentials, clientIds }: Policy): string {
  if (typeof credentials !== 'object') return 'access_token'
  return credentials.cookie.replaceAll('{client}', clientIds[0] ?? '').replaceAll('*', 'visitor')
}
