/** Compact JWS whose parts are any octets at all, under a true signature: what a library for tokens refuses to write. */
import { constants, KeyObject, sign } from 'node:crypto'
import type { SigningKey } from './issuer.ts'

/** A part: an object to be written as JSON, or the octets themselves (a string stands for its UTF-8). */
export type Part = string | Uint8Array | object

export function rawToken(key: SigningKey, payload: Part, header: Part = headerOf(key)): string {
  return signedToken(key, `${encode(header)}.${encode(payload)}`)
}

/** The signing input as it stands, well-formed or not, and its true signature. */
export function signedToken(key: SigningKey, input: string): string {
  return `${input}.${signature(key, input).toString('base64url')}`
}

export function headerOf({ kid, algorithm }: SigningKey): { alg: string; kid: string } {
  return { alg: algorithm, kid }
}

export function encode(part: Part): string {
  const octets = typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part)
  return Buffer.from(octets as string).toString('base64url')
}

/** `saltLength` only matters for PS256 and its like: default the digest's. */
export function signature(
  { algorithm, privateKey }: SigningKey,
  input: string,
  { der = false, saltLength = constants.RSA_PSS_SALTLEN_DIGEST }: { der?: boolean; saltLength?: number } = {},
): Buffer {
  const key = KeyObject.from(privateKey)
  const digest = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`
  const octets = Buffer.from(input)
  if (algorithm.startsWith('PS'))
    return sign(digest, octets, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })
  if (algorithm.startsWith('ES')) return sign(digest, octets, { key, dsaEncoding: der ? 'der' : 'ieee-p1363' })
  return sign(digest, octets, key)
}
