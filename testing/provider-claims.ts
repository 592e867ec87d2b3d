/** What a token has to say to be one of a provider's: for suites whose tokens have to pass under any policy. */
import type { ClaimPath } from '../authorizer/edge-policy.ts'
import type { ClaimRule } from '../authorizer/policy.ts'
import { claimPath } from '../config/claim-reference.ts'
import type { CompleteProvider } from '../config/policy-defaults.ts'
import type { AccessTokenClaims } from './issuer.ts'

/** Whom a token is for. */
export interface Holder {
  /** Empty: the claim is `[]`, or an empty string; absent: there is no such claim. */
  groups?: readonly string[]
  /** By their references, as routes capture them. */
  claims?: Readonly<Record<string, unknown>>
}

/**
 * Claims for `accessTokenPayload`: of the provider's first issuer, for its first client and audience, its rules on claims
 * kept, the holder's groups where the provider reads them.
 *
 * @example
 * accessTokenPayload(providerClaims(withDefaults(policy).providers[0], { groups: ['analysts'] }))
 */
export function providerClaims(provider: CompleteProvider, { groups, claims = {} }: Holder = {}): AccessTokenClaims {
  const { issuers, tokenUse, clientClaim, clientIds, audiences = [], groupsClaim } = provider
  const [{ issuer }] = issuers
  const [client = ''] = clientIds
  const tenant = Array.isArray(provider.tenants) ? provider.tenants[0] : 'tenant'
  const payload: AccessTokenClaims = {
    iss: issuer.replace('{tid}', () => tenant),
    ...(issuer.includes('{tid}') ? { tid: tenant } : {}),
    client_id: client,
    ...(tokenUse === 'access' ? {} : { token_use: tokenUse ?? undefined }),
    ...(audiences.length > 0 ? { aud: audiences[0] } : {}),
  }
  if (clientClaim === 'aud') payload.aud = audiences.length > 0 ? [client, audiences[0]] : client
  else put(payload, clientClaim, client)
  for (const [reference, rule] of Object.entries(provider.claims)) put(payload, claimPath(reference), satisfying(rule))
  for (const [reference, value] of Object.entries(claims)) put(payload, claimPath(reference), value)
  if (groups) putGroups(payload, claimPath(groupsClaim.claim), groups, groupsClaim.split)
  return payload
}

function satisfying(rule: ClaimRule): unknown {
  if (typeof rule === 'object' && 'contains' in rule) return [[rule.contains].flat()[0]]
  return [rule].flat()[0]
}

/** Beside what a rule has put there. */
function putGroups(payload: object, path: ClaimPath, groups: readonly string[], split: string | undefined): void {
  const names = [path].flat()
  const known = names.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], payload)
  const all = [...[known ?? []].flat(), ...groups]
  put(payload, path, split === undefined ? all : all.join(split))
}

function put(payload: object, path: ClaimPath, value: unknown): void {
  const names = [path].flat()
  const last = names.pop() ?? ''
  let place = payload as Record<string, unknown>
  for (const name of names) {
    const inner = (place[name] ?? {}) as Record<string, unknown>
    place[name] = inner
    place = inner
  }
  place[last] = value
}
