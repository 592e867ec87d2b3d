import type { Policy, Provider } from '../authorizer/policy.ts'
import type { SiteConfig } from '../config/site-schema.ts'

/** What a pool puts in the place of a provider's own. */
interface PoolTokens {
  issuer: string
  /** Of a pool that the stack makes; the clients of one that exists are the policy's. */
  clientIds?: readonly string[]
}

/**
 * The policy with a pool's issuer in one of its providers: `site.userPoolProvider`, or the only one. The keys are where the
 * pool publishes them.
 */
export function policyOfPool(policy: Policy, site: SiteConfig, pool: PoolTokens): Policy {
  if (!policy.providers) return withPool(policy, pool)
  const name = poolProviderName(policy.providers, site)
  const provider = policy.providers[name]
  return provider ? { ...policy, providers: { ...policy.providers, [name]: withPool(provider, pool) } } : policy
}

function withPool<Fields extends Omit<Provider, 'tokenUse'>>(fields: Fields, pool: PoolTokens) {
  const { jwksUri, tenants, ...rest } = fields
  return { ...rest, ...pool }
}

/**
 * A policy for the tokens of a user pool that exists, as `site.userPoolArn` names it (the site's schema has checked it). Where
 * the provider's issuers are this pool's, they stay: one or both of `https://cognito-idp.<region>.amazonaws.com/<pool id>`
 * (Cognito Developer Guide, "Verifying JSON web tokens") and `https://issuer-cognito-idp.<region>.amazonaws.com/<pool id>`
 * (Cognito API Reference, IssuerConfigurationType), or that of a replica's region. Otherwise the pool's original issuer
 * takes their place.
 */
export function policyOfExistingPool(policy: Policy, site: SiteConfig & { userPoolArn: string }): Policy {
  const [, , , region = '', , resource = ''] = site.userPoolArn.split(':')
  const poolId = resource.slice('userpool/'.length)
  const provider = policy.providers ? policy.providers[poolProviderName(policy.providers, site)] : policy
  const named = [provider?.issuer ?? []].flat()
  if (named.every((issuer) => cognitoPoolOf(issuer) === poolId)) return policy
  return policyOfPool(policy, site, { issuer: `https://cognito-idp.${region}.amazonaws.com/${poolId}` })
}

/** The policy without the provider that a pool stands for; null where it has no other. */
export function policyBesidePool(policy: Policy, site: SiteConfig): Policy | null {
  if (!policy.providers) return null
  const { [poolProviderName(policy.providers, site)]: _, ...others } = policy.providers
  return Object.keys(others).length === 0 ? null : { ...policy, providers: others }
}

/** `checkDeployable` has seen that a policy with several providers names it. */
function poolProviderName(providers: object, { userPoolProvider }: SiteConfig): string {
  return userPoolProvider ?? Object.keys(providers)[0] ?? ''
}

/** The id of the pool whose issuer this is, in any of its forms; undefined for another issuer. */
function cognitoPoolOf(issuer: string): string | undefined {
  return /^https:\/\/(?:issuer-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.com\/([^/]+)$/.exec(issuer)?.[1]
}
