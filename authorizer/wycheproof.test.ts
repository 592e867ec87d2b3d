/** Project Wycheproof's JWS vectors (C2SP/wycheproof, testvectors_v1), at the layer of header, key and signature: their payloads are no claims. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeBase64url } from './base64url.ts'
import type { Jwk } from './configuration.ts'
import { decodeSignature, readHeader, signatureFault } from './jws.ts'
import type { Algorithm } from './policy.ts'
import { importVerificationKey } from './verification-key.ts'

const directory = process.env.WYCHEPROOF_DIR
const algorithms: Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
]

interface Group {
  comment: string
  public?: Jwk
  private: Jwk
  tests: { tcId: number; comment: string; jws: string; result: 'valid' | 'invalid' }[]
}

/** Two groups say ES521 where RFC 7518 says ES512. */
function namedAsRegistered(jwk: Jwk): Jwk {
  return jwk.alg === 'ES521' ? { ...jwk, alg: 'ES512' } : jwk
}

/** RFC 7520 figure 20, signed with PS384 under a JWK that says PS256: RFC 7517 4.4 names the algorithm that the key is intended for. */
const contradictory = [346, 350]

/** A group with a symmetric key has no public one: that key is what an attacker would like to see used. */
function verdict(jws: string, { public: publicKey, private: secret }: Group): string {
  const parts = jws.split('.')
  const [headerPart = '', payloadPart = '', signaturePart = ''] = parts
  if (parts.length !== 3) return 'invalid: parts'
  const header = readHeader(headerPart, algorithms)
  if (typeof header === 'string') return `invalid: ${header}`
  if (payloadPart !== '' && decodeBase64url(payloadPart, Buffer.alloc(8192)) < 0) return 'invalid: payload'
  const key = importVerificationKey(namedAsRegistered(publicKey ?? secret), algorithms)
  if (!key) return 'invalid: key'
  if (header.kid !== (publicKey ?? secret).kid) return 'invalid: kid'
  const length = headerPart.length + 1 + payloadPart.length
  const fault = signatureFault(jws, length, decodeSignature(signaturePart), header, key)
  return fault ? `invalid: ${fault}` : 'valid'
}

describe.skipIf(directory === undefined)(
  `Wycheproof${directory === undefined ? ' (skipped: WYCHEPROOF_DIR not set)' : ''}`,
  () => {
    const groups: Group[] =
      directory === undefined
        ? []
        : JSON.parse(readFileSync(join(directory, 'json_web_signature_test.json'), 'utf8')).testGroups
    const cases = groups.flatMap((group) => group.tests.map((test) => ({ ...test, group, kty: group.private.kty })))
    const asymmetric = cases.filter(({ kty, tcId }) => kty !== 'oct' && !contradictory.includes(tcId))

    it.each(asymmetric)('$tcId $group.comment $comment', ({ jws, result, group }) => {
      expect(verdict(jws, group).split(':')[0]).toBe(result)
    })

    it.each(contradictory)('%i is refused for the algorithm that its JWK names, and for nothing else', (id) => {
      const { jws, group } = cases.find(({ tcId }) => tcId === id) as (typeof cases)[number]
      const { alg, ...unnamed } = group.public ?? {}
      expect([alg, verdict(jws, group), verdict(jws, { ...group, public: unnamed })]).toEqual([
        'PS256',
        'invalid: algorithm',
        'valid',
      ])
    })

    it('never takes a symmetric key, whose algorithms no policy can allow', () => {
      const symmetric = cases.filter(({ kty }) => kty === 'oct')
      expect(symmetric.map(({ jws, group }) => verdict(jws, group)).filter((answer) => answer === 'valid')).toEqual([])
      expect(symmetric.length).toBeGreaterThan(0)
    })
  },
)
