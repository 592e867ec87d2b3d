/** What an issuer says of itself (OpenID Connect Discovery 1.0, 3 and 4). */
import type { HandlerSignIn } from '../../config/handler-schema.ts'
import type { PublishedIssuer } from '../../config/policy-defaults.ts'

/** Null where the issuer is no https URL. */
export function discoveryUrl(issuer: string): string | null {
  return /^https:\/\//.test(issuer) ? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration` : null
}

/** The endpoints are the handler's own, or paths below the issuer. */
export function discoveryDocument(
  { issuer, jwksUri }: PublishedIssuer,
  algorithms: readonly string[],
  endpoints?: HandlerSignIn['endpoints'],
): object {
  const below = (path: string) => `${issuer.replace(/\/$/, '')}/${path}`
  return {
    issuer,
    jwks_uri: jwksUri,
    authorization_endpoint: endpoints?.authorization ?? below('authorize'),
    token_endpoint: endpoints?.token ?? below('token'),
    userinfo_endpoint: below('userinfo'),
    end_session_endpoint: endpoints?.logout ?? below('logout'),
    ...(endpoints?.revocation === undefined ? {} : { revocation_endpoint: endpoints.revocation }),
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithms,
    scopes_supported: ['openid'],
    code_challenge_methods_supported: ['S256'],
  }
}
