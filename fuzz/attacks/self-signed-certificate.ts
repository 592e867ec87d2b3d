import type { SigningKey } from '../../testing/issuer.ts'
import { signature } from '../../testing/mint.ts'

/**
 * A self-signed certificate of a key, as DER: the least that `new X509Certificate` reads (RFC 5280 4.1). RS256, ES256 and
 * EdDSA keys have one, others null. `commonName` is what a verifier that only looks at names would look for.
 */
export function selfSignedCertificate(key: SigningKey, commonName: string): Buffer | null {
  const algorithm = signatureAlgorithms[key.algorithm]
  if (!algorithm) return null
  const name = sequence(set(sequence(objectId(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(commonName)))))
  const validity = sequence(tagged(0x17, Buffer.from('200101000000Z')), tagged(0x17, Buffer.from('491231235959Z')))
  const publicKey = key.publicKey.export({ format: 'der', type: 'spki' })
  const version = tagged(0xa0, tagged(0x02, Buffer.of(2)))
  const body = sequence(version, tagged(0x02, Buffer.of(1)), algorithm, name, validity, name, publicKey)
  const signed = signature(key, body, { der: true })
  return sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.of(0), signed])))
}

const signatureAlgorithms: Partial<Record<string, Buffer>> = {
  // sha256WithRSAEncryption, ecdsa-with-SHA256, id-Ed25519
  RS256: sequence(objectId(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), tagged(0x05, Buffer.alloc(0))),
  ES256: sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)),
  EdDSA: sequence(objectId(0x2b, 0x65, 0x70)),
}

function sequence(...members: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(members))
}

function set(...members: Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(members))
}

function objectId(...octets: number[]): Buffer {
  return tagged(0x06, Buffer.from(octets))
}

/** Tag, length (X.690 8.1.3) and value. */
function tagged(tag: number, value: Buffer): Buffer {
  const { length } = value
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), value])
}
