import { describe, expect, it } from 'vitest'
import { claimsAt, client, createTestBed, issuer, type Outcome, start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { rawToken } from '../testing/mint.ts'
import type { OneProviderPolicy } from './policy.ts'

const key = await createSigningKey('ES256')
const bedOf = (policy: Partial<OneProviderPolicy> = {}) =>
  createTestBed({ keys: [key], policy: { algorithms: ['ES256'], ...policy } })
const bed = bedOf()
const seconds = start / 1000

/** A good payload with these members; undefined leaves one out. */
const present = (claims: Record<string, unknown>, { present } = bed) => present(rawToken(key, claimsAt(start, claims)))

/** JSON has no way to write a number that is not finite, but for this. */
const infinite = (name: string, text: string) =>
  rawToken(
    key,
    JSON.stringify(claimsAt(start, { exp: start / 1000 + 60, [name]: 0.5 })).replace(
      `"${name}":0.5`,
      `"${name}":${text}`,
    ),
  )

describe('iss', () => {
  it.each([
    ['of the policy', issuer, 'allow'],
    ['absent', undefined, 'issuer'],
    ['with a slash at its end', `${issuer}/`, 'issuer'],
    ['in another case', issuer.toUpperCase(), 'issuer'],
    ['that goes on', `${issuer}.evil.example.com`, 'issuer'],
    ['in an array', [issuer], 'issuer'],
    ['null', null, 'issuer'],
    ['with a combining mark', issuer.replace('i', 'i\u0307'), 'issuer'],
  ])('%s', async (_, iss, expected) => {
    expect(await present({ iss })).toBe(expected)
  })
})

describe('dates', () => {
  it.each([
    ['exp absent', { exp: null }, 'date'],
    ['exp a string', { exp: `${seconds + 60}` }, 'date'],
    ['exp true', { exp: true }, 'date'],
    ['exp in an array', { exp: [seconds + 60] }, 'date'],
    ['exp negative', { exp: -1 }, 'expired'],
    ['exp in milliseconds', { exp: start + 60_000 }, 'allow'],
    ['nbf null', { nbf: null }, 'date'],
    ['nbf a string', { nbf: '0' }, 'date'],
    ['nbf in the past', { nbf: seconds - 60 }, 'allow'],
    ['iat a string', { iat: `${seconds}` }, 'date'],
    ['iat null', { iat: null }, 'date'],
    ['iat in the future', { iat: seconds + 3600 }, 'allow'],
    ['iat long ago', { iat: -1e9, exp: seconds + 1 }, 'allow'],
  ])('%s', async (_, claims, expected) => {
    expect(await present(claims)).toBe(expected)
  })

  it('exp left out', async () => {
    const { exp, ...others } = claimsAt(start)
    expect(exp).toBe(seconds + 3600)
    expect(await bed.present(rawToken(key, others))).toBe('date')
  })

  it('iat left out', async () => {
    const { iat, ...others } = claimsAt(start)
    expect(iat).toBe(seconds)
    expect(await bed.present(rawToken(key, others))).toBe('allow')
  })

  it.each(['exp', 'nbf', 'iat'])('%s of 1e400, which is not finite', async (name) => {
    expect(await bed.present(infinite(name, '1e400'))).toBe('date')
    expect(await bed.present(infinite(name, '-1e400'))).toBe(name === 'exp' ? 'expired' : 'date')
  })

  it.each<[string, number, Record<string, unknown>, number, Outcome]>([
    ['one millisecond before exp', 0, { exp: seconds + 60 }, 59_999, 'allow'],
    ['at exp', 0, { exp: seconds + 60 }, 60_000, 'expired'],
    ['one millisecond before exp and the tolerance', 5, { exp: seconds + 60 }, 64_999, 'allow'],
    ['at exp and the tolerance', 5, { exp: seconds + 60 }, 65_000, 'expired'],
    ['one millisecond before a fractional exp', 0, { exp: seconds + 0.25 }, 249, 'allow'],
    ['at a fractional exp', 0, { exp: seconds + 0.25 }, 250, 'expired'],
    ['one millisecond before nbf', 0, { nbf: seconds + 60 }, 59_999, 'not-yet-valid'],
    ['at nbf', 0, { nbf: seconds + 60 }, 60_000, 'allow'],
    ['one millisecond before nbf less the tolerance', 5, { nbf: seconds + 60 }, 54_999, 'not-yet-valid'],
    ['at nbf less the tolerance', 5, { nbf: seconds + 60 }, 55_000, 'allow'],
  ])('%s', async (_, clockToleranceSeconds, claims, elapsed, expected) => {
    const { clock, present } = bedOf({ clockToleranceSeconds })
    clock.now = start + elapsed
    expect(await present(rawToken(key, claimsAt(start, claims)))).toBe(expected)
  })

  it('are checked again when a token is seen again, to the millisecond and both ways', async () => {
    const { clock, present } = bedOf()
    const token = rawToken(key, claimsAt(start, { nbf: seconds + 1, exp: seconds + 2 }))
    const seen: Outcome[] = []
    for (const elapsed of [999, 1000, 1999, 2000, 1999, 999]) {
      clock.now = start + elapsed
      seen.push(await present(token))
    }
    expect(seen).toEqual(['not-yet-valid', 'allow', 'allow', 'expired', 'allow', 'not-yet-valid'])
  })
})

describe('token_use and the client', () => {
  it.each<[string, Partial<OneProviderPolicy>, Record<string, unknown>, Outcome]>([
    ['access: an access token', {}, {}, 'allow'],
    ['access: an id token', {}, { token_use: 'id', aud: client }, 'token-use'],
    ['access: no token_use', {}, { token_use: undefined }, 'token-use'],
    ['access: token_use in an array', {}, { token_use: ['access'] }, 'token-use'],
    ['access: another client', {}, { client_id: 'other' }, 'client'],
    ['access: no client', {}, { client_id: undefined }, 'client'],
    ['access: a client in an array', {}, { client_id: [client] }, 'client'],
    ['access: a client that only begins so', {}, { client_id: `${client}x` }, 'client'],
    ['access: aud does not stand for client_id', {}, { client_id: undefined, aud: client }, 'client'],
    ['access: aud does not matter', {}, { aud: ['https://other.example.com'] }, 'allow'],
    ['access: any client of the list', { clientIds: ['app', client] }, { client_id: 'app' }, 'allow'],
    ['id: an id token', { tokenUse: 'id' }, { token_use: 'id', aud: client }, 'allow'],
    ['id: an access token', { tokenUse: 'id' }, { aud: client }, 'token-use'],
    ['id: another aud', { tokenUse: 'id' }, { token_use: 'id', aud: 'other' }, 'client'],
    ['id: no aud', { tokenUse: 'id' }, { token_use: 'id' }, 'client'],
    ['id: aud an array of one', { tokenUse: 'id' }, { token_use: 'id', aud: [client] }, 'allow'],
    ['id: aud an array of two', { tokenUse: 'id' }, { token_use: 'id', aud: [client, 'other'] }, 'client'],
    ['id: aud an empty array', { tokenUse: 'id' }, { token_use: 'id', aud: [] }, 'client'],
    ['id: aud an object', { tokenUse: 'id' }, { token_use: 'id', aud: { 0: client, length: 1 } }, 'client'],
    ['null: aud a string', { tokenUse: null }, { token_use: undefined, aud: client }, 'allow'],
    ['null: aud an array with the client', { tokenUse: null }, { aud: ['other', client] }, 'allow'],
    ['null: aud an array without it', { tokenUse: null }, { aud: ['other'] }, 'client'],
    ['null: aud an array with the client and null', { tokenUse: null }, { aud: [null, client] }, 'client'],
    ['null: aud an array with the client and a number', { tokenUse: null }, { aud: [client, 1] }, 'client'],
    ['null: aud an array in an array', { tokenUse: null }, { aud: [[client]] }, 'client'],
    ['null: no aud', { tokenUse: null }, {}, 'client'],
    ['null: client_id does not stand for aud', { tokenUse: null }, { aud: null }, 'client'],
  ])('%s', async (_, policy, claims, expected) => {
    expect(await present(claims, bedOf(policy))).toBe(expected)
  })
})

describe('cognito:groups', () => {
  it.each([
    ['absent', undefined, 'allow'],
    ['empty', [], 'allow'],
    ['strings', ['a', 'b'], 'allow'],
    ['a string', 'admins', 'groups'],
    ['null', null, 'groups'],
    ['an object', { 0: 'admins', length: 1 }, 'groups'],
    ['an array with a number', ['admins', 1], 'groups'],
    ['an array with null', ['admins', null], 'groups'],
    ['an array in an array', [['admins']], 'groups'],
  ])('%s', async (_, groups, expected) => {
    expect(await present({ 'cognito:groups': groups })).toBe(expected)
  })
})

describe('required claims', () => {
  const requiring = bedOf({ requiredClaims: ['cognito:groups', 'email'] })

  it.each([
    ['all there', { 'cognito:groups': [], email: 'a@example.com' }, 'allow'],
    ['empty or false count as there', { 'cognito:groups': [], email: false }, 'allow'],
    ['one missing', { 'cognito:groups': [] }, 'required-claim'],
    ['one null', { 'cognito:groups': [], email: null }, 'required-claim'],
    ['all missing', {}, 'required-claim'],
  ])('%s', async (_, claims, expected) => {
    expect(await present(claims, requiring)).toBe(expected)
  })

  it('are asked for again when the token is remembered', async () => {
    const token = await requiring.mint()
    expect([await requiring.present(token), await requiring.present(token)]).toEqual([
      'required-claim',
      'required-claim',
    ])
  })
})

describe('claims that the decision does not use', () => {
  it.each([
    ['sub that is a number', { sub: 1 }],
    ['sub that is null', { sub: null }],
    ['scope that is an array', { scope: ['openid'] }],
    ['jti that is an object', { jti: {} }],
    ['a lone surrogate', { name: '\ud800' }],
  ])('may be of any type: %s', async (_, claims) => {
    expect(await present(claims)).toBe('allow')
  })
})
