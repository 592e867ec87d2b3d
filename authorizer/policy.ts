/** What an authorizer enforces, as its users write it: plain JSON. What each field means to the letter: oracle/SEMANTICS.md. */

/** JWS algorithms (RFC 7518 3.1, RFC 8037 3.1, RFC 9864 2.2) that a policy may allow. `EdDSA` means Ed25519, as `Ed25519` does. */
export type Algorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'

/** Digests a hashed route may use; the segment is the lower-case hex digest of the captured value's UTF-8. */
export type RouteHash = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** `"access"` and `"id"`: the `token_use` of Cognito's tokens; null: an issuer without that claim. */
export type TokenUse = 'access' | 'id' | null

/** A claim: its name, such as `https://example.com/tenant`, or a JSON Pointer (RFC 6901) into the payload where it begins with `/`. */
export type ClaimReference = string

export type ClaimValue = string | number | boolean

/**
 * What a claim has to be. A value or a list of values: one of them equals the claim, or one member of the claim where that is an
 * array. `contains`: the claim is an array, and one of the values is its member. Numbers are safe integers.
 */
export type ClaimRule = ClaimValue | readonly ClaimValue[] | { readonly contains: ClaimValue | readonly ClaimValue[] }

/** Each claim named here has to satisfy its rule. */
export type ClaimRules = Readonly<Record<ClaimReference, ClaimRule>>

/**
 * One provider: whose tokens are accepted, and for which clients. A client of one provider never passes with another's token.
 *
 * @example
 * {
 *   issuer: 'https://keycloak.example.com/realms/staff',
 *   jwksUri: 'https://keycloak.example.com/realms/staff/protocol/openid-connect/certs',
 *   tokenUse: null,
 *   clientIds: ['portal'],
 *   clientClaim: 'azp',
 *   groupsClaim: '/realm_access/roles',
 * }
 */
export interface Provider {
  /**
   * The accepted `iss`, compared character by character (RFC 7519 4.1.1): one or several, each with keys of its own. `{tid}` in it
   * stands for the claim of that name, one of `tenants`.
   */
  issuer: string | readonly string[]
  /**
   * Where the JWK Set is (RFC 7517 5): one URL for all issuers, or a list that runs parallel to `issuer`. Default: the issuer
   * without a terminating `/`, and `/.well-known/jwks.json`. Required where an issuer has `{tid}` or is no https URL.
   */
  jwksUri?: string | readonly string[]
  /** The tenants that `{tid}` may be; `"any"` has to be written out. */
  tenants?: readonly string[] | 'any'
  tokenUse: TokenUse
  clientIds: readonly string[]
  /** The claim that names the client. Default: `client_id` for access tokens, `aud` for the others. */
  clientClaim?: string
  /** Besides the client, `aud` has to hold one of these (RFC 8707, RFC 9068 4). Default: not looked at. */
  audiences?: readonly string[]
  /** The accepted `typ`, in any case (RFC 8725 3.11). Default: absent, `JWT` or `at+jwt`. */
  types?: readonly string[]
  /** Default `["RS256"]`. */
  algorithms?: readonly Algorithm[]
  /** `"optional"`: a token or a key may be without `kid` where one key of the set fits alone. Default `"required"`. */
  kid?: 'required' | 'optional'
  /** A token that is bound to a key (RFC 7800, 8705, 9449) and sent as plain bearer. Default `"refuse"`. */
  cnf?: 'refuse' | 'ignore'
  /** Where groups are: an array of strings, or with `split` one string. Default `cognito:groups`. */
  groupsClaim?: ClaimReference | { claim: ClaimReference; split: string }
  /** Claims that must be present and not null, or the request is forbidden. Default none. */
  requiredClaims?: readonly ClaimReference[]
  /** Rules that each token has to satisfy, or the request is forbidden. Default none. */
  claims?: ClaimRules
}

/**
 * One kind of path and who may ask for it.
 *
 * @example
 * { path: '/vault/{group}/*', hash: 'md5' }
 */
export interface Route {
  /**
   * Decoded path pattern. A segment is text; or `{sub}`, `{group}`, `{claim:REFERENCE}` or `*`, each of which stands for one or more
   * characters, alone or between texts (`{sub}.pdf`, `*.css`). `*` alone at the end is one or more segments. A claim's reference may
   * hold `/`. `{claim:custom:…}` reaches an access token only through Cognito's access-token customization.
   */
  path: string
  /** True: no token is needed, and a bad one does not matter. Default false. */
  public?: boolean
  /** Whose tokens open it. Default: any provider's, which a policy with several may leave out only where nothing of the token is used. */
  provider?: string | readonly string[]
  /** The captures hold digests of the values instead of the values. Default: the values themselves. */
  hash?: RouteHash
  /** At least one of these must be among the token's groups, in addition to the captures. */
  groups?: readonly string[]
  /** All of these must be among the token's scopes: `scope` (RFC 9068 2.2.3), else `scp`. */
  scopes?: readonly string[]
  /** Rules that the token has to satisfy. */
  claims?: ClaimRules
  /**
   * The decoded path of a single-page app's shell, such as `/app/index.html`: GET and HEAD of a path on this route whose last segment
   * has no `.` are served from there, where the shell's own route is granted too. Default: paths are served as they are.
   */
  app?: string
}

