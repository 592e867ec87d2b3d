import { constants, sign as signOctets } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { claimsAt, createTestBed, start } from '../testing/authorizer-test-bed.ts'
import { algorithms, createSigningKey, type SigningKey } from '../testing/issuer.ts'
import { encode, headerOf, rawToken, signature } from '../testing/mint.ts'
import type { Algorithm } from './policy.ts'

const keys = await Promise.all(algorithms.map((algorithm) => createSigningKey(algorithm)))
const keyOf = (algorithm: Algorithm) => keys[algorithms.indexOf(algorithm)] as SigningKey
const everything = createTestBed({ keys, policy: { algorithms } })
const payload = claimsAt(start)

describe.each(algorithms)('%s', (algorithm) => {
  const key = keyOf(algorithm)
  const input = `${encode(headerOf(key))}.${encode(payload)}`
  const good = signature(key, input)
  const present = (octets: Uint8Array) => everything.present(`${input}.${Buffer.from(octets).toString('base64url')}`)

  it('verifies where the policy allows it', async () => {
    expect(await present(good)).toBe('allow')
  })

  it('is refused where the policy does not', async () => {
    const others = algorithms.filter((other) => other !== algorithm)
    const { present } = createTestBed({ keys, policy: { algorithms: others } })
    expect(await present(rawToken(key, payload))).toBe('algorithm')
  })

  it.each([
    ['one octet less', good.subarray(1)],
    ['one octet less at the end', good.subarray(0, -1)],
    ['a zero octet before it', Buffer.concat([Buffer.alloc(1), good])],
    ['a zero octet after it', Buffer.concat([good, Buffer.alloc(1)])],
    ['the signature twice', Buffer.concat([good, good])],
    ['zeros', Buffer.alloc(good.length)],
    ['ones', Buffer.alloc(good.length, 0xff)],
    ['a bit changed in the first octet', Buffer.from(good.map((octet, at) => (at === 0 ? octet ^ 1 : octet)))],
    [
      'a bit changed in the last octet',
      Buffer.from(good.map((octet, at) => (at === good.length - 1 ? octet ^ 1 : octet))),
    ],
    ['more than any key’s octets', Buffer.alloc(4000, 1)],
  ])('refuses a signature that is %s', async (_, octets) => {
    expect(await present(octets)).toBe('signature')
  })

  it('refuses the signature of another key of the same kind', async () => {
    const other = await createSigningKey(algorithm)
    expect(await present(signature(other, input))).toBe('signature')
  })
})

describe('an algorithm that does not fit its key', () => {
  const foreign = (key: SigningKey, alg: Algorithm) =>
    rawToken({ ...key, algorithm: alg }, payload, { alg, kid: key.kid })

  it.each([
    ['RS256', 'RS512'],
    ['RS256', 'PS256'],
    ['PS256', 'RS256'],
  ] as const)('is refused where the JWK says %s and a true signature is %s', async (said, used) => {
    expect(await everything.present(foreign(keyOf(said), used))).toBe('unknown-key')
  })

  it.each([
    ['RS256', 'ES256'],
    ['ES256', 'EdDSA'],
    ['EdDSA', 'ES256'],
    ['ES256', 'ES384'],
  ] as const)('is refused where the key is for %s and the header says %s', async (made, said) => {
    const key = keyOf(made)
    const token = rawToken(key, payload, { alg: said, kid: key.kid })
    expect(await everything.present(token)).toBe('unknown-key')
  })

  it.each(['RS256', 'RS384', 'PS256', 'PS512'] as const)(
    'is accepted as %s where the JWK names no algorithm',
    async (used) => {
      const { alg, ...jwk } = keyOf('RS256').jwk
      const { present } = createTestBed({ get: async () => JSON.stringify({ keys: [jwk] }), policy: { algorithms } })
      expect(alg).toBe('RS256')
      expect(await present(foreign(keyOf('RS256'), used))).toBe('allow')
    },
  )

  it.each([
    ['ES384', 'ES256', (key: SigningKey) => foreign(key, 'ES256')],
    ['ES256', 'RS256', (key: SigningKey) => rawToken(key, payload, { alg: 'RS256', kid: key.kid })],
  ] as const)('is refused where a key for %s names no algorithm and the header says %s', async (made, _said, token) => {
    const key = keyOf(made)
    const { alg, ...jwk } = key.jwk
    const { present } = createTestBed({ get: async () => JSON.stringify({ keys: [jwk] }), policy: { algorithms } })
    expect(alg).toBe(made)
    expect(await present(token(key))).toBe('unknown-key')
  })
})

