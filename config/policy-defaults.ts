import type {
  Algorithm,
  ClaimRules,
  CredentialSource,
  ForbiddenDenial,
  Policy,
  Provider,
  Route,
  SignIn,
  TokenUse,
  UnauthenticatedDenial,
} from '../authorizer/policy.ts'

/** A policy in its users' words and units, with nothing left out. */
export interface CompletePolicy {
  providers: readonly [CompleteProvider, ...CompleteProvider[]]
  credentials: readonly CredentialSource[]
  /** Seconds. */
  jwks: { maxAge: number; maxStale: number; cooldown: number }
  clockToleranceSeconds: number
  routes: readonly Route[]
  methods: readonly string[]
  corsPreflight: boolean
  corsOrigins: readonly string[]
  corsHeaders: readonly string[]
  index?: string
  slash?: 'redirect'
  signIn?: CompleteSignIn
  deny: {
    unauthenticated: UnauthenticatedDenial & Required<Pick<UnauthenticatedDenial, 'status'>>
    forbidden: ForbiddenDenial & Required<Pick<ForbiddenDenial, 'status'>>
  }
}

export interface CompleteProvider {
  name: string
  issuers: readonly [PublishedIssuer, ...PublishedIssuer[]]
  tenants: readonly string[] | 'any'
  tokenUse: TokenUse
  clientIds: readonly string[]
  clientClaim: string
  audiences?: readonly string[]
  types?: readonly string[]
  algorithms: readonly [Algorithm, ...Algorithm[]]
  kid: 'required' | 'optional'
  cnf: 'refuse' | 'ignore'
  groupsClaim: { claim: string; split?: string }
  requiredClaims: readonly string[]
  claims: ClaimRules
}

/** `SignIn` with nothing left out but what is not done where it is left out. */
export type CompleteSignIn = SignIn &
  Required<Pick<SignIn, 'provider' | 'scopes' | 'token' | 'tokenEndpointAuthMethod' | 'refresh'>> & {
    paths: { callback: string; refresh: string; signOut: string }
  }

/** Without a scheme the whole value is the token. */
export type CompleteSource = { header: string; scheme: string | null } | { cookie: string; chunks: boolean }

export interface PublishedIssuer {
  issuer: string
  jwksUri: string
}

/** The provider of a policy's first form. */
export const onlyProvider = 'default'

/** Seconds. */
export const defaultJwks = { maxAge: 3600, maxStale: 86_400, cooldown: 10 }

/**
 * The one place of each default, except the oracle's (`oracle/policy-defaults.ts`). Strings may be CloudFormation tokens:
 * they are only ever put together here, never looked into.
 */
export function withDefaults(policy: Policy): CompletePolicy {
  return {
    providers: providersOf(policy) as [CompleteProvider],
    credentials: [policy.credentials ?? 'header'].flat(),
    jwks: { ...defaultJwks, ...policy.jwks },
    clockToleranceSeconds: policy.clockToleranceSeconds ?? 0,
    routes: policy.routes,
    methods: policy.methods ?? ['GET', 'HEAD'],
    corsPreflight: policy.corsPreflight === true,
    corsOrigins: policy.corsOrigins ?? [],
    corsHeaders: policy.corsHeaders ?? [],
    ...(policy.index === undefined ? {} : { index: policy.index }),
    ...(policy.slash === undefined ? {} : { slash: policy.slash }),
    ...(policy.signIn === undefined ? {} : { signIn: completeSignIn(policy, policy.signIn) }),
    deny: {
      unauthenticated: { status: 401, ...policy.deny?.unauthenticated },
      forbidden: { status: 403, ...policy.deny?.forbidden },
    },
  }
}

/** A source with nothing left out; `"header"` is one of them. */
export function completeSource(source: CredentialSource): CompleteSource {
  if (source === 'header') return { header: 'authorization', scheme: 'Bearer' }
  return 'header' in source ? { scheme: 'Bearer', ...source } : { chunks: false, ...source }
}

function completeSignIn(policy: Policy, signIn: SignIn): CompleteSignIn {
  const providers = providersOf(policy)
  const { provider = providers[0]?.name as string } = signIn
  const isOfIdTokens = providers.find(({ name }) => name === provider)?.tokenUse === 'id'
  return {
    scopes: ['openid'],
    token: isOfIdTokens ? 'id' : 'access',
    tokenEndpointAuthMethod: 'none',
    refresh: 'navigation',
    ...signIn,
    provider,
    paths: { callback: '/_auth/callback', refresh: '/_auth/refresh', signOut: '/_auth/sign-out', ...signIn.paths },
  }
}

function providersOf(policy: Policy): CompleteProvider[] {
  if (policy.providers)
    return Object.entries(policy.providers).map(([name, provider]) => completeProvider(name, provider))
  const { tokenUse = 'access' } = policy
  return [completeProvider(onlyProvider, { ...policy, tokenUse })]
}

function completeProvider(name: string, provider: Provider): CompleteProvider {
  const { tokenUse, jwksUri, groupsClaim = 'cognito:groups', audiences, types } = provider
  const place = (issuer: string, index: number): PublishedIssuer => ({
    issuer,
    jwksUri: (typeof jwksUri === 'string' ? jwksUri : jwksUri?.[index]) ?? jwksUriOf(issuer),
  })
  return {
    name,
    issuers: [provider.issuer].flat().map(place) as [PublishedIssuer],
    tenants: provider.tenants ?? [],
    tokenUse,
    clientIds: provider.clientIds,
    clientClaim: provider.clientClaim ?? (tokenUse === 'access' ? 'client_id' : 'aud'),
    ...(audiences ? { audiences } : {}),
    ...(types ? { types } : {}),
    algorithms: (provider.algorithms ?? ['RS256']) as [Algorithm],
    kid: provider.kid ?? 'required',
    cnf: provider.cnf ?? 'refuse',
    groupsClaim: typeof groupsClaim === 'string' ? { claim: groupsClaim } : groupsClaim,
    requiredClaims: provider.requiredClaims ?? [],
    claims: provider.claims ?? {},
  }
}

/**
 * Where an issuer publishes its keys by default, as Cognito does. OpenID Connect Discovery 4.1: a terminating `/` is taken off
 * first; one that only a CloudFormation token's value brings is not seen, and such an issuer needs its `jwksUri` written out.
 */
export function jwksUriOf(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`
}
