/** Project Wycheproof's JWS vectors (C2SP/wycheproof, testvectors_v1), at the layer of header, key and signature: their payloads are no claims. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { algorithms } from '../testing/issuer.ts'
import { decodeBase64url } from './base64url.ts'
import type { Jwk } from './configuration.ts'
import { readJwkSet } from './jwk-set.ts'
import { decodeSignature, readHeader, signatureFault } from './jws.ts'

const directory = process.env.WYCHEPROOF_DIR

interface Case {
  tcId: number
  comment: string
  jws: string
  result: 'valid' | 'invalid'
}

/** A group's key, or set of keys. One with a symmetric key has no public part: that key is what an attacker would like to see used. */
interface Group {
  comment: string
  public?: Jwk
  private: Jwk
  tests: Case[]
}

/** Two groups say ES521 where RFC 7518 says ES512. */
function namedAsRegistered(jwk: Jwk): Jwk {
  return jwk.alg === 'ES521' ? { ...jwk, alg: 'ES512' } : jwk
}

/** RFC 7520 figure 20, signed with PS384 under a JWK that says PS256: RFC 7517 4.4 names the algorithm that the key is intended for. */
const contradictory = [346, 350]

/** An RSA key of a weak generator (CVE-2017-15361). To recognize one is the issuer's duty, whose keys are trusted here. */
const roca = 7

function verdict(jws: string, published: Jwk): string {
  const parts = jws.split('.')
  const [headerPart = '', payloadPart = '', signaturePart = ''] = parts
  if (parts.length !== 3) return 'invalid: parts'
  const header = readHeader(headerPart, algorithms, false)
  if (typeof header === 'string') return `invalid: ${header}`
  if (payloadPart !== '' && decodeBase64url(payloadPart, Buffer.alloc(8192)) < 0) return 'invalid: payload'
  const members = Array.isArray(published.keys) ? published.keys : [namedAsRegistered(published)]
  const key = readJwkSet({ keys: members }, algorithms, false).get(header.name)
  if (!key) return 'invalid: key'
  const length = headerPart.length + 1 + payloadPart.length
  const fault = signatureFault(jws, length, decodeSignature(signaturePart), key)
  return fault ? `invalid: ${fault}` : 'valid'
}

describe.skipIf(directory === undefined)(
  `Wycheproof${directory === undefined ? ' (skipped: WYCHEPROOF_DIR not set)' : ''}`,
  () => {
    const casesOf = (file: string) => {
      if (directory === undefined) return []
      const groups: Group[] = JSON.parse(readFileSync(join(directory, file), 'utf8')).testGroups
      return groups.flatMap((group) =>
        group.tests.map((test) => ({
          ...test,
          of: group.comment,
          symmetric: !group.public,
          published: group.public ?? group.private,
        })),
      )
    }
    const signatures = casesOf('json_web_signature_test.json')
    const keySets = casesOf('json_web_key_test.json')
    const isAllowable = ({ symmetric }: { symmetric: boolean }) => !symmetric

    it.each(signatures.filter(isAllowable).filter(({ tcId }) => !contradictory.includes(tcId)))(
      'signature $tcId: $of $comment',
      ({ jws, result, published }) => {
        expect(verdict(jws, published).split(':')[0]).toBe(result)
      },
    )

    it.each(contradictory)(
      'signature %i is refused for the algorithm that its JWK names, and for nothing else',
      (id) => {
        const { jws, published } = signatures.find(({ tcId }) => tcId === id) as (typeof signatures)[number]
        const { alg, ...unnamed } = published
        expect([alg, verdict(jws, published), verdict(jws, unnamed)]).toEqual(['PS256', 'invalid: key', 'valid'])
      },
    )

    it.each(keySets.filter(isAllowable).filter(({ tcId }) => tcId !== roca))(
      'key $tcId: $of $comment',
      ({ jws, result, published }) => {
        expect(verdict(jws, published).split(':')[0]).toBe(result)
      },
    )

    it('never takes a symmetric key, whose algorithms no policy can allow', () => {
      const symmetric = [...signatures, ...keySets].filter((test) => test.symmetric)
      expect(
        symmetric.map(({ jws, published }) => verdict(jws, published)).filter((answer) => answer === 'valid'),
      ).toEqual([])
      expect(symmetric.length).toBeGreaterThan(0)
    })
  },
)
