import { createPublicKey, verify } from 'node:crypto'
import type { Jwk } from './configuration.ts'
import { isObject } from './json-object.ts'
import type { Algorithm } from './policy.ts'

/** A public key of the issuer's set, ready for the algorithms that the policy and the key itself allow. */
export interface VerificationKey {
  /** Equal for equal key material and rights, so that a refreshed set keeps the keys that did not change. */
  identity: string
  /** Exact signature length, in octets. */
  signatureOctets: number
  /** How to check each usable algorithm; an algorithm that is not here is refused. */
  checks: Map<string, SignatureCheck>
}

export type SignatureCheck = (signingInput: Uint8Array, signature: Uint8Array) => boolean

const maxModulusCharacters = 1366 // 8,192 bits; more would only cost CPU time

/**
 * Imports one member of a JWK Set (RFC 7517 4). A member that is malformed, symmetric, private, of another use, too weak
 * (RFC 7518 3.3: RSA of 2,048 bits or more) or of no allowed algorithm gives undefined and harms no other.
 */
export function importVerificationKey(jwk: unknown, allowed: readonly Algorithm[]): VerificationKey | undefined {
  if (!isObject(jwk) || !isForVerification(jwk)) return undefined
  try {
    const material = publicMembers(jwk)
    const key = material && createPublicKey({ key: material, format: 'jwk' })
    if (!key) return undefined
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
    if (jwk.kty === 'RSA' && (modulusLength < 2048 || publicExponent < 3n || publicExponent % 2n === 0n))
      return undefined
    const signatureOctets = jwk.kty === 'RSA' ? Math.ceil(modulusLength / 8) : (octetsByCurve[String(jwk.crv)] ?? 0)
    const checks = new Map<string, SignatureCheck>()
    for (const algorithm of allowed) {
      if ((jwk.alg === undefined || jwk.alg === algorithm) && fits(algorithm, jwk)) {
        checks.set(algorithm, signatureCheck(algorithm, key))
      }
    }
    if (checks.size === 0) return undefined
    return { identity: JSON.stringify([material, [...checks.keys()]]), signatureOctets, checks }
  } catch {
    return undefined
  }
}

/** RFC 7517 4.2 and 4.3: a key that names its use must name this one. A published private key is no secret's key any more. */
function isForVerification(jwk: Jwk): boolean {
  const { use, key_ops: operations, d } = jwk
  return (
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify'))) &&
    d === undefined
  )
}

/** The members that define the key, and nothing else of what the set says; undefined for other key types. */
function publicMembers({ kty, crv, x, y, n, e }: Jwk): Record<string, string> | undefined {
  if (kty === 'RSA' && isText(n) && isText(e) && n.length <= maxModulusCharacters && e.length <= 12)
    return { kty, n, e }
  if (kty === 'EC' && isText(crv) && isText(x) && isText(y)) return { kty, crv, x, y }
  if (kty === 'OKP' && crv === 'Ed25519' && isText(x)) return { kty, crv, x }
  return undefined
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** RFC 7518 3.4, RFC 8032 5.1.6. */
const octetsByCurve: Record<string, number> = { 'P-256': 64, 'P-384': 96, 'P-521': 132, Ed25519: 64 }
const curveByAlgorithm: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521', EdDSA: 'Ed25519' }

function fits(algorithm: Algorithm, { kty, crv }: Jwk): boolean {
  const curve = curveByAlgorithm[algorithm]
  return curve === undefined ? kty === 'RSA' : curve === crv
}

const pssPadding = 6 // RSA_PKCS1_PSS_PADDING
const saltLengthOfDigest = -1 // RSA_PSS_SALTLEN_DIGEST, as RFC 7518 3.5 requires

function signatureCheck(algorithm: Algorithm, key: ReturnType<typeof createPublicKey>): SignatureCheck {
  const digest = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`
  const input =
    algorithm[0] === 'P'
      ? { key, padding: pssPadding, saltLength: saltLengthOfDigest }
      : digest && algorithm[0] === 'E'
        ? { key, dsaEncoding: 'ieee-p1363' as const }
        : key
  return (signingInput, signature) => verify(digest, signingInput, input, signature)
}
