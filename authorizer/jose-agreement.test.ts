import fc from 'fast-check'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { claimsAt, client, createTestBed, issuer, start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey, type SigningKey } from '../testing/issuer.ts'
import { encode, headerOf, rawToken, signature } from '../testing/mint.ts'
import type { Algorithm } from './policy.ts'

const algorithms: Algorithm[] = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']
const keys = await Promise.all(algorithms.map((algorithm) => createSigningKey(algorithm)))
const strangers = await Promise.all(algorithms.map((algorithm) => createSigningKey(algorithm)))
const bed = createTestBed({ keys, policy: { algorithms, tokenUse: null } })
const joseKeys = createLocalJWKSet({ keys: keys.map(({ jwk }) => jwk) } as unknown as JSONWebKeySet)

/** jose's answer to the same question, at the same time: dates in whole seconds are the same there. */
async function joseAccepts(token: string): Promise<boolean> {
  try {
    const options = { algorithms, issuer, audience: client, currentDate: new Date(start), requiredClaims: ['exp'] }
    await jwtVerify(token, joseKeys, options)
    return true
  } catch {
    return false
  }
}

const indexes = fc.nat({ max: algorithms.length - 1 })
const dates = fc.constantFrom(-3600, -1, 0, 1, 3600).map((offset) => start / 1000 + offset)

/** Mostly the good value, so that most tokens have one flaw at most. */
const mostly = <T>(good: T, ...flawed: unknown[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(good) }, { weight: 1, arbitrary: fc.constantFrom(...flawed) })

const payloads = fc
  .record({
    iss: mostly(issuer, `${issuer}/`, 'https://evil.example.com', 1, null),
    aud: mostly(client, [client, 'other'], ['other'], 'other', '', []),
    exp: fc.oneof(
      { weight: 4, arbitrary: mostly(start / 1000 + 60, 'never', null, true) },
      { weight: 1, arbitrary: dates },
    ),
    nbf: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: dates }),
    sub: fc.string({ unit: 'grapheme' }),
    extra: fc.jsonValue(),
  })
  .map((claims) => claimsAt(start, { ...claims, iat: start / 1000 }))

const payloadsWithoutExp = payloads.map(({ exp, ...others }) => others)

describe('our verification and jose’s', () => {
  // Whatever the claims, the key and the algorithm that a header names, a well-formed token is accepted by both or by neither.
  it('agree on well-formed tokens', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(
        indexes,
        fc.oneof({ weight: 9, arbitrary: payloads }, { weight: 1, arbitrary: payloadsWithoutExp }),
        fc.oneof(
          { weight: 3, arbitrary: fc.constant('own' as const) },
          { weight: 1, arbitrary: fc.constantFrom('stranger', 'other kid', 'other alg', 'no kid of the set') },
        ),
        fc.nat({ max: algorithms.length - 2 }),
        async (index, payload, kind, step) => {
          const [key, stranger] = [keys[index] as SigningKey, strangers[index] as SigningKey]
          const other = keys[(index + 1 + step) % keys.length] as SigningKey
          const header = {
            own: headerOf(key),
            stranger: headerOf(key),
            'other kid': { ...headerOf(key), kid: other.kid },
            'other alg': { ...headerOf(key), alg: other.algorithm },
            'no kid of the set': headerOf(stranger),
          }[kind]
          const token = rawToken(kind === 'stranger' ? stranger : key, payload, header)
          const theirs = await joseAccepts(token)
          expect((await bed.present(token)) === 'allow').toBe(theirs)
          if (theirs) accepted++
        },
      ),
      { numRuns: 400 },
    )
    expect(accepted).toBeGreaterThan(50)
  })

  // Whatever octet of header, payload or signature is changed after signing, neither accepts the token.
  it('agree that a changed token is no token', async () => {
    await fc.assert(
      fc.asyncProperty(
        indexes,
        fc.nat({ max: 2 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (index, part, at, mask) => {
          const parts = rawToken(keys[index] as SigningKey, claimsAt(start, { aud: client })).split('.')
          const octets = Buffer.from(parts[part] ?? '', 'base64url')
          const position = at % octets.length
          octets[position] = (octets[position] ?? 0) ^ mask
          parts[part] = octets.toString('base64url')
          const changed = parts.join('.')
          expect([
            await bed.present(changed).then((outcome) => outcome === 'allow'),
            await joseAccepts(changed),
          ]).toEqual([false, false])
        },
      ),
      { numRuns: 300 },
    )
  })

  // Whatever the length of what stands for a signature, only the true one is accepted, by both.
  it('agree on signatures cut short, drawn out or exchanged', async () => {
    await fc.assert(
      fc.asyncProperty(
        indexes,
        indexes,
        fc.nat({ max: 300 }),
        fc.uint8Array({ maxLength: 8 }),
        async (index, from, length, tail) => {
          const key = keys[index] as SigningKey
          const input = `${encode(headerOf(key))}.${encode(claimsAt(start, { aud: client }))}`
          const good = signature(keys[from] as SigningKey, input)
          const token = `${input}.${Buffer.concat([good.subarray(0, length), tail]).toString('base64url')}`
          expect((await bed.present(token)) === 'allow').toBe(await joseAccepts(token))
        },
      ),
      { numRuns: 300 },
    )
  })
})
