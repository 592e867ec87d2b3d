import { decodeBase64url, scratch } from './base64url.ts'
import { type JsonText, readText } from './json-object.ts'

/** The text that an encoded part of a compact JWS (RFC 7515 7.1) holds; undefined where it cannot be a JSON object. */
export function decodeText(part: string): JsonText | undefined {
  const octets = decodeBase64url(part, scratch)
  return octets < 0 ? undefined : readText(octets)
}

/** The octets a signature covers: the first `length` characters as they were received, ASCII by the time this is called. */
export function signedOctets(token: string, length: number): Uint8Array {
  scratch.write(token, 'latin1')
  return scratch.subarray(0, length)
}

/** The first `length` characters of the token whose octets were asked for last, as a string of their own, which keeps no other alive. */
export function copyOfSigned(length: number): string {
  return scratch.toString('latin1', 0, length)
}
