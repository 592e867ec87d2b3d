import { createPublicKey, verify } from 'node:crypto'
import type { Jwk } from './configuration.ts'
import { usesCurves, usesPss } from './features.ts'
import { isObject } from './json-object.ts'
import type { Algorithm } from './policy.ts'

/** A public key of the issuer's set, ready for one algorithm. */
export interface VerificationKey {
  algorithm: Algorithm
  /** Equal for the same key and algorithm, so that a refreshed set keeps the keys that did not change. */
  identity: string
  /** Exact signature length, in octets. */
  signatureLength: number
  isSignedBy: SignatureCheck
}

type SignatureCheck = (signingInput: Uint8Array, signature: Uint8Array) => boolean

/**
 * Imports one member of a JWK Set (RFC 7517 4), once for each algorithm that the policy and the member itself allow. A member
 * that is malformed, symmetric, private, of another use, too weak (RFC 7518 3.3: RSA of 2,048 bits or more) or of no allowed
 * algorithm gives none and harms no other.
 */
export function importVerificationKeys(jwk: unknown, allowed: readonly Algorithm[]): VerificationKey[] {
  const keys: VerificationKey[] = []
  if (!isObject(jwk) || !isForVerification(jwk)) return keys
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
    const { kty, n, e, crv, x, y } = jwk
    if (kty === 'RSA' && !isSound(modulusLength, publicExponent)) return keys
    for (const algorithm of allowed) {
      const curve = usesCurves ? curves[algorithm] : undefined
      if ((jwk.alg ?? algorithm) !== algorithm || (curve ? crv !== curve[0] : kty !== 'RSA')) continue
      keys.push({
        algorithm,
        identity: JSON.stringify(curve ? [algorithm, x, y] : [algorithm, n, e]),
        signatureLength: curve ? curve[1] : Math.ceil(modulusLength / 8),
        isSignedBy: signatureCheck(algorithm, key),
      })
    }
  } catch {
    // Nothing that is a key.
  }
  return keys
}

/** RFC 7517 4.2 and 4.3: a key that names its use must name this one. A key whose private half is published signs for anybody, so it is skipped. */
function isForVerification(jwk: Jwk): boolean {
  const { use, key_ops: operations, d } = jwk
  return (
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify'))) &&
    d === undefined
  )
}

/** RFC 7518 3.3 asks for 2,048 bits; what is far larger than anybody uses would only cost CPU time. */
function isSound(modulusLength: number, publicExponent: bigint): boolean {
  return modulusLength >= 2048 && modulusLength <= 8192 && publicExponent > 2n && publicExponent < 2n ** 32n
}

/** RFC 7518 3.4, RFC 8037 3.1, RFC 9864 2.2: each of these algorithms has one curve, and that curve one signature length in octets. */
const curves: Partial<Record<Algorithm, readonly [curve: string, signatureLength: number]>> = {
  ES256: ['P-256', 64],
  ES384: ['P-384', 96],
  ES512: ['P-521', 132],
  EdDSA: ['Ed25519', 64],
  Ed25519: ['Ed25519', 64],
}

const pssPadding = 6 // RSA_PKCS1_PSS_PADDING
const saltLengthOfDigest = -1 // RSA_PSS_SALTLEN_DIGEST, as RFC 7518 3.5 requires

function signatureCheck(algorithm: Algorithm, key: ReturnType<typeof createPublicKey>): SignatureCheck {
  const digest = usesCurves && algorithm.startsWith('Ed') ? null : `sha${algorithm.slice(2)}`
  const input =
    usesPss && algorithm[0] === 'P'
      ? { key, padding: pssPadding, saltLength: saltLengthOfDigest }
      : usesCurves && digest && algorithm[0] === 'E'
        ? { key, dsaEncoding: 'ieee-p1363' as const }
        : key
  return (signingInput, signature) => verify(digest, signingInput, input, signature)
}
