import type { Policy, Provider, SignIn } from '../authorizer/policy.ts'
import { type CompleteProvider, withDefaults } from '../config/policy-defaults.ts'
import type { SiteConfig } from '../config/site-schema.ts'

/** What a pool puts in the place of a provider's own. */
export interface PoolTokens {
  issuer?: string
  /** Of a pool that the stack makes; the clients of one that exists are the policy's. */
  clientIds?: readonly string[]
  /** Of a pool that the stack makes: where its login is. */
  loginUrl?: string
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
export function policyOfPool(policy: Policy, site: SiteConfig, { loginUrl, ...pool }: PoolTokens): Policy {
  const [client] = pool.clientIds ?? []
  const signIn =
    loginUrl !== undefined && client !== undefined && isSignInOfPool(policy, site) && signInAt(policy, loginUrl, client)
  const signedIn = signIn ? { ...policy, signIn } : policy
  if (!signedIn.providers) return withPool(signedIn, pool)
  const { name } = poolProvider(policy, site)
  const provider = signedIn.providers[name]
  return provider ? { ...signedIn, providers: { ...signedIn.providers, [name]: withPool(provider, pool) } } : signedIn
}

function withPool<Fields extends Omit<Provider, 'tokenUse'>>(fields: Fields, pool: Omit<PoolTokens, 'loginUrl'>) {
  const { jwksUri, tenants, ...rest } = fields
  return pool.issuer === undefined ? { ...fields, ...pool } : { ...rest, ...pool }
}

/** Whether visitors sign in with the provider that the pool stands for. */
export function isSignInOfPool(policy: Policy, site: SiteConfig): boolean {
  if (!policy.signIn) return false
  return policy.signIn.provider === undefined || policy.signIn.provider === poolProvider(policy, site).name
}

/** Cognito Developer Guide, "User pool endpoints and managed login reference". Its end-session does not conform to OpenID Connect. */
function signInAt({ signIn }: Policy, loginUrl: string, client: string): SignIn | undefined {
  const endpoints = {
    authorization: `${loginUrl}/oauth2/authorize`,
    token: `${loginUrl}/oauth2/token`,
    revocation: `${loginUrl}/oauth2/revoke`,
    logout: `${loginUrl}/logout`,
  }
  return signIn && { ...signIn, client, endpoints, logout: 'cognito' }
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
