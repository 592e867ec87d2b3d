/** Whose tokens a new policy is for: what has to be known of each, and the fields that follow from it. */
import type { Provider } from '../../authorizer/policy.ts'

export interface ProviderKind {
  name: string
  /** What names the issuer: the question, and an answer as an example. */
  asks: string
  example: string
  /** Access tokens name an API beside the client. */
  audience: boolean
  /** The policy's fields without clients and audiences. */
  fields(answer: string): Omit<Provider, 'clientIds' | 'audiences'>
}

const host = (answer: string) => answer.replace(/^https:\/\//, '').replace(/\/$/, '')

/** Cognito Developer Guide, "Verifying JSON web tokens"; the others' as their discovery documents have them. */
export const providerKinds: readonly ProviderKind[] = [
  {
    name: 'cognito',
    asks: 'user pool id',
    example: 'us-east-1_EXAMPLE01',
    audience: false,
    fields: (pool) => ({
      issuer: `https://cognito-idp.${pool.split('_')[0]}.amazonaws.com/${pool}`,
      tokenUse: 'access',
    }),
  },
  {
    name: 'auth0',
    asks: 'domain',
    example: 'example.eu.auth0.com',
    audience: true,
    fields: (domain) => ({ issuer: `https://${host(domain)}/`, tokenUse: null, clientClaim: 'azp' }),
  },
  {
    name: 'okta',
    asks: 'issuer',
    example: 'https://example.okta.com/oauth2/default',
    audience: true,
    fields: (issuer) => ({
      issuer,
      jwksUri: `${issuer}/v1/keys`,
      tokenUse: null,
      clientClaim: 'cid',
      groupsClaim: 'groups',
    }),
  },
  {
    name: 'entra',
    asks: 'tenant id',
    example: '11111111-2222-4333-8444-555555555555',
    audience: true,
    fields: (tenant) => ({
      issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
      jwksUri: `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`,
      tokenUse: null,
      clientClaim: 'azp',
      groupsClaim: 'roles',
    }),
  },
  {
    name: 'keycloak',
    asks: 'issuer',
    example: 'https://id.example.com/realms/staff',
    audience: false,
    fields: (issuer) => ({
      issuer,
      jwksUri: `${issuer}/protocol/openid-connect/certs`,
      tokenUse: null,
      clientClaim: 'azp',
      groupsClaim: '/realm_access/roles',
    }),
  },
  {
    name: 'oidc',
    asks: 'issuer',
    example: 'https://id.example.com',
    audience: false,
    fields: (issuer) => ({ issuer, tokenUse: null }),
  },
]
