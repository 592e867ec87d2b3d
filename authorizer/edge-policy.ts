import type { Algorithm, RouteHash } from './policy.ts'

/**
 * A policy as the edge reads it: checked, every default filled in and every pattern taken apart when it was built, so that
 * a new sandbox has nothing left to work out. config/edge-policy.ts makes it from a policy; strings may hold unresolved
 * CloudFormation tokens until the template is deployed.
 */
export interface EdgePolicy {
  issuers: readonly { issuer: string; jwksUri: string }[]
  /** Names of the credential's cookie, each split at its `*`; absent where the authorization header is the source. */
  cookies?: readonly CookieName[]
  clientIds: readonly string[]
  tokenUse: 'access' | 'id' | null
  requiredClaims: readonly string[]
  /** Names of all claims that some route captures. */
  capturedClaims: readonly string[]
  algorithms: readonly Algorithm[]
  /** Milliseconds. */
  jwks: { maxAge: number; maxStale: number; cooldown: number }
  /** Milliseconds. */
  clockTolerance: number
  routes: readonly EdgeRoute[]
  methods: readonly string[]
  corsPreflight: boolean
  corsOrigins: readonly string[]
  /** `location` belongs to a 302; with `returnPrefix` the viewer's path, percent-encoded, is appended to that instead. */
  unauthenticated: { status: number; location?: string; returnPrefix?: string }
  forbidden: { status: number }
}

/** `[whole name]`, or `[what precedes the "*", what follows it]`. */
export type CookieName = readonly [string] | readonly [string, string]

/** What a captured segment has to equal: a claim, by its place in `capturedClaims`, or without one any of the token's groups. */
export interface Capture {
  claim?: number
}

export interface EdgeRoute {
  /** Literals as strings, captures as objects; a final `*` is `rest`. */
  segments: readonly (string | Capture)[]
  rest?: true
  public?: true
  hash?: RouteHash
  groups?: readonly string[]
}