/**
 * The answer to a request without a good token: a status, or a redirect to log in.
 *
 * @example
 * { redirect: '/login', returnTo: 'to', returnQuery: true, page: '<!doctype html><title>401</title><p>Please log in.' }
 */
export interface UnauthenticatedDenial {
  /** 302 to this absolute https URL, or to this path on the viewer's own host. Default: none, and the status for all. */
  redirect?: string
  /** `"navigation"`: only a browser that goes to a page (Fetch Metadata, else Accept) is redirected. Default `"navigation"`. */
  redirectOn?: 'navigation' | 'always'
  /** The query parameter that carries the viewer's path, percent-encoded. Default: none does. */
  returnTo?: string
  /** The path carries the viewer's query string along. Default false. */
  returnQuery?: boolean
  /** Default 401. */
  status?: 401 | 403 | 404
  /** The HTML that goes with the status: under 8 kB, always the same. Default: no body. */
  page?: string
}

/** The answer where no token helps, or a good one grants too little. */
export interface ForbiddenDenial {
  /** Default 403. */
  status?: 403 | 404
  /** The HTML that goes with the status: under 8 kB, always the same. Default: no body. */
  page?: string
}

/**
 * Where a token is. `"header"`: the authorization header, scheme Bearer. Another header's name, with its scheme (default
 * `"Bearer"`) or with null for none. A cookie's name, in which `{client}`, `{lastUser}` (the user that Amplify's `LastAuthUser`
 * names) and one `*` may stand; `chunks`: the token may be cut into `NAME.0`, `NAME.1` and so on, nine at most.
 */
export type CredentialSource =
  | 'header'
  | { header: string; scheme?: string | null }
  | { cookie: string; chunks?: boolean }

/** How the client proves itself at the token endpoint, in the names of OpenID Connect Core 9. */
export type TokenEndpointAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/**
 * What only the function may know. As a reference: the parameter's or secret's value is JSON of the same shape.
 *
 * @example
 * { seal: ['kq0bTq4HkQJk9m8m2nC0m0o8Zz1c5m5mG0l2J3b5Yvg'], clientSecret: 'from the provider' }
 */
export interface SignInSecrets {
  /**
   * Keys of 32 bytes in base64url, one or two: the first seals, both open. A new key is put second, and first once every replica of
   * the function has it.
   */
  seal: readonly string[]
  /** For `client_secret_basic` and `client_secret_post` (RFC 6749 2.3.1). */
  clientSecret?: string
  /** For `private_key_jwt` (RFC 7523 2.2): a private JWK with `kid` and `alg`. */
  privateKey?: Readonly<Record<string, string>>
}

/** Where the secrets are, so that neither the policy nor the function's code holds them: an ARN, whose region is used. */
export type SecretReference = { readonly ssmParameter: string } | { readonly secretsManager: string }

/**
 * Sign-in at the edge: a visitor who goes to a page without a token is sent to the provider and comes back with a session
 * (authorization code with PKCE: RFC 6749 4.1, RFC 7636, OpenID Connect Core 3.1).
 *
 * @example
 * {
 *   client: 'portal',
 *   endpoints: {
 *     authorization: 'https://login.example.com/oauth2/authorize',
 *     token: 'https://login.example.com/oauth2/token',
 *     revocation: 'https://login.example.com/oauth2/revoke',
 *     logout: 'https://login.example.com/logout',
 *   },
 *   logout: 'cognito',
 *   afterSignOut: '/bye.html',
 * }
 */
