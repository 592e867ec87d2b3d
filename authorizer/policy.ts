/**
 * What an authorizer enforces, as its users write it (plain JSON) and as the hot path reads it (every default filled in).
 */

/** JWS algorithms (RFC 7518 3.1, RFC 8037 3.1) that a policy may allow. `EdDSA` means Ed25519. */
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

/** Digests a hashed route may use; the segment is the lower-case hex digest of the captured value's UTF-8. */
export type RouteHash = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'

/**
 * One kind of path and who may ask for it.
 *
 * @example
 * { path: '/vault/{group}/*', hash: 'md5' }
 */
export interface Route {
  /**
   * Decoded path pattern: literals, `{sub}`, `{group}`, `{claim:NAME}`, and `*` as the last segment.
   * `{claim:custom:…}` reaches an access token only through Cognito's access-token customization.
   */
  path: string
  /** True: no token is needed, and a bad one does not matter. Default false. */
  public?: boolean
  /** The captured segments hold digests of the values instead of the values. Default: the values themselves. */
  hash?: RouteHash
  /** At least one of these must be among the token's `cognito:groups`, in addition to the captures. */
  groups?: readonly string[]
}

/**
 * `redirect`: 302 to this absolute https URL; `returnTo` names a query parameter that carries the viewer's path, percent-encoded.
 *
 * @example
 * { redirect: 'https://login.example.com/', returnTo: 'to' }
 */
export type Denial = { redirect: string; returnTo?: string } | { status: 401 | 403 | 404 }

/**
 * Whose tokens are accepted, and what they open. What each field means to the letter: oracle/SEMANTICS.md.
 *
 * @example
 * const policy: Policy = {
 *   issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
 *   clientIds: ['exampleclient'],
 *   routes: [{ path: '/public/*', public: true }, { path: '/users/{sub}/*' }],
 * }
 */
export interface Policy {
  /** The accepted `iss`, compared character by character (RFC 7519 4.1.1). https only. */
  issuer: string | readonly string[]
  /** Where each issuer's JWK Set is (RFC 7517 5). A list runs parallel to `issuer`. Default `<issuer>/.well-known/jwks.json`. */
  jwksUri?: string | readonly string[]
  /** Where the token is: the authorization header, or one cookie whose name may hold `{client}` and `*`. Default `"header"`. */
  credentials?: 'header' | { cookie: string }
  clientIds: readonly string[]
  /** `"access"`: `client_id` is checked; `"id"`: `aud`; null: an issuer without `token_use`, `aud` (RFC 9068 4). Default `"access"`. */
  tokenUse?: 'access' | 'id' | null
  /** Claims that must be present and not null, or the request is forbidden. Default none. */
  requiredClaims?: readonly string[]
  /** Default `["RS256"]`. */
  algorithms?: readonly Algorithm[]
  /** Seconds. Defaults: maxAge 3600, maxStale 86400, cooldown 10. */
  jwks?: { maxAge?: number; maxStale?: number; cooldown?: number }
  /** Leeway on `exp` and `nbf`, in seconds. Default 0. */
  clockToleranceSeconds?: number
  routes: readonly Route[]
  /** Methods that pass, case-sensitive (RFC 9110 9.1). Default `["GET", "HEAD"]`. */
  methods?: readonly string[]
  /** A CORS preflight (Fetch standard, OPTIONS with Origin and Access-Control-Request-Method) passes without a token. Default false. */
  corsPreflight?: boolean
  /** Origins whose pages may read a denial. Default none. */
  corsOrigins?: readonly string[]
  /** Defaults: unauthenticated `{ status: 401 }`, forbidden `{ status: 403 }`. */
  deny?: { unauthenticated?: Denial; forbidden?: { status: 403 | 404 } }
}
