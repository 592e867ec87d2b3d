import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { claimsAt, createTestBed, start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey, type SigningKey, signingKey } from '../testing/issuer.ts'
import { encode, rawToken } from '../testing/mint.ts'

const rsa = await createSigningKey('RS256')
const anotherRsa = await createSigningKey('RS256')
const ec = await createSigningKey('ES256')
const small = createRsaKey(1024)
const exponent3 = createRsaKey(2048, 3)
const payload = claimsAt(start)
const withKeys = (...jwks: unknown[]) =>
  createTestBed({
    get: async () => JSON.stringify({ keys: jwks }),
    policy: { algorithms: ['RS256', 'RS384', 'ES256'] },
  })

describe('a member of the JWK Set', () => {
  it.each([
    ['use sig', { ...rsa.jwk, use: 'sig' }, 'allow'],
    ['no use', { ...rsa.jwk, use: undefined }, 'allow'],
    ['use enc', { ...rsa.jwk, use: 'enc' }, 'unknown-key'],
    ['use in upper case', { ...rsa.jwk, use: 'SIG' }, 'unknown-key'],
    ['key_ops verify', { ...rsa.jwk, key_ops: ['verify'] }, 'allow'],
    ['key_ops verify and more', { ...rsa.jwk, key_ops: ['encrypt', 'verify'] }, 'allow'],
    ['key_ops encrypt', { ...rsa.jwk, key_ops: ['encrypt'] }, 'unknown-key'],
    ['empty key_ops', { ...rsa.jwk, key_ops: [] }, 'unknown-key'],
    ['key_ops that are a string', { ...rsa.jwk, key_ops: 'verify' }, 'unknown-key'],
    ['the alg of its algorithm', { ...rsa.jwk, alg: 'RS256' }, 'allow'],
    ['no alg', { ...rsa.jwk, alg: undefined }, 'allow'],
    ['another alg', { ...rsa.jwk, alg: 'RS384' }, 'unknown-key'],
    ['an alg for encryption', { ...rsa.jwk, alg: 'RSA-OAEP' }, 'unknown-key'],
    ['an alg of another type', { ...rsa.jwk, alg: ['RS256'] }, 'unknown-key'],
    ['no kid', { ...rsa.jwk, kid: undefined }, 'unknown-key'],
    ['a kid that is no string', { ...rsa.jwk, kid: [rsa.kid] }, 'unknown-key'],
    ['another kty', { ...rsa.jwk, kty: 'EC' }, 'unknown-key'],
    ['a kty of another case', { ...rsa.jwk, kty: 'rsa' }, 'unknown-key'],
    ['no modulus', { ...rsa.jwk, n: undefined }, 'unknown-key'],
    ['an exponent of 1', { ...rsa.jwk, e: 'AQ' }, 'unknown-key'],
    ['an exponent of 2', { ...rsa.jwk, e: 'Ag' }, 'unknown-key'],
    ['an exponent of 32 bits', { ...rsa.jwk, e: '_____w' }, 'signature'],
    ['an exponent of 33 bits', { ...rsa.jwk, e: 'AQAAAAA' }, 'unknown-key'],
    ['a modulus of 8,192 bits', { ...rsa.jwk, n: modulus(8192) }, 'signature'],
    ['a modulus of 8,193 bits', { ...rsa.jwk, n: modulus(8193) }, 'unknown-key'],
    ['an exponent of 2,048 bits', { ...rsa.jwk, e: rsa.jwk.n }, 'unknown-key'],
    ['unknown members', { ...rsa.jwk, x5c: ['MIIB'], x5u: 'https://evil.example.com', iat: 1 }, 'allow'],
    ['private members', { ...rsa.jwk, ...rsa.privateKey.export({ format: 'jwk' }) }, 'unknown-key'],
  ])('with %s', async (_, jwk, expected) => {
    // Another good key keeps the set usable: what is told apart here is the member, not the set.
    expect(await withKeys(jwk, ec.jwk).present(rawToken(rsa, payload))).toBe(expected)
  })

  it('that is an RSA key of 1,024 bits is not used', async () => {
    expect(await withKeys(small.jwk, ec.jwk).present(rawToken(small, payload))).toBe('unknown-key')
  })

  it('that is an RSA key with the exponent 3 is used', async () => {
    expect(await withKeys(exponent3.jwk, ec.jwk).present(rawToken(exponent3, payload))).toBe('allow')
  })

  it('that is symmetric is no secret for anybody', async () => {
    const bed = withKeys({ kty: 'oct', k: encode('secret'), kid: 'hmac', alg: 'HS256', use: 'sig' }, rsa.jwk)
    const input = `${encode({ alg: 'HS256', kid: 'hmac' })}.${encode(payload)}`
    expect(await bed.present(`${input}.${createHmac('sha256', 'secret').update(input).digest('base64url')}`)).toBe(
      'algorithm',
    )
  })

  it('whose point is not on the curve is not used', async () => {
    const jwk = { ...ec.jwk, y: ec.jwk.x }
    expect(await withKeys(jwk, rsa.jwk).present(rawToken(ec, payload))).toBe('unknown-key')
  })

  it('whose kid another one has is not used, nor is the other', async () => {
    const twin = { ...anotherRsa.jwk, kid: rsa.kid }
    const bed = withKeys(rsa.jwk, twin, ec.jwk)
    expect(await bed.present(rawToken(rsa, payload))).toBe('unknown-key')
    expect(await bed.present(rawToken({ ...anotherRsa, kid: rsa.kid }, payload))).toBe('unknown-key')
    expect(await bed.present(rawToken(ec, payload))).toBe('allow')
  })

  it('that cannot be used does not take a kid from one that can', async () => {
    const unusable = { ...anotherRsa.jwk, kid: rsa.kid, use: 'enc' }
    expect(await withKeys(unusable, rsa.jwk).present(rawToken(rsa, payload))).toBe('allow')
  })

  it.each([
    ['null', null],
    ['a string', 'key'],
    ['an array', [rsa.jwk]],
    ['an empty object', {}],
    ['an oct key', { kty: 'oct', k: 'AAAA', kid: 'a' }],
    ['a private EC key', { ...ec.privateKey.export({ format: 'jwk' }), kid: 'a' }],
    ['an X25519 key', { kty: 'OKP', crv: 'X25519', x: encode(Buffer.alloc(32, 9)), kid: 'a' }],
    [
      'a secp256k1 key',
      { ...generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' }), kid: 'a' },
    ],
    ['a key of a type yet to come', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', kid: 'a' }],
    ['garbage in every member', { kty: 1, n: {}, e: [], kid: rsa.kid, use: 'sig' }],
    ['a 1,024-bit RSA key', small.jwk],
  ])('does no harm to the others: %s', async (_, member) => {
    expect(await withKeys(member, rsa.jwk, member).present(rawToken(rsa, payload))).toBe('allow')
  })

  it('may be any number: two hundred that cannot be used hide none that can', async () => {
    const others = Array.from({ length: 200 }, (_, index) => ({ kty: 'oct', k: 'AAAA', kid: `key-${index}` }))
    expect(await withKeys(...others, rsa.jwk).present(rawToken(rsa, payload))).toBe('allow')
  })
})

/** An odd number of so many bits: enough for a public key, of which nobody has the private one. */
function modulus(bits: number): string {
  return Buffer.from((2n ** BigInt(bits) - 1n).toString(16).padStart(Math.ceil(bits / 8) * 2, '0'), 'hex').toString(
    'base64url',
  )
}

/** A key that no issuer should have. */
function createRsaKey(modulusLength: number, publicExponent = 0x10001): SigningKey {
  return signingKey(generateKeyPairSync('rsa', { modulusLength, publicExponent }), 'RS256', 'other')
}
