import type { Buffer } from 'node:buffer'
import { decodeBase64url, scratch } from './base64url.ts'
import { type JsonObject, parseJsonObject } from './json-object.ts'

/** A JWS in compact serialization (RFC 7515 7.1): its three parts, still encoded. */
export interface TokenParts {
  header: string
  payload: string
  signature: string
  /** Length of what is signed: header, dot, payload. */
  signedLength: number
}

/** Splits a token at its two dots; undefined where there are not exactly two. */
export function splitToken(text: string): TokenParts | undefined {
  const first = text.indexOf('.')
  const second = text.indexOf('.', first + 1)
  if (first <= 0 || second < 0 || text.includes('.', second + 1)) return undefined
  return {
    header: text.slice(0, first),
    payload: text.slice(first + 1, second),
    signature: text.slice(second + 1),
    signedLength: second,
  }
}

/** The JSON object that an encoded part holds; undefined where it is not well-formed. */
export function decodeObject(part: string): JsonObject | undefined {
  const octets = decodeBase64url(part, scratch)
  return octets < 0 ? undefined : parseJsonObject(octets)
}

/** The octets a signature covers: the received text as it is, ASCII by the time this is called. */
export function signedOctets(text: string, { signedLength }: TokenParts): Buffer {
  scratch.write(text, 0, signedLength, 'latin1')
  return scratch.subarray(0, signedLength)
}
