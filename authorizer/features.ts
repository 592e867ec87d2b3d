/**
 * What a policy may use. Each is true here; where a policy does not use it, `build/features.ts` has esbuild put false in its
 * place, and the code that depends on it is not in the bundle. They leave code out and never change what the rest does.
 */
declare const EDGEPROOF_COOKIES: boolean
declare const EDGEPROOF_SOURCES: boolean
declare const EDGEPROOF_CHUNKS: boolean
declare const EDGEPROOF_LAST_USER: boolean
declare const EDGEPROOF_PROVIDERS: boolean
declare const EDGEPROOF_ISSUERS: boolean
declare const EDGEPROOF_TENANTS: boolean
declare const EDGEPROOF_AUDIENCES: boolean
declare const EDGEPROOF_CLIENT_CLAIMS: boolean
declare const EDGEPROOF_TYPES: boolean
declare const EDGEPROOF_UNNAMED_KEYS: boolean
declare const EDGEPROOF_PATHS: boolean
declare const EDGEPROOF_SPLIT: boolean
declare const EDGEPROOF_CONDITIONS: boolean
declare const EDGEPROOF_CAPTURED_CLAIMS: boolean
declare const EDGEPROOF_HASHES: boolean
declare const EDGEPROOF_CURVES: boolean
declare const EDGEPROOF_PSS: boolean
declare const EDGEPROOF_TOLERANCE: boolean
declare const EDGEPROOF_SNAPSHOTS: boolean
declare const EDGEPROOF_REWRITES: boolean
declare const EDGEPROOF_INDEX: boolean
declare const EDGEPROOF_APPS: boolean
declare const EDGEPROOF_SLASH: boolean
declare const EDGEPROOF_PARTS: boolean
declare const EDGEPROOF_REDIRECT: boolean
declare const EDGEPROOF_RETURN_PATH: boolean
declare const EDGEPROOF_PAGES: boolean
declare const EDGEPROOF_CORS: boolean
declare const EDGEPROOF_CORS_WILDCARD: boolean
declare const EDGEPROOF_SEAL: boolean
declare const EDGEPROOF_SESSION_LIMITS: boolean
declare const EDGEPROOF_SECRET_STORE: boolean
declare const EDGEPROOF_CLIENT_SECRETS: boolean
declare const EDGEPROOF_CLIENT_ASSERTIONS: boolean
declare const EDGEPROOF_REVOCATION: boolean
declare const EDGEPROOF_END_SESSION: boolean
declare const EDGEPROOF_REFRESH_BY_ANY: boolean

