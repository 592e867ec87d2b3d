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
