/**
 * Self-signed certificates as DER (RFC 5280 4.1): what an attacker puts into a token, and localhost's for one run. By hand,
 * because no library writes one synchronously for every kind of key that a policy allows.
 */
import { createHash, X509Certificate } from 'node:crypto'
import { createSigningKey, type SigningKey } from './issuer.ts'
import { signature } from './mint.ts'

export interface Certificate {
  /** PEM; it never touches the disk. */
  key: string
  /** PEM, for localhost and 127.0.0.1, seven days from now. */
  certificate: string
}

export async function makeCertificate(): Promise<Certificate> {
  const key = await createSigningKey('RS256')
  const der = selfSignedCertificate(key, 'localhost', {
    from: new Date(Date.now() - 60_000),
    to: new Date(Date.now() + 7 * 86_400_000),
    extensions: forLocalhost,
  })
  if (!der) throw new Error('RS256 has a certificate')
  return {
    key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: new X509Certificate(der).toString(),
  }
}

export interface CertificateOptions {
  /** UTC times before 2050. Default: 2020 to 2049. */
  from?: Date
  to?: Date
  /** Default none. */
  extensions?: readonly Buffer[]
}

/**
 * RS256, ES256 and EdDSA keys have one, others null. `commonName` is what a verifier that only looks at names would look
 * for. The same key gives the same serial number.
 */
export function selfSignedCertificate(
  key: SigningKey,
  commonName: string,
  { from = new Date('2020-01-01Z'), to = new Date('2049-12-31Z'), extensions = [] }: CertificateOptions = {},
): Buffer | null {
  const algorithm = signatureAlgorithms[key.algorithm]
  if (!algorithm) return null
  const publicKey = key.publicKey.export({ format: 'der', type: 'spki' })
  const name = sequence(tagged(0x31, sequence(objectId(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(commonName)))))
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.of(2))),
    tagged(0x02, Buffer.of(1, ...createHash('sha256').update(publicKey).digest().subarray(0, 15))),
    algorithm,
    name,
    sequence(utcTime(from), utcTime(to)),
    name,
    publicKey,
    ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
  )
  return sequence(body, algorithm, bits(0, signature(key, body, { der: true })))
}

const signatureAlgorithms: Partial<Record<string, Buffer>> = {
  // sha256WithRSAEncryption, ecdsa-with-SHA256, id-Ed25519
  RS256: sequence(objectId(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), tagged(0x05, Buffer.alloc(0))),
  ES256: sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)),
  EdDSA: sequence(objectId(0x2b, 0x65, 0x70)),
}

/** RFC 5280 4.2.1: an authority of its own, which signs and serves TLS, under the names of this machine. */
const forLocalhost = [
  extension(19, sequence(tagged(0x01, Buffer.of(0xff)))),
  // digitalSignature, keyEncipherment, keyCertSign
  extension(15, bits(2, Buffer.of(0b1010_0100))),
  // serverAuth
  extension(37, sequence(objectId(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01))),
  extension(17, sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.of(127, 0, 0, 1)))),
]

function extension(number: number, value: Buffer): Buffer {
  return sequence(objectId(0x55, 0x1d, number), tagged(0x04, value))
}

function utcTime(time: Date): Buffer {
  return tagged(0x17, Buffer.from(time.toISOString().replace(/^..|[-:T]|\.\d+/g, '')))
}

function bits(unused: number, octets: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.of(unused), octets]))
}

function sequence(...members: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(members))
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