export interface SignIn {
  /** The provider's name. Required where a policy has several. */
  provider?: string
  /** One of its `clientIds`. */
  client: string
  /** https URLs. `revocation` (RFC 7009) and `logout` may be left out; then neither is done. */
  endpoints: { authorization: string; token: string; revocation?: string; logout?: string }
  /**
   * How `endpoints.logout` is asked, required beside it: `"oidc"` with `client_id` and `post_logout_redirect_uri` (RP-Initiated
   * Logout 2), `"cognito"` with `client_id` and `logout_uri`. Discovery cannot say it.
   */
  logout?: 'oidc' | 'cognito'
  /** The provider states `authorization_response_iss_parameter_supported` (RFC 9207): a callback without `iss` is refused. Default false. */
  responseIss?: boolean
  /** Default `["openid"]`. */
  scopes?: readonly string[]
  /** Further parameters of the authorization request, such as Auth0's `audience`. Default none. */
  parameters?: Readonly<Record<string, string>>
  /** Which token the session holds: the one that the policy verifies. Default `"id"` where `tokenUse` is `"id"`, else `"access"`. */
  token?: 'access' | 'id'
  /** Default `"none"`. */
  tokenEndpointAuthMethod?: TokenEndpointAuthMethod
  /** Paths of the site that the function answers itself. Defaults: `/_auth/callback`, `/_auth/refresh`, `/_auth/sign-out`. */
  paths?: { callback?: string; refresh?: string; signOut?: string }
  /** Where a visitor ends who has signed out: a path that a public route opens. */
  afterSignOut: string
  /** The site's hosts. Default: the distribution's own domain name. */
  hosts?: readonly string[]
  /** Default: none; then the refresh token's cookie is not sealed and the session has no limits of its own. */
  secret?: SignInSecrets | SecretReference
  /** What may set off a refresh: `"any"` GET only where the provider does not rotate refresh tokens. Default `"navigation"`. */
  refresh?: 'navigation' | 'any'
  /** A session ends so long after its last refresh. Needs `secret`. Default: the provider's limit alone. */
  idleSeconds?: number
  /** A session ends so long after its sign-in. Needs `secret`. Default: the provider's limit alone. */
  absoluteSeconds?: number
}

/** What a policy says whoever the provider is. */
export interface SitePolicy {
  /** One source, or a list of which the first that is present decides. Default `"header"`. */
  credentials?: CredentialSource | readonly CredentialSource[]
  /** Seconds. Defaults: maxAge 3600, maxStale 86400, cooldown 10. */
  jwks?: { maxAge?: number; maxStale?: number; cooldown?: number }
  /** Leeway on `exp` and `nbf`, in seconds. Default 0. */
  clockToleranceSeconds?: number
  routes: readonly Route[]
  /** Methods that pass, case-sensitive (RFC 9110 9.1). Default `["GET", "HEAD"]`. */
  methods?: readonly string[]
  /** A CORS preflight (Fetch standard, OPTIONS with Origin and Access-Control-Request-Method) passes without a token. Default false. */
  corsPreflight?: boolean
  /** Origins whose pages may read objects and denials; `https://*.example.com` is all hosts below `example.com`. Default none. */
  corsOrigins?: readonly string[]
  /** Request headers that their pages may send, besides those that the site allows anyway; for the distribution. Default none. */
  corsHeaders?: readonly string[]
  /** The name of a directory's index: GET and HEAD of a path that ends with `/` are served from it. Default: none. */
  index?: string
  /** GET and HEAD of a path without a route whose form with `/` is granted are redirected there. Default: they are denied. */
  slash?: 'redirect'
  /** Defaults: unauthenticated `{ status: 401 }`, forbidden `{ status: 403 }`. */
  deny?: { unauthenticated?: UnauthenticatedDenial; forbidden?: ForbiddenDenial }
  /** Default: none; visitors bring a token of their own. Takes the place of `deny.unauthenticated.redirect`. */
  signIn?: SignIn
}

/**
 * The first form: one provider, its fields beside the others. It is its expansion into a provider named `default`, with
 * `tokenUse` `"access"` where that is left out.
 *
 * @example
 * const policy: Policy = {
 *   issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
 *   clientIds: ['exampleclient'],
 *   routes: [{ path: '/public/*', public: true }, { path: '/users/{sub}/*' }],
 * }
 */
export interface OneProviderPolicy extends SitePolicy, Omit<Provider, 'tokenUse'> {
  tokenUse?: TokenUse
  providers?: never
}

/**
 * The second form: providers by name.
 *
 * @example
 * const policy: Policy = {
 *   providers: {
 *     staff: { issuer: 'https://login.example.com/', tokenUse: null, clientIds: ['portal'] },
 *     partners: { issuer: 'https://partners.example.org', tokenUse: null, clientIds: ['gate'], clientClaim: 'azp' },
 *   },
 *   routes: [{ path: '/users/{sub}/*', provider: 'staff' }, { path: '/exchange/*' }],
 * }
 */
export interface ProvidersPolicy extends SitePolicy {
  providers: Readonly<Record<string, Provider>>
}

/** Whose tokens are accepted, and what they open. */
export type Policy = OneProviderPolicy | ProvidersPolicy
