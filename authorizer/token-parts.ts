import { decodeBase64url, scratch } from './base64url.ts'
import { type JsonText, readText } from './json-object.ts'

/** The text that an encoded part of a compact JWS (RFC 7515 7.1) holds; undefined where it cannot be a JSON object. */
export function decodeText(part: string): JsonText | undefined {
  const octets = decodeBase64url(part, scratch)
  return octets < 0 ? undefined : readText(octets)
}

/** Room for a credential of 16,384 characters, and of its own, since a payload is parsed after its signature. */
const signed = Buffer.allocUnsafeSlow(16384)

/** The octets a signature covers: the first `length` characters as they were received, ASCII by the time this is called. */
export function signedOctets(token: string, length: number): Uint8Array {
  signed.write(token, 'latin1')
  return signed.subarray(0, length)
}

/** The first `length` characters of the token whose octets were asked for last, as a string of their own, which keeps no other alive. */
export function copyOfSigned(length: number): string {
  return signed.toString('latin1', 0, length)
}
