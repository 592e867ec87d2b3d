/** Decides one request by the authorizer itself, under a key of its own making, and by the rules. */
import type { Decision } from '../../authorizer/authorizer.ts'
import type { ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { createAuthorizer } from '../../config/create-authorizer.ts'
import { type CompleteProvider, withDefaults } from '../../config/policy-defaults.ts'
import { createOracle } from '../../oracle/oracle.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import { createSigningKey } from '../../testing/issuer.ts'
import { mint } from '../../testing/mint.ts'
import type { Claims } from './given-claims.ts'

export interface SignedToken {
  text: string
  /** URL of the issuer's keys to the JWK Set there. */
  keys: Readonly<Record<string, string>>
}

/** A token with these claims and no others, by a new key that all of the provider's issuers publish. */
export async function sign(claims: Claims, { algorithms, issuers, types }: CompleteProvider): Promise<SignedToken> {
  const key = await createSigningKey(algorithms[0])
  const [typ] = types ?? []
  const jwks = JSON.stringify({ keys: [key.jwk] })
  return {
    text: mint(key, claims, typ === undefined ? {} : { typ }),
    keys: Object.fromEntries(issuers.map(({ jwksUri }) => [jwksUri, jwks])),
  }
}

/** Where nobody publishes keys, a set is there and no key of it is a token's. `now` in milliseconds. */
export async function decide(
  policy: Policy,
  event: ViewerRequestEvent,
  keys: SignedToken['keys'],
  now: number,
): Promise<{ decision: Decision; verdict: Verdict }> {
  const { providers } = withDefaults(policy)
  const served = { ...Object.fromEntries(await strangersKeys(providers)), ...keys }
  const [record] = event.Records
  if (!record) throw new Error('an event has one record')
  const oracle = createOracle(policy, 'ours')
  await oracle.serve(
    Object.fromEntries(Object.entries(served).map(([uri, body]) => [uri, { kind: 'body', body }])),
    now,
  )
  oracle.observe(Object.keys(served).map((url) => ({ url, at: now, via: 'http/1.1' })))
  const verdict = await oracle.judge(structuredClone(event), now)
  const { authorize } = createAuthorizer(policy, {
    get: async (uri) => served[uri] ?? '',
    now: () => now,
    log: () => {},
  })
  return { decision: await authorize(record.cf.request), verdict }
}

async function strangersKeys(providers: readonly CompleteProvider[]): Promise<[uri: string, jwks: string][]> {
  const algorithms = new Set(providers.map((provider) => provider.algorithms[0]))
  const made = await Promise.all(
    [...algorithms].map(async (algorithm) => [algorithm, (await createSigningKey(algorithm)).jwk] as const),
  )
  const keyOf = new Map(made)
  return providers.flatMap(({ issuers, algorithms: [algorithm] }) =>
    issuers.map(({ jwksUri }): [string, string] => [jwksUri, JSON.stringify({ keys: [keyOf.get(algorithm)] })]),
  )
}

/** Why authorizer and rules do not say the same; undefined where they do, or where the rules leave it open. */
export function difference(decision: Decision, verdict: Verdict, forbiddenStatus: number): string | undefined {
  const expected = verdict.ours ?? (verdict.outcome === 'must-allow' ? 'allow' : undefined)
  if (expected !== undefined && decision.allow !== (expected === 'allow'))
    return `the authorizer says ${decision.allow ? 'allow' : `deny (${decision.reason})`}, the rules say ${expected} (${verdict.rule})`
  const slash = verdict.slash
  if (slash?.verdict.outcome === 'must-allow' && locationOf(decision) !== slash.location)
    return `the authorizer does not redirect to ${slash.location} (${verdict.rule})`
  if (!decision.allow && verdict.isForbidden && decision.response.status !== String(forbiddenStatus))
    return `the authorizer answers ${decision.response.status} (${decision.reason}), and by the rules it is forbidden (${verdict.rule})`
  return undefined
}

export function locationOf(decision: Decision): string | undefined {
  return decision.allow ? undefined : decision.response.headers.location?.[0]?.value
}