/** A cookie is a source of tokens. */
export const usesCookies: boolean = typeof EDGEPROOF_COOKIES === 'undefined' || EDGEPROOF_COOKIES
/** Several sources. */
export const usesSources: boolean = typeof EDGEPROOF_SOURCES === 'undefined' || EDGEPROOF_SOURCES
/** Cookies in chunks. */
export const usesChunks: boolean = typeof EDGEPROOF_CHUNKS === 'undefined' || EDGEPROOF_CHUNKS
/** Amplify's `LastAuthUser`. */
export const usesLastUser: boolean = typeof EDGEPROOF_LAST_USER === 'undefined' || EDGEPROOF_LAST_USER
/** Several providers. */
export const usesProviders: boolean = typeof EDGEPROOF_PROVIDERS === 'undefined' || EDGEPROOF_PROVIDERS
/** Several issuers. */
export const usesIssuers: boolean = typeof EDGEPROOF_ISSUERS === 'undefined' || EDGEPROOF_ISSUERS
/** `{tid}` in an issuer. */
export const usesTenants: boolean = typeof EDGEPROOF_TENANTS === 'undefined' || EDGEPROOF_TENANTS
/** `aud`, as the claim that names the client or the server. */
export const usesAudiences: boolean = typeof EDGEPROOF_AUDIENCES === 'undefined' || EDGEPROOF_AUDIENCES
/** Another claim than `client_id` or `aud` names the client. */
export const usesClientClaims: boolean = typeof EDGEPROOF_CLIENT_CLAIMS === 'undefined' || EDGEPROOF_CLIENT_CLAIMS
/** Types of tokens other than the default ones. */
export const usesTypes: boolean = typeof EDGEPROOF_TYPES === 'undefined' || EDGEPROOF_TYPES
/** Tokens or keys without `kid`. */
export const usesUnnamedKeys: boolean = typeof EDGEPROOF_UNNAMED_KEYS === 'undefined' || EDGEPROOF_UNNAMED_KEYS
/** JSON Pointers to claims. */
export const usesPaths: boolean = typeof EDGEPROOF_PATHS === 'undefined' || EDGEPROOF_PATHS
/** Groups in one string. */
export const usesSplit: boolean = typeof EDGEPROOF_SPLIT === 'undefined' || EDGEPROOF_SPLIT
/** Rules on claims, and scopes. */
export const usesConditions: boolean = typeof EDGEPROOF_CONDITIONS === 'undefined' || EDGEPROOF_CONDITIONS
/** Captures of claims other than `sub`. */
export const usesCapturedClaims: boolean = typeof EDGEPROOF_CAPTURED_CLAIMS === 'undefined' || EDGEPROOF_CAPTURED_CLAIMS
/** Hashed routes. */
export const usesHashes: boolean = typeof EDGEPROOF_HASHES === 'undefined' || EDGEPROOF_HASHES
/** ECDSA and Ed25519. */
export const usesCurves: boolean = typeof EDGEPROOF_CURVES === 'undefined' || EDGEPROOF_CURVES
/** A leeway on dates. */
export const usesTolerance: boolean = typeof EDGEPROOF_TOLERANCE === 'undefined' || EDGEPROOF_TOLERANCE
/** Keys taken at build time: no matter of the policy, but of who builds. */
export const usesSnapshots: boolean = typeof EDGEPROOF_SNAPSHOTS === 'undefined' || EDGEPROOF_SNAPSHOTS
/** RSASSA-PSS. */
export const usesPss: boolean = typeof EDGEPROOF_PSS === 'undefined' || EDGEPROOF_PSS
/** One of `index`, `app` and `slash`. */
export const usesRewrites: boolean = typeof EDGEPROOF_REWRITES === 'undefined' || EDGEPROOF_REWRITES
/** `index`. */
export const usesIndex: boolean = typeof EDGEPROOF_INDEX === 'undefined' || EDGEPROOF_INDEX
/** `app` on a route. */
export const usesApps: boolean = typeof EDGEPROOF_APPS === 'undefined' || EDGEPROOF_APPS
/** `slash`. */
export const usesSlash: boolean = typeof EDGEPROOF_SLASH === 'undefined' || EDGEPROOF_SLASH
/** `*` before the end of a pattern, and text beside a `*` or a capture. */
export const usesParts: boolean = typeof EDGEPROOF_PARTS === 'undefined' || EDGEPROOF_PARTS
/** A redirect of the unauthenticated. */
export const usesRedirect: boolean = typeof EDGEPROOF_REDIRECT === 'undefined' || EDGEPROOF_REDIRECT
/** Its return path. */
export const usesReturnPath: boolean = typeof EDGEPROOF_RETURN_PATH === 'undefined' || EDGEPROOF_RETURN_PATH
/** Pages of denials. */
export const usesPages: boolean = typeof EDGEPROOF_PAGES === 'undefined' || EDGEPROOF_PAGES
/** Origins that may read denials. */
export const usesCors: boolean = typeof EDGEPROOF_CORS === 'undefined' || EDGEPROOF_CORS
/** One with a `*`. */
export const usesCorsWildcard: boolean = typeof EDGEPROOF_CORS_WILDCARD === 'undefined' || EDGEPROOF_CORS_WILDCARD
/** A sealed refresh token: this and what follows is of sign-in, whose own constant is in `authorizer.ts`. */
export const usesSeal: boolean = typeof EDGEPROOF_SEAL === 'undefined' || EDGEPROOF_SEAL
/** `idleSeconds` and `absoluteSeconds`. */
export const usesSessionLimits: boolean = typeof EDGEPROOF_SESSION_LIMITS === 'undefined' || EDGEPROOF_SESSION_LIMITS
/** `secret` by reference. */
export const usesSecretStore: boolean = typeof EDGEPROOF_SECRET_STORE === 'undefined' || EDGEPROOF_SECRET_STORE
/** A client secret. */
export const usesClientSecrets: boolean = typeof EDGEPROOF_CLIENT_SECRETS === 'undefined' || EDGEPROOF_CLIENT_SECRETS
/** `private_key_jwt`. */
export const usesClientAssertions: boolean =
  typeof EDGEPROOF_CLIENT_ASSERTIONS === 'undefined' || EDGEPROOF_CLIENT_ASSERTIONS
/** `endpoints.revocation`. */
export const usesRevocation: boolean = typeof EDGEPROOF_REVOCATION === 'undefined' || EDGEPROOF_REVOCATION
/** `endpoints.logout`. */
export const usesEndSession: boolean = typeof EDGEPROOF_END_SESSION === 'undefined' || EDGEPROOF_END_SESSION
/** `"refresh": "any"`. */
export const usesRefreshByAny: boolean = typeof EDGEPROOF_REFRESH_BY_ANY === 'undefined' || EDGEPROOF_REFRESH_BY_ANY
