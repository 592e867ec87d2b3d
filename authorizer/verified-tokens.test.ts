import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { claimsAt, createTestBed, issuer, start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { encode, rawToken } from '../testing/mint.ts'
import type { TokenRights } from './claims.ts'
import type { VerificationKey } from './verification-key.ts'
import { createVerifiedTokens, type VerifiedToken } from './verified-tokens.ts'

const key = await createSigningKey('ES256')
const rsa = await createSigningKey('RS256')

/** A remembered token of this text, without what the memory itself does not look at. */
function remembered(text: string, { keyName = 'a', groups = [], claims = [] }: Partial<Weighed> = {}): VerifiedToken {
  const rights = { notBefore: 0, notAfter: 1, groups, claims, met: undefined, lack: undefined, subject: undefined }
  return { text, rights, issuer: 0, keyName, key: {} as VerificationKey }
}

type Weighed = Pick<VerifiedToken, 'keyName'> & Pick<TokenRights, 'groups' | 'claims'>

/** How many of 4,000 like this one are held, by their serial numbers. */
function heldOf(like: (text: string) => VerifiedToken): number[] {
  const tokens = createVerifiedTokens()
  const serials = Array.from({ length: 4000 }, (_, index) => index)
  for (const serial of serials) tokens.add(like(`${serial}`.padStart(40, '-')))
  // From the latest back, for a hit moves a token to the newer generation.
  return serials.reverse().filter((serial) => tokens.get(like(`${serial}`.padStart(40, '-')).text))
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

  const names = (length: number, count: number) => Array.from({ length: count }, () => 'g'.repeat(length))

  it.each<[what: string, bytes: number, like: (text: string) => VerifiedToken]>([
    ['texts', 4000, (text) => remembered(text.padStart(4000, '-'))],
    ['groups', 100 * 2 * 54, (text) => remembered(text, { groups: names(54, 100) })],
    ['many short groups, by the strings’ own headers', 500 * 24, (text) => remembered(text, { groups: names(1, 500) })],
    ['claims', 2 * 4000, (text) => remembered(text, { claims: [[], names(4000, 1)] })],
    ['names of keys', 2 * 4000, (text) => remembered(text, { keyName: 'k'.repeat(4000) })],
  ])('holds 8 MiB at most, counting %s, and always the latest', (_, bytes, like) => {
    const held = heldOf(like)
    expect(held.length * bytes).toBeLessThanOrEqual(8 * 2 ** 20)
    // A generation of those that were added last is there in any case.
    expect(held.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, index) => 3999 - index))
  })

  it('holds a thousand ordinary tokens and more', () => {
    const like = (text: string) => remembered(text.padStart(1200, '-'), { groups: names(8, 3), claims: [names(36, 1)] })
    expect(heldOf(like).length).toBeGreaterThanOrEqual(1500)
  })

  it('drops the oldest first', () => {
    const tokens = createVerifiedTokens()
    const text = (serial: number) => `${serial}`.padStart(4000, '-')
    for (let serial = 0; serial < 2500; serial++) tokens.add(remembered(text(serial)))
    expect(tokens.get(text(0))).toBeUndefined()
    expect(tokens.get(text(2499))).toBeDefined()
  })

  it('does not hold a token of more than 32 KiB, and drops no other for it', () => {
    const tokens = createVerifiedTokens()
    const token = remembered('kept'.padStart(40))
    tokens.add(token)
    for (let index = 0; index < 1000; index++) {
      const heavy = remembered(`${index}`.padStart(8000, '-'), { groups: names(4, 800) })
      tokens.add(heavy)
      expect(tokens.get(heavy.text)).toBeUndefined()
    }
    expect(tokens.get(token.text)).toBe(token)
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
    for (let index = 0; index < 20_000; index++) {
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

  it('gets the same decision where it has too many groups to be remembered', async () => {
    const { present } = createTestBed({
      keys: [key],
      policy: { algorithms: ['ES256'], routes: [{ path: '/vault/{group}/*', hash: 'md5' }] },
    })
    const token = rawToken(key, claimsAt(start, { 'cognito:groups': Array.from({ length: 500 }, (_, n) => `g${n}`) }))
    for (let round = 0; round < 2; round++) {
      expect(await present(token, `/vault/${hash('md5', 'g499')}/x`)).toBe('allow')
      expect(await present(token, `/vault/${hash('md5', 'g500')}/x`)).toBe('right')
      expect(await present(token, '/vault/g499/x')).toBe('right')
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
