import type { EdgePolicy, EdgeProvider } from './edge-policy.ts'
import type { JsonObject } from './json-object.ts'
import type { JwksCache } from './jwks-cache.ts'
import { nodeCrypto } from './node-crypto.ts'
import { createTokenVerifier, type TokenVerifier } from './token-verifier.ts'

/**
 * Verifies ID tokens of one provider for one client (OpenID Connect Core 3.1.3.7), as far as they are tokens like others. It remembers
 * those that it has seen, so that it is best made for one use.
 */
export function idTokenVerifier(
  policy: EdgePolicy,
  keys: readonly JwksCache[],
  place: number,
  client: string,
  clock: () => number,
): TokenVerifier {
  const { tokenUse, algorithms, unnamedKeys } = policy.providers[place] as EdgeProvider
  const provider: EdgeProvider = {
    tokenUse: tokenUse && 'id',
    clientIds: [client],
    clientClaim: 'aud',
    algorithms,
    ...(unnamedKeys ? { unnamedKeys } : {}),
    // None: what an ID token grants is nobody's question.
    groupsClaim: '',
    requiredClaims: [],
  }
  const isOwn = ({ provider }: { provider: number }) => provider === place
  return createTokenVerifier(
    {
      ...policy,
      providers: [provider],
      issuers: policy.issuers.filter(isOwn).map((issuer) => ({ ...issuer, provider: 0 })),
      capturedClaims: [],
      conditions: [],
    },
    keys.filter((_, index) => isOwn(policy.issuers[index] as { provider: number })),
    clock,
  )
}

/** What only an ID token has to say: whom it is for, and that it belongs to this access token and, where there is one, to this nonce. */
export function isIdTokenFor(
  text: string,
  { aud, azp, nonce, at_hash, sub }: JsonObject,
  client: string,
  accessToken: string,
  expectedNonce: string | undefined,
): boolean {
  return (
    (azp === undefined ? !Array.isArray(aud) || aud.length === 1 : azp === client) &&
    (expectedNonce === undefined || nonce === expectedNonce) &&
    (at_hash === undefined || at_hash === leftHalf(algorithmOf(text), accessToken)) &&
    typeof sub === 'string' &&
    sub !== ''
  )
}

/** OpenID Connect Core 3.1.3.6: by the hash of the token's algorithm; Ed25519 has SHA-512 inside (RFC 8032 5.1). */
function leftHalf(algorithm: string, accessToken: string): string {
  const digest = nodeCrypto().hash(algorithm[1] === 'd' ? 'sha512' : `sha${algorithm.slice(2)}`, accessToken, 'buffer')
  return digest.subarray(0, digest.length / 2).toString('base64url')
}

function algorithmOf(text: string): string {
  return String(partOf(text, 0).alg)
}

/** The claims of a token that was verified. */
export function claimsOf(text: string): JsonObject {
  return partOf(text, 1)
}

function partOf(text: string, index: number): JsonObject {
  return JSON.parse(Buffer.from(text.split('.')[index] as string, 'base64url').toString())
}
