import type { EdgePolicy } from './edge-policy.ts'
import type { JsonObject } from './json-object.ts'
import { nodeCrypto } from './node-crypto.ts'

/**
 * A policy under which ID tokens for one client verify (OpenID Connect Core 3.1.3.7), as far as they are tokens like others. What they
 * grant is nobody's question.
 */
export function idTokenPolicy(policy: EdgePolicy, client: string): EdgePolicy {
  return {
    ...policy,
    providers: policy.providers.map(({ tokenUse, algorithms, unnamedKeys }) => ({
      tokenUse: tokenUse && 'id',
      clientIds: [client],
      clientClaim: 'aud',
      algorithms,
      ...(unnamedKeys ? { unnamedKeys } : {}),
      groupsClaim: '',
      requiredClaims: [],
    })),
  }
}

/** What only an ID token has to say: whom it is for, and that it belongs to this access token and, where there is one, to this nonce. */
export function isIdTokenFor(
  text: string,
  client: string,
  accessToken: string,
  expectedNonce: string | undefined,
): boolean {
  const { aud, azp, nonce, at_hash, sub } = claimsOf(text)
  return (
    (azp === client || (azp === undefined && !(Array.isArray(aud) && aud.length > 1))) &&
    (expectedNonce === undefined || nonce === expectedNonce) &&
    (at_hash === undefined || at_hash === leftHalf(String(partOf(text, 0).alg), accessToken)) &&
    typeof sub === 'string' &&
    sub !== ''
  )
}

/** OpenID Connect Core 3.1.3.6: by the hash of the token's algorithm; Ed25519 has SHA-512 inside (RFC 8032 5.1). */
function leftHalf(algorithm: string, accessToken: string): string {
  const digest = nodeCrypto().hash(`sha${algorithm[1] === 'd' ? 512 : algorithm.slice(2)}`, accessToken, 'buffer')
  return digest.subarray(0, digest.length / 2).toString('base64url')
}

/** The claims of a token that was verified. */
export function claimsOf(text: string): JsonObject {
  return partOf(text, 1)
}

function partOf(text: string, place: number): JsonObject {
  return JSON.parse(String(Buffer.from(text.split('.')[place] as string, 'base64url')))
}
