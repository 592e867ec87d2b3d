/** What the Cognito Developer Guide documents of user pool endpoints, as data; read in November 2026. */
const guide = 'https://docs.aws.amazon.com/cognito/latest/developerguide/'

/** Paths below the pool's domain, and the page that documents each. */
export const paths = {
  authorize: { path: '/oauth2/authorize', page: `${guide}authorization-endpoint.html` },
  login: { path: '/login', page: `${guide}login-endpoint.html` },
  token: { path: '/oauth2/token', page: `${guide}token-endpoint.html` },
  revoke: { path: '/oauth2/revoke', page: `${guide}revocation-endpoint.html` },
  logout: { path: '/logout', page: `${guide}logout-endpoint.html` },
} as const

/** Not documented, and what cognito-at-edge asks. */
export const olderAuthorize = '/authorize'

/** "a one-time use code that is valid for five minutes" (authorization-endpoint). */
export const codeSeconds = 300

/** "supports only S256"; the challenge itself is optional (authorization-endpoint). */
export const challengeMethods = ['S256'] as const

/** Scopes that no resource server has to define (authorization-endpoint). */
export const reservedScopes = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'] as const

/** Default of a client's `RefreshTokenValidity`; rotation does not extend it (AWS re:Post, "Rotated Refresh Token Validity"). */
export const refreshSeconds = 30 * 86_400

/** `RetryGracePeriodSeconds`, 0 to 60: as long a rotated token goes on working (API reference, "RefreshTokenRotationType"). */
export const longestGraceSeconds = 60

/** The session cookie of managed login (user-pools-managed-login, "Things to know"). */
export const sessionSeconds = 3600

/** Errors of the token endpoint are 400 with `{"error"}` alone; of revocation 401 for the client and 400 else. */
export const errorStatus = { token: 400, revokeClient: 401, revoke: 400 } as const
