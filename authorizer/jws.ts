/** The layer of RFC 7515 under the claims: the header and the signature of a compact JWS, whatever its payload is. */
import { decodeBase64url } from './base64url.ts'
import { usesUnnamedKeys } from './features.ts'
import { parseJsonObject } from './json-object.ts'
import { keyName } from './jwk-set.ts'
import type { Algorithm } from './policy.ts'
import { decodeText, signedOctets } from './token-parts.ts'
import type { VerificationKey } from './verification-key.ts'

export interface JwsHeader {
  /** Which key it was signed with: `keyName`. */
  name: string
  /** As it stands there, whatever it is. */
  typ: unknown
}

/** A header is parsed before anything is verified, so that has to cost less than a signature does. Cognito's come to 120. */
const maxHeaderPrice = 420

/**
 * RFC 7515 4.1, RFC 8725 3.1: only `alg`, `kid`, `typ` and extensions that must be understood matter; nothing else in a header
 * changes what is trusted, and nothing it names is fetched. No extension is understood here.
 */
export function readHeader(
  part: string,
  allowed: readonly Algorithm[],
  unnamed?: boolean,
): JwsHeader | 'token-format' | 'algorithm' | 'token-header' {
  const text = decodeText(part)
  const header = text && parseJsonObject(text, maxHeaderPrice)
  if (!header) return 'token-format'
  const { kid, typ } = header
  const algorithm = header.alg as Algorithm
  if (!allowed.includes(algorithm)) return 'algorithm'
  const isNamed = typeof kid === 'string' || (usesUnnamedKeys && unnamed && kid === undefined)
  if (!isNamed || 'crit' in header || 'b64' in header) return 'token-header'
  return { name: keyName(algorithm, kid as string | undefined), typ }
}

/** The signature that was decoded last; room for that of an RSA key of 8,192 bits. */
const signature = Buffer.allocUnsafeSlow(1024)

/** Views of that buffer, by length: making one at each use costs as much as copying a token. */
const views: Uint8Array[] = []

/** Decodes a signature into the buffer. Its length in octets; -1 where it is no base64url or longer than any. */
export function decodeSignature(part: string): number {
  return decodeBase64url(part, signature)
}

/** RFC 7515 5.2: why the signature decoded last, of so many octets, is not this key's over the first `length` characters of `text`. */
export function signatureFault(
  text: string,
  length: number,
  octets: number,
  key: VerificationKey,
): 'signature' | undefined {
  if (octets === key.signatureLength) {
    views[octets] ??= signature.subarray(0, octets)
    if (key.isSignedBy(signedOctets(text, length), views[octets])) return undefined
  }
  return 'signature'
}
