import { describe, expect, it } from 'vitest'
import { createSigningKey } from '../tokens/issuer.ts'
import { encode, rawToken } from './testing/raw-token.ts'
import { claimsAt, createTestBed, issuer, start } from './testing/test-bed.ts'
import type { VerificationKey } from './verification-key.ts'
import { createVerifiedTokens } from './verified-tokens.ts'

const key = await createSigningKey('ES256')
const rsa = await createSigningKey('RS256')

/** A remembered token of this text, without what the memory itself does not look at. */
function remembered(text: string) {
  const rights = { notBefore: 0, notAfter: 1, groups: [], claims: [], complete: true }
  return { text, rights, issuer: 0, kid: 'a', key: {} as VerificationKey, digests: undefined }
}

describe('the memory of verified tokens', () => {
  it('finds a token by its whole text', () => {
    const tokens = createVerifiedTokens()
    const token = remembered(`one${'x'.repeat(22)}`)
    tokens.add(token)
    expect(tokens.get(`one${'x'.repeat(22)}`)).toBe(token)
    expect(tokens.get(`two${'x'.repeat(22)}`)).toBeUndefined()
    expect(tokens.get('x'.repeat(22))).toBeUndefined()
    expect(tokens.get('')).toBeUndefined()
  })

  it('keeps the later of two tokens with the same end', () => {
    const tokens = createVerifiedTokens()
    tokens.add(remembered(`one${'x'.repeat(22)}`))
    const later = remembered(`two${'x'.repeat(22)}`)
    tokens.add(later)
    expect(tokens.get(later.text)).toBe(later)
    expect(tokens.get(`one${'x'.repeat(22)}`)).toBeUndefined()
  })

  it('holds at most 2,000 of 10,000 tokens, the latest among them', () => {
    const tokens = createVerifiedTokens()
    const texts = Array.from({ length: 10_000 }, (_, index) => `${index}`.padStart(40, '-'))
    for (const text of texts) tokens.add(remembered(text))
    // From the latest back, for a hit moves a token to the newer generation.
    const held = texts.toReversed().filter((text) => tokens.get(text))
    expect(held.length).toBeLessThanOrEqual(2000)
    expect(held.length).toBeGreaterThanOrEqual(1000)
    expect(held.slice(0, 1000)).toEqual(texts.slice(-1000).reverse())
  })

  it('drops the first of 2,001 tokens', () => {
    const tokens = createVerifiedTokens()
    for (let index = 0; index < 2001; index++) tokens.add(remembered(`${index}`.padStart(40, '-')))
    expect(tokens.get('0'.padStart(40, '-'))).toBeUndefined()
  })

  it('drops nothing for texts that were never added', () => {
    const tokens = createVerifiedTokens()
    const token = remembered('kept'.padStart(40))
    tokens.add(token)
    for (let index = 0; index < 10_000; index++) tokens.get(`${index}`.padStart(40, '-'))
    expect(tokens.get(token.text)).toBe(token)
  })

  it('keeps a token that is used while thousands of others pass', () => {
    const tokens = createVerifiedTokens()
    const used = remembered('used'.padStart(40))
    tokens.add(used)
    for (let index = 0; index < 10_000; index++) {
      tokens.add(remembered(`${index}`.padStart(40, '-')))
      if (index % 500 === 0) expect(tokens.get(used.text)).toBe(used)
    }
  })
})

describe('a token seen before', () => {
  const bed = () => createTestBed({ keys: [key, rsa], policy: { algorithms: ['ES256', 'RS256'] } })

  it('gets the same decision as before, at every route', async () => {
    const { present } = bed()
    const token = rawToken(key, claimsAt(start, { sub: 'ann' }))
    for (let round = 0; round < 3; round++) {
      expect(await present(token)).toBe('allow')
      expect(await present(token, '/users/ann/x')).toBe('allow')
      expect(await present(token, '/users/bob/x')).toBe('right')
    }
  })

  it('vouches for no other text: each changed character is verified anew', async () => {
    const { present } = bed()
    const token = rawToken(key, claimsAt(start))
    expect(await present(token)).toBe('allow')
    for (let at = 0; at < token.length; at += 3) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect(await present(changed), `at ${at}`).not.toBe('allow')
    }
  })

  it('does not lend its signature to another payload', async () => {
    const { present } = bed()
    const token = rawToken(rsa, claimsAt(start, { sub: 'ann' }))
    expect(await present(token, '/users/ann/x')).toBe('allow')
    const [header, , signed] = token.split('.')
    const forged = `${header}.${encode(claimsAt(start, { sub: 'bob' }))}.${signed}`
    expect(await present(forged, '/users/bob/x')).toBe('signature')
    expect(await present(token, '/users/ann/x')).toBe('allow')
  })

  it('is bound to the issuer whose key verified it', async () => {
    const other = 'https://other.example.com'
    let withdrawn = false
    const { present, clock } = createTestBed({
      get: async (uri) => JSON.stringify({ keys: [withdrawn && uri.startsWith(issuer) ? rsa.jwk : key.jwk] }),
      policy: { algorithms: ['ES256', 'RS256'], issuer: [issuer, other] },
    })
    const token = rawToken(key, claimsAt(start, { exp: start }))
    expect(await present(token)).toBe('allow')
    withdrawn = true
    clock.now += 3600_000
    // The key left this issuer's set and is still in the other's.
    expect(await present(token)).toBe('unknown-key')
  })

  it('is not remembered after a denial', async () => {
    const { present } = bed()
    const token = rawToken(key, claimsAt(start)).replace(/.{10}$/, 'AAAAAAAAAA')
    expect([await present(token), await present(token)]).toEqual(['signature', 'signature'])
  })
})
