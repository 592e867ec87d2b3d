import { decodeBase64url, scratch } from './base64url.ts'
import { type JsonText, readText } from './json-object.ts'

/** The text that an encoded part of a compact JWS (RFC 7515 7.1) holds; undefined where it cannot be a JSON object. */
export function decodeText(part: string): JsonText | undefined {
  const octets = decodeBase64url(part, scratch)
  return octets < 0 ? undefined : readText(octets)
}

/** Room for a credential of 16,384 characters, and of its own, since a payload is parsed after its signature. */
const signed = Buffer.allocUnsafeSlow(16384)

/** Views of that room by length, up to what usual tokens have: 0.5 MB, if all are made. */
const views: Uint8Array[] = new Array(4096)

/** The octets a signature covers: the first `length` characters as they were received, ASCII by the time this is called. */
export function signedOctets(token: string, length: number): Uint8Array {
  signed.write(token, 'latin1')
  if (length >= views.length) return signed.subarray(0, length)
  views[length] ??= signed.subarray(0, length)
  return views[length]
}

/** The first `length` characters of the token whose octets were asked for last, as a string of their own, which keeps no other alive. */
export function copyOfSigned(length: number): string {
  return signed.toString('latin1', 0, length)
}
