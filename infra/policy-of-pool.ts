import type { Policy, Provider } from '../authorizer/policy.ts'
import { type CompleteProvider, withDefaults } from '../config/policy-defaults.ts'
import type { SiteConfig } from '../config/site-schema.ts'

/** What a pool puts in the place of a provider's own. */
interface PoolTokens {
  issuer: string
  /** Of a pool that the stack makes; the clients of one that exists are the policy's. */
  clientIds?: readonly string[]
}

/**
 * What the deployed function enforces: the policy, with `site.userPoolArn`'s issuer, or with those of the pool that the stack
 * creates.
 */
export function deployedPolicy(policy: Policy, site: SiteConfig, created?: PoolTokens): Policy {
  if (site.userPoolArn !== undefined) return policyOfExistingPool(policy, site, site.userPoolArn)
  return created ? policyOfPool(policy, site, created) : policy
}

/**
 * The policy with a pool's issuer in one of its providers: `site.userPoolProvider`, or the only one. The keys are where the
 * pool publishes them.
 */
export function policyOfPool(policy: Policy, site: SiteConfig, pool: PoolTokens): Policy {
  if (!policy.providers) return withPool(policy, pool)
  const { name } = poolProvider(policy, site)
  const provider = policy.providers[name]
  return provider ? { ...policy, providers: { ...policy.providers, [name]: withPool(provider, pool) } } : policy
}

function withPool<Fields extends Omit<Provider, 'tokenUse'>>(fields: Fields, pool: PoolTokens) {
  const { jwksUri, tenants, ...rest } = fields
  return { ...rest, ...pool }
}

/**
 * A policy for the tokens of a user pool that exists, as its ARN names it (the site's schema has checked it). Where
 * the provider's issuers are this pool's, they stay: one or both of `https://cognito-idp.<region>.amazonaws.com/<pool id>`
 * (Cognito Developer Guide, "Verifying JSON web tokens") and `https://issuer-cognito-idp.<region>.amazonaws.com/<pool id>`
 * (Cognito API Reference, IssuerConfigurationType), or that of a replica's region. Otherwise the pool's original issuer
 * takes their place.
 */
function policyOfExistingPool(policy: Policy, site: SiteConfig, arn: string): Policy {
  const [, , , region = '', , resource = ''] = arn.split(':')
  const poolId = resource.slice('userpool/'.length)
  const { issuers } = poolProvider(policy, site)
  if (issuers.every(({ issuer }) => cognitoPoolOf(issuer) === poolId)) return policy
  return policyOfPool(policy, site, { issuer: `https://cognito-idp.${region}.amazonaws.com/${poolId}` })
}

/** The policy without the provider that a pool stands for; null where it has no other. */
export function policyBesidePool(policy: Policy, site: SiteConfig): Policy | null {
  if (!policy.providers) return null
  const { [poolProvider(policy, site).name]: _, ...others } = policy.providers
  return Object.keys(others).length === 0 ? null : { ...policy, providers: others }
}

/** The provider that a pool stands for: `checkDeployable` has seen that a policy with several names it. */
export function poolProvider(policy: Policy, { userPoolProvider }: SiteConfig): CompleteProvider {
  const { providers } = withDefaults(policy)
  return providers.find(({ name }) => name === userPoolProvider) ?? providers[0]
}

/** The id of the pool whose issuer this is, in any of its forms; undefined for another issuer. */
function cognitoPoolOf(issuer: string): string | undefined {
  return /^https:\/\/(?:issuer-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.com\/([^/]+)$/.exec(issuer)?.[1]
}
