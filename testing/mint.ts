/** Signs tokens synchronously and without opinions: any header, any payload, any octets. */
import { constants, type KeyObject, sign } from 'node:crypto'
import type { Algorithm } from '../authorizer/policy.ts'

/** A token as an issuer would sign it; `header` is added to, or overrides, `alg` and `kid`. */
export function mint(key: WorldKey, claims: object, header: object = {}): string {
  return mintOctets(
    key.algorithm,
    key.privateKey,
    JSON.stringify({ kid: key.kid, alg: key.algorithm, ...header }),
    JSON.stringify(claims),
  )
}

/** Signs header and payload exactly as given (RFC 7515 5.1), whatever the header says about the algorithm. */
export function mintOctets(
  algorithm: Algorithm,
  key: KeyObject,
  header: string | Uint8Array,
  payload: string | Uint8Array,
): string {
  return mintInput(algorithm, key, `${base64url(header)}.${base64url(payload)}`)
}

/** Appends the signature over a signing input that is already encoded, however oddly. */
export function mintInput(algorithm: Algorithm, key: KeyObject, signingInput: string): string {
  return `${signingInput}.${signatureOf(algorithm, key, Buffer.from(signingInput)).toString('base64url')}`
}

/** RFC 7518 3.3 to 3.5 and RFC 8037 3.1: PKCS #1 v1.5, PSS with a salt of the hash's length, ECDSA as R || S, Ed25519. */
export function signatureOf(algorithm: Algorithm, key: KeyObject, input: Uint8Array): Buffer {
  if (algorithm === 'EdDSA') return sign(null, input, key)
  const hash = `sha${algorithm.slice(2)}`
  if (algorithm.startsWith('ES')) return sign(hash, input, { key, dsaEncoding: 'ieee-p1363' })
  if (algorithm.startsWith('PS')) {
    return sign(hash, input, {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    })
  }
  return sign(hash, input, key)
}

export function base64url(octets: string | Uint8Array): string {
  return Buffer.from(octets as string).toString('base64url')
}

export interface WorldKey {
  kid: string
  algorithm: Algorithm
  privateKey: KeyObject
  publicKey: KeyObject
  /** As published: with `kid`, `alg` and `use`. */
  jwk: Record<string, unknown>
}
