import type { Algorithm, ClaimValue, RouteHash, TokenUse } from './policy.ts'

/**
 * A policy as the edge reads it: checked, every default filled in and every pattern taken apart when it was built, so that
 * a new sandbox has nothing left to work out. config/edge-policy.ts makes it from a policy; strings may hold unresolved
 * CloudFormation tokens until the template is deployed.
 */
export interface EdgePolicy {
  providers: readonly EdgeProvider[]
  /** The issuers of all providers. */
  issuers: readonly EdgeIssuer[]
  /** Where a token is; the first that is present decides. */
  sources: readonly EdgeSource[]
  /** All claims that some route captures. */
  capturedClaims: readonly ClaimPath[]
  /** What some routes ask of a token besides groups and captures. */
  conditions: readonly Condition[]
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

/** Where in a payload a claim is: its name, or the names on the way to it. */
export type ClaimPath = string | readonly string[]

export interface EdgeProvider {
  tokenUse: TokenUse
  clientIds: readonly string[]
  clientClaim: string
  audiences?: readonly string[]
  /** In lower case, without `application/`. Absent: the default. */
  types?: readonly string[]
  algorithms: readonly Algorithm[]
  /** A token or a key may be without a name where one key fits alone. */
  unnamedKeys?: true
  /** A token that is bound to a key passes as plain bearer. */
  unbound?: true
  groupsClaim: ClaimPath
  /** What stands between groups, where these are one string. */
  groupsSplit?: string
  requiredClaims: readonly ClaimPath[]
  rules?: readonly ClaimCondition[]
}

/** `tenant`: the tenant's id stands between `issuer` and `after`, and is one of `allowed`, or any. */
export interface EdgeIssuer {
  issuer: string
  tenant?: { after: string; allowed?: readonly string[] }
  jwksUri: string
  /** Index in `providers`. */
  provider: number
}

export type EdgeSource = HeaderSource | CookieSource

/** Name in lower case; without a scheme the whole value is the token. */
export interface HeaderSource {
  header: string
  scheme?: string
}

export interface CookieSource {
  cookies: readonly CookieName[]
  chunks?: true
  /** What a name's `*` stands for is the user that `LastAuthUser` names, if there is such a cookie. */
  lastUser?: true
}

/** `[whole name]`, or `[what precedes the "*", what follows it]`. */
export type CookieName = readonly [string] | readonly [string, string]

/** One of the values equals the claim, or is a member of it; `list`: the claim has to be an array. */
export interface ClaimCondition {
  claim: ClaimPath
  values: readonly ClaimValue[]
  list?: true
}

export type Condition = ClaimCondition | { scope: string }

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
  /** As the policy has them, for the challenge. */
  scopes?: readonly string[]
  /** Places in `conditions`, all of which have to hold. */
  conditions?: readonly number[]
  /** Indices of the providers whose tokens open it; absent: any. */
  providers?: readonly number[]
}