describe('a signature of another encoding', () => {
  it.each(['ES256', 'ES384', 'ES512'] as const)('is refused: DER for %s', async (algorithm) => {
    const key = keyOf(algorithm)
    const input = `${encode(headerOf(key))}.${encode(payload)}`
    expect(await everything.present(`${input}.${signature(key, input, { der: true }).toString('base64url')}`)).toBe(
      'signature',
    )
  })

  it('is refused: r and s of ES256 at or above the order of the curve', async () => {
    const key = keyOf('ES256')
    const input = `${encode(headerOf(key))}.${encode(payload)}`
    const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
    const good = signature(key, input)
    const r = BigInt(`0x${good.subarray(0, 32).toString('hex')}`)
    const octets = (number: bigint) => Buffer.from(number.toString(16).padStart(64, '0').slice(-64), 'hex')
    for (const [first, second] of [
      [octets(order), good.subarray(32)],
      [good.subarray(0, 32), octets(order)],
      [octets(0n), good.subarray(32)],
      [octets(r + order), good.subarray(32)],
    ]) {
      const changed = Buffer.concat([first as Buffer, second as Buffer])
      expect(await everything.present(`${input}.${changed.toString('base64url')}`)).toBe('signature')
    }
  })

  it.each(['low', 'high'] as const)(
    'is accepted: both spellings of ES256, where the issuer wrote a %s s',
    async (wrote) => {
      const key = keyOf('ES256')
      const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
      const sOf = (octets: Buffer) => BigInt(`0x${octets.subarray(32).toString('hex')}`)
      let input = ''
      let signed = Buffer.alloc(64)
      for (let jti = 0; input === '' || sOf(signed) > order / 2n !== (wrote === 'high'); jti++) {
        input = `${encode(headerOf(key))}.${encode({ ...payload, jti })}`
        signed = Buffer.from(signature(key, input))
      }
      const other = Buffer.from((order - sOf(signed)).toString(16).padStart(64, '0'), 'hex')
      const texts = [signed, Buffer.concat([signed.subarray(0, 32), other])].map(
        (octets) => `${input}.${octets.toString('base64url')}`,
      )
      // Each is a text of its own: it is verified the first time, and remembered then.
      for (const text of [...texts, ...texts]) {
        expect(await everything.present(text)).toBe('allow')
        expect(await everything.present(text, '/users/somebody-else/x')).toBe('right')
      }
    },
  )

  it.each([0, 20, constants.RSA_PSS_SALTLEN_MAX_SIGN])(
    'is refused: PS256 with a salt of %i octets',
    async (saltLength) => {
      const key = keyOf('PS256')
      const input = `${encode(headerOf(key))}.${encode(payload)}`
      expect(await everything.present(`${input}.${signature(key, input, { saltLength }).toString('base64url')}`)).toBe(
        'signature',
      )
    },
  )

  it('is refused: RS256 over another digest', async () => {
    const key = keyOf('RS256')
    const input = `${encode(headerOf(key))}.${encode(payload)}`
    const sha1 = signOctets('sha1', Buffer.from(input), key.privateKey)
    expect(await everything.present(`${input}.${sha1.toString('base64url')}`)).toBe('signature')
  })
})
