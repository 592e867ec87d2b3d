import { createPrivateKey } from 'node:crypto'
import { pathSegments } from '../authorizer/path-segments.ts'

/** What is wrong with a path that the function answers itself. It is compared as it stands in a URI. */
export function ownPathFault(path: string): string | undefined {
  return /^(?:\/[\w.~-]+)+$/.test(path) && pathSegments(path)
    ? undefined
    : 'should be a path of letters, digits, "-", ".", "_" and "~", such as /_auth/callback'
}

/** What is wrong with the path that a visitor ends at. */
export function afterSignOutFault(path: string): string | undefined {
  return /^\/[!-~]*$/.test(path) && !/[?#"<>]/.test(path) && pathSegments(path)
    ? undefined
    : 'should be a path of the site as it stands in a URL, such as /bye.html, without a query'
}

/** What the protocol sets itself, with what each is for. */
const ownParameters = new Set([
  ...[
    'response_type',
    'client_id',
    'redirect_uri',
    'scope',
    'state',
    'nonce',
    'code_challenge',
    'code_challenge_method',
  ],
  ...['client_secret', 'request', 'request_uri'],
])

/** What is wrong with the name of a further parameter of the authorization request. */
export function parameterFault(name: string): string | undefined {
  if (name === 'response_mode')
    return 'cannot be chosen: form_post needs the body and cookies for other sites, and a fragment never reaches the edge'
  if (ownParameters.has(name)) return 'is set by the protocol itself'
  return /^[\w.~-]+$/.test(name) ? undefined : 'should be the name of a parameter, without escapes'
}

/** What is wrong with a key that seals. */
export function sealKeyFault(key: string): string | undefined {
  const octets = Buffer.from(key, 'base64url')
  return octets.toString('base64url') === key && octets.length === 32
    ? undefined
    : 'should be 32 random octets in base64url, 43 characters; `openssl rand 32 | basenc --base64url | tr -d =` makes one'
}

/** What is wrong with the JWK that signs the client's assertions. */
export function privateKeyFault(jwk: Readonly<Record<string, string>>): string | undefined {
  if (!jwk.d) return 'should be a private JWK (RFC 7517), which has "d"'
  if (!jwk.kid || !/^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/.test(jwk.alg ?? ''))
    return 'should have a kid and the alg that the provider expects, such as ES256'
  try {
    const { asymmetricKeyType: type = '' } = createPrivateKey({ key: { ...jwk }, format: 'jwk' })
    const expected = { R: 'rsa', P: 'rsa', E: jwk.alg?.[1] === 'S' ? 'ec' : 'ed25519' }[jwk.alg?.[0] ?? '']
    return type === expected ? undefined : `should be a key for its alg, ${jwk.alg}`
  } catch {
    return 'should be a private JWK (RFC 7517)'
  }
}
