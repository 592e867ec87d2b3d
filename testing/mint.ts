/** Signs tokens synchronously and without opinions: any header, any payload, any octets, under a true signature. */
import { constants, createHmac, sign } from 'node:crypto'
import type { SigningKey } from './issuer.ts'

/** A part: an object to be written as JSON, or the octets themselves (a string stands for its UTF-8). */
export type Part = string | Uint8Array | object

/** What signing takes of a key. */
type Signer = Pick<SigningKey, 'algorithm' | 'privateKey'>

/** A token as an issuer would sign it; `header` is added to, or overrides, `kid` and `alg`. */
export function mint(key: SigningKey, claims: object, header: object = {}): string {
  return rawToken(key, claims, { ...headerOf(key), ...header })
}

/** Signs header and payload exactly as given (RFC 7515 5.1), whatever the header says about the algorithm. */
export function rawToken(key: SigningKey, payload: Part, header: Part = headerOf(key)): string {
  return signedToken(key, `${encode(header)}.${encode(payload)}`)
}

/** The signing input as it stands, however oddly encoded, and its signature. */
export function signedToken(key: Signer, input: string): string {
  return `${input}.${signature(key, input).toString('base64url')}`
}

export function headerOf({ kid, algorithm }: SigningKey): { kid: string; alg: string } {
  return { kid, alg: algorithm }
}

export function encode(part: Part): string {
  const octets = typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part)
  return Buffer.from(octets as string).toString('base64url')
}

/**
 * RFC 7518 3.3 to 3.5 and RFC 8037 3.1: PKCS #1 v1.5, PSS, ECDSA as R || S (`der`: as a certificate has it, RFC 3279 2.2.3),
 * Ed25519. `saltLength` only matters for PSS: default the digest's.
 */
export function signature(
  { algorithm, privateKey: key }: Signer,
  input: string | Uint8Array,
  { der = false, saltLength = constants.RSA_PSS_SALTLEN_DIGEST }: { der?: boolean; saltLength?: number } = {},
): Buffer {
  // A handler's own session tokens (RFC 7518 3.2); no policy names that algorithm.
  if (key.type === 'secret') {
    const bits = Number(algorithm.slice(2)) || 256
    return createHmac(`sha${bits}`, key).update(input).digest()
  }
  const digest = algorithm.startsWith('Ed') ? null : `sha${algorithm.slice(2)}`
  const octets = Buffer.from(input as string)
  if (algorithm.startsWith('PS'))
    return sign(digest, octets, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })
  if (algorithm.startsWith('ES')) return sign(digest, octets, { key, dsaEncoding: der ? 'der' : 'ieee-p1363' })
  return sign(digest, octets, key)
}
