import type { Algorithm, Denial, Policy, Route } from '../authorizer/policy.ts'

/** A policy in its users' words and units, with nothing left out. */
export interface CompletePolicy {
  issuers: readonly { issuer: string; jwksUri: string }[]
  credentials: 'header' | { cookie: string }
  clientIds: readonly string[]
  tokenUse: 'access' | 'id' | null
  requiredClaims: readonly string[]
  algorithms: readonly Algorithm[]
  /** Seconds. */
  jwks: { maxAge: number; maxStale: number; cooldown: number }
  clockToleranceSeconds: number
  routes: readonly Route[]
  methods: readonly string[]
  corsPreflight: boolean
  corsOrigins: readonly string[]
  deny: { unauthenticated: Denial; forbidden: { status: 403 | 404 } }
}

/**
 * The one place of each default, except the oracle's (`oracle/policy-defaults.ts`). Strings may be CloudFormation tokens:
 * they are only ever put together here, never looked into.
 */
export function withDefaults(policy: Policy): CompletePolicy {
  const uris = [policy.jwksUri ?? []].flat()
  return {
    issuers: [policy.issuer].flat().map((issuer, index) => ({ issuer, jwksUri: uris[index] ?? jwksUriOf(issuer) })),
    credentials: policy.credentials ?? 'header',
    clientIds: policy.clientIds,
    tokenUse: policy.tokenUse === undefined ? 'access' : policy.tokenUse,
    requiredClaims: policy.requiredClaims ?? [],
    algorithms: policy.algorithms ?? ['RS256'],
    jwks: { maxAge: 3600, maxStale: 86_400, cooldown: 10, ...policy.jwks },
    clockToleranceSeconds: policy.clockToleranceSeconds ?? 0,
    routes: policy.routes,
    methods: policy.methods ?? ['GET', 'HEAD'],
    corsPreflight: policy.corsPreflight === true,
    corsOrigins: policy.corsOrigins ?? [],
    deny: { unauthenticated: { status: 401 }, forbidden: { status: 403 }, ...policy.deny },
  }
}

/** Where an issuer publishes its keys by default, as Cognito does. */
export function jwksUriOf(issuer: string): string {
  return `${issuer}/.well-known/jwks.json`
}
