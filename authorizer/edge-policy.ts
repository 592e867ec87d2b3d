import type {
  Algorithm,
  ClaimValue,
  RouteHash,
  SecretReference,
  SignInSecrets,
  TokenEndpointAuthMethod,
  TokenUse,
} from './policy.ts'

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
  /** What every denial has. */
  denialHeaders: Readonly<Record<string, string>>
  corsPreflight: boolean
  corsOrigins: readonly string[]
  /** `[what precedes the "*", what follows it]`, of origins whose `*` stands for one or more labels of the host. */
  corsWildcards?: readonly (readonly [before: string, after: string])[]
  unauthenticated: EdgeDenial & EdgeRedirect
  forbidden: EdgeDenial
  /** The name of each directory's index, percent-encoded. */
  index?: string
  /** A path without a route is redirected to its form with `/`, where that one is granted. */
  slash?: true
  signIn?: EdgeSignIn
}

/** `SignIn` with its defaults; seconds. */
export interface EdgeSignIn {
  /** Index in `providers`. */
  provider: number
  client: string
  endpoints: { authorization: string; token: string; revocation?: string; logout?: string }
  /** What says at `endpoints.logout` where to go afterwards. */
  logoutParameter?: string
  responseIss?: true
  /** What each authorization request says. Pairs, since names in an object would be shortened. */
  parameters: readonly (readonly [name: string, value: string])[]
  token: 'access' | 'id'
  authMethod: TokenEndpointAuthMethod
  /** Callback, refresh, sign-out. */
  paths: readonly string[]
  afterSignOut: string
  /** Where a visitor goes of whom nobody knows where he was. */
  home: string
  /** What every answer has. */
  headers: Readonly<Record<string, string>>
  /** Of each reason that has one of its own, and first of all others, the status and the page, which lacks its last line. */
  pages: readonly (readonly [reason: string, status: number, html: string])[]
  /** Default: the distribution's own domain name. */
  hosts?: readonly string[]
  secrets?: SignInSecrets
  secretsAt?: SecretReference
  refreshByAny?: true
  idle?: number
  absolute?: number
}

export interface EdgeDenial {
  status: number
  /** What the body is, and the Content-Security-Policy that goes with it. */
  page?: { body: string; contentSecurityPolicy: string }
}

/** `location`: where navigations, or with `always` all requests, are sent by a 302 in place of the status. */
export interface EdgeRedirect {
  location?: string
  always?: true
  /** What the viewer's path, percent-encoded, is appended to in place of `location`. */
  returnPrefix?: string
  /** The query string goes along with the path. */
  returnQuery?: true
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
  cookies?: undefined
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

/**
 * A capture, or with `any` a `*` that is not the whole last segment. It stands for one or more characters: the segment, or what
 * is between `prefix` and `suffix`, of which either both or none is there.
 */
export interface EdgePart {
  /** What a capture has to equal: a claim, by its place in `capturedClaims`; absent: any of the token's groups. */
  claim?: number
  any?: true
  prefix?: string
  suffix?: string
}

export interface EdgeRoute {
  /** Literals as strings; a final `*` is `rest`. */
  segments: readonly (string | EdgePart)[]
  rest?: true
  public?: true
  /** What a path without a file's name is served from, percent-encoded. */
  app?: string
  hash?: RouteHash
  groups?: readonly string[]
  /** As the policy has them, for the challenge. */
  scopes?: readonly string[]
  /** Places in `conditions`, all of which have to hold. */
  conditions?: readonly number[]
  /** Indices of the providers whose tokens open it; absent: any. */
  providers?: readonly number[]
}
