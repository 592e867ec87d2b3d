/** SEMANTICS.md, line by line: each row is one request and what the page says about it. */
import { createHash } from 'node:crypto'
import { compactVerify, importJWK, type JWK } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { createOracle, type Oracle } from '../../oracle/oracle.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import type { SigningKey } from '../../testing/issuer.ts'
import { encode, mint, rawToken, signedToken } from '../../testing/mint.ts'
import { type RequestParts, request } from '../attacks/request-step.ts'
import { createWorld, servedByIssuers } from './make-world.ts'
import type { World } from './world.ts'

const start = Date.UTC(2026, 0, 15, 12)
const seconds = start / 1000
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

const policy: Policy = {
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
  clientIds: ['exampleclient'],
  requiredClaims: ['cognito:groups'],
  jwks: { maxAge: 600, maxStale: 3600, cooldown: 10 },
  routes: [
    { path: '/public/*', public: true },
    { path: '/users/{sub}/*' },
    { path: '/groups/{group}/*' },
    { path: '/groups/g1/private', groups: ['owners'] },
    { path: '/vault/{group}/*', hash: 'md5' },
    { path: '/tenants/{claim:custom:tenant}/index.html' },
    { path: '/reports/*', groups: ['analysts'] },
    { path: '/files/*' },
  ],
  corsPreflight: true,
}

let world: World
let key: SigningKey
let claims: Record<string, unknown>
beforeAll(async () => {
  world = await createWorld(policy, start)
  key = world.issuers[0].keys[0]
  claims = { ...world.visitors[0].claims, sub: 'me', 'cognito:groups': ['g1', 'a/b'], 'custom:tenant': 'acme' }
})

async function oracleFor(changes: Partial<Policy> = {}): Promise<Oracle> {
  const oracle = createOracle({ ...policy, ...changes }, 'foreign')
  await oracle.serve(servedByIssuers(world.issuers), start)
  return oracle
}

async function judge(parts: RequestParts, changes: Partial<Policy> = {}, now = start): Promise<Verdict> {
  const step = request({ ...world, policy: { ...policy, ...changes } }, parts)
  return (await oracleFor(changes)).judge(step.kind === 'request' ? step.event : null, now)
}

const outcome = async (parts: RequestParts, changes: Partial<Policy> = {}, now = start) =>
  (await judge(parts, changes, now)).outcome
const good = () => mint(key, claims)
const withClaims = (changes: object) => mint(key, { ...claims, ...changes })
const withHeader = (changes: object) => mint(key, claims, changes)
/** The verdict on a token at a path that anybody with a good token may see. */
const tokenOutcome = (token: string, changes: Partial<Policy> = {}, now = start) =>
  outcome({ uri: '/files/a', token }, changes, now)

describe('order', () => {
  const preflight = { origin: 'https://a.example', 'access-control-request-method': 'GET' }
  test.each<[string, RequestParts, Verdict['outcome']]>([
    ['a preflight passes on any path', { uri: '/nowhere', method: 'OPTIONS', headers: preflight }, 'must-allow'],
    [
      'two origins are no preflight',
      { uri: '/public/a', method: 'OPTIONS', headers: { ...preflight, origin: ['a', 'b'] } },
      'must-deny',
    ],
    [
      'an empty origin is no preflight',
      { uri: '/public/a', method: 'OPTIONS', headers: { ...preflight, origin: '' } },
      'must-deny',
    ],
    ['another method is denied on public paths', { uri: '/public/a', method: 'POST' }, 'must-deny'],
    ['methods are case-sensitive', { uri: '/public/a', method: 'get' }, 'must-deny'],
    ['no route', { uri: '/nowhere' }, 'must-deny'],
    ['a public path without a token', { uri: '/public/a' }, 'must-allow'],
    ['a public path with a bad token', { uri: '/public/a', token: 'x.y.z' }, 'must-allow'],
    ['no credentials', { uri: '/files/a' }, 'must-deny'],
  ])('%s', async (_title, parts, expected) => {
    expect(await outcome(parts)).toBe(expected)
  })
  test('without corsPreflight OPTIONS is any other method', async () => {
    expect(await outcome({ uri: '/public/a', method: 'OPTIONS', headers: preflight }, { corsPreflight: false })).toBe(
      'must-deny',
    )
  })
  test('a token without a required claim is denied', async () => {
    expect(await tokenOutcome(withClaims({ 'cognito:groups': undefined }))).toBe('must-deny')
    expect(await tokenOutcome(withClaims({ 'cognito:groups': null }))).toBe('must-deny')
  })
  test('an event that CloudFront never sends is nobody else’s fault, and ours denies it', async () => {
    expect(await (await oracleFor()).judge({ Records: [] }, start)).toMatchObject({ outcome: 'lax', ours: 'deny' })
  })
})

describe('credentials', () => {
  test.each<[string, (token: string) => string | string[], Verdict['outcome']]>([
    ['one space', (token) => `Bearer ${token}`, 'must-allow'],
    ['the scheme in any case', (token) => `bEARER ${token}`, 'must-allow'],
    ['several spaces', (token) => `Bearer   ${token}`, 'may'],
    ['spaces around', (token) => ` Bearer ${token} `, 'may'],
    ['a tab', (token) => `Bearer\t${token}`, 'lax'],
    ['text after', (token) => `Bearer ${token} more`, 'lax'],
    ['a list', (token) => `Bearer ${token}, Bearer ${token}`, 'must-deny'],
    ['two headers', (token) => [`Bearer ${token}`, `Bearer ${token}`], 'must-deny'],
    ['a non-ASCII space', (token) => `Bearer\u00a0${token}`, 'must-deny'],
    ['a NUL', (token) => `Bearer ${token}\0`, 'must-deny'],
    ['another scheme', (token) => `Basic ${token}`, 'must-deny'],
    ['no scheme', (token) => token, 'must-deny'],
  ])('%s', async (_title, value, expected) => {
    expect(await outcome({ uri: '/files/a', headers: { authorization: value(good()) } })).toBe(expected)
  })
  test('a token over 16,384 characters may be refused', async () => {
    expect(await tokenOutcome(withClaims({ padding: 'x'.repeat(11_000) }))).toBe('must-allow')
    expect(await tokenOutcome(withClaims({ padding: 'x'.repeat(12_000) }))).toBe('may')
  })
  test('the query string never counts', async () => {
    expect(await outcome({ uri: '/files/a', querystring: `access_token=${good()}` })).toBe('must-deny')
  })
  test('a cookie counts where the policy names it, and the header does not then', async () => {
    const cookie = { credentials: { cookie: 'Cognito.{client}.*.accessToken' } }
    const headers = { cookie: `a=b; Cognito.exampleclient.me.accessToken=${good()}` }
    const encoded = { cookie: `Cognito.exampleclient.me.accessToken=${good().replaceAll('.', '%2E')}` }
    expect(await outcome({ uri: '/files/a', headers: encoded }, cookie)).toBe('must-deny')
    expect(await outcome({ uri: '/files/a', headers }, cookie)).toBe('must-allow')
    expect(await outcome({ uri: '/files/a', headers: { authorization: `Bearer ${good()}` } }, cookie)).toBe('must-deny')
    expect(
      await outcome({ uri: '/files/a', headers: { cookie: `Cognito.other.me.accessToken=${good()}` } }, cookie),
    ).toBe('must-deny')
  })
})

describe('token', () => {
  const members = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, n]))
  const withMember = (member: string) => signed(header(), `${payload().slice(0, -1)},${member}}`)
  const parts = () => good().split('.') as [string, string, string]
  const header = () => JSON.stringify({ kid: key.kid, alg: 'RS256' })
  const payload = () => JSON.stringify(claims)
  const signed = (head: string | Uint8Array, body: string | Uint8Array) => rawToken(key, body, head)
  test.each<[string, () => string, Verdict['outcome']]>([
    ['good', () => good(), 'must-allow'],
    ['two parts', () => parts().slice(0, 2).join('.'), 'must-deny'],
    ['four parts', () => `${good()}.`, 'must-deny'],
    ['no signature', () => `${parts()[0]}.${parts()[1]}.`, 'must-deny'],
    ['a padded signature is a second spelling', () => `${good()}==`, 'must-deny'],
    ['padding that was signed', () => signedToken(key, `${encode(header())}==.${encode(payload())}`), 'lax'],
    ['JSON white space', () => signed(` ${header()}\n`, payload()), 'must-allow'],
    ['a byte order mark', () => signed(`\ufeff${header()}`, payload()), 'lax'],
    ['invalid UTF-8', () => signed(header(), Buffer.from(`${payload().slice(0, -1)},"x":"\xff"}`, 'latin1')), 'lax'],
    ['an array for a payload', () => signed(header(), '[]'), 'must-deny'],
    ['a member twice, the last one good', () => signed(header(), `{"sub":"x",${payload().slice(1)}`), 'may'],
    [
      'a member twice, the last one bad',
      () => signed(header(), `${payload().slice(0, -1)},"client_id":"x"}`),
      'must-deny',
    ],
    ['a member twice by an escape', () => signed(header(), `{"s\\u0075b":"x",${payload().slice(1)}`), 'may'],
    ['alg none', () => `${encode('{"alg":"none"}')}.${encode(payload())}.`, 'must-deny'],
    ['16 levels', () => withMember(`"x":${'['.repeat(15)}${']'.repeat(15)}`), 'must-allow'],
    ['17 levels', () => withMember(`"x":${'['.repeat(16)}${']'.repeat(16)}`), 'may'],
    ['17 levels in turn', () => withMember(`"x":${'[{"x":'.repeat(8)}1${'}]'.repeat(8)}`), 'may'],
    ['brackets in strings', () => withMember(`"x":"${'[{\\"'.repeat(40)}"`), 'must-allow'],
    [
      '830 groups',
      () => withClaims({ 'cognito:groups': Array.from({ length: 830 }, (_, n) => (n + 1296).toString(36)) }),
      'must-allow',
    ],
    ['400 members', () => withClaims(members(400)), 'must-allow'],
    ['a header of 5 members more', () => withHeader(members(5)), 'must-allow'],
    ['a header of 10 members more', () => withHeader(members(10)), 'may'],
    ['another alg', () => withHeader({ alg: 'RS512' }), 'must-deny'],
    ['another kid', () => withHeader({ kid: 'other' }), 'must-deny'],
    ['a kid that is no string', () => withHeader({ kid: [key.kid] }), 'must-deny'],
    ['no kid where several keys fit', () => withHeader({ kid: undefined }), 'must-deny'],
    ['an unknown crit', () => withHeader({ crit: ['exp'], exp: 1 }), 'must-deny'],
    ['b64 true', () => withHeader({ b64: true, crit: ['b64'] }), 'lax'],
    ['b64 false', () => withHeader({ b64: false }), 'must-deny'],
    [
      'members that name keys change nothing',
      () => withHeader({ jku: 'https://attacker.example', jwk: {}, typ: 'JWT', zip: 'DEF' }),
      'must-allow',
    ],
    ['signed by the attacker', () => mint({ ...world.attackerKeys[0], kid: key.kid }, claims), 'must-deny'],
    ['an unpublished key of the issuer', () => mint(world.issuers[0].spareKeys[0], claims), 'must-deny'],
  ])('%s', async (_title, token, expected) => {
    expect(await tokenOutcome(token())).toBe(expected)
  })
  test('non-zero trailing bits may be refused', async () => {
    const token = good()
    const last = token.slice(-1)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    expect(await tokenOutcome(token.slice(0, -1) + alphabet[alphabet.indexOf(last) + 1])).toBe('may')
  })
  test('both spellings of an ECDSA signature, s and the order less s, are allowed', async () => {
    const changes: Partial<Policy> = { algorithms: ['ES256'] }
    const other = await createWorld({ ...policy, ...changes }, start)
    const oracle = createOracle({ ...policy, ...changes }, 'foreign')
    await oracle.serve(servedByIssuers(other.issuers), start)
    const [head, body, signature = ''] = mint(other.issuers[0].keys[0], other.visitors[0].claims).split('.')
    const octets = Buffer.from(signature, 'base64url')
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const second = (order - BigInt(`0x${octets.subarray(32).toString('hex')}`)).toString(16).padStart(64, '0')
    for (const spelling of [octets, Buffer.concat([octets.subarray(0, 32), Buffer.from(second, 'hex')])]) {
      const step = request(other, { uri: '/files/a', token: `${head}.${body}.${spelling.toString('base64url')}` })
      expect((await oracle.judge(step.kind === 'request' ? step.event : null, start)).outcome).toBe('must-allow')
    }
  })
  test.each(['RS256', 'PS384', 'ES256', 'ES512', 'EdDSA'] as const)(
    'judges %s signatures as jose does',
    async (algorithm) => {
      const changes: Partial<Policy> = { algorithms: [algorithm] }
      const other = await createWorld({ ...policy, ...changes }, start)
      const [own] = other.issuers[0].keys
      const oracle = createOracle({ ...policy, ...changes }, 'foreign')
      await oracle.serve(servedByIssuers(other.issuers), start)
      const token = mint(own, { ...other.visitors[0].claims, 'cognito:groups': ['g1'] })
      const [head, body, signature = ''] = token.split('.')
      const bytes = Buffer.from(signature, 'base64url')
      const altered = Array.from({ length: 16 }, (_, index) => {
        const copy = Buffer.from(bytes)
        const at = Math.floor((index * copy.length) / 16)
        copy[at] = (copy[at] ?? 0) ^ (1 << (index % 8))
        return copy
      })
      for (const variant of [
        bytes,
        ...altered,
        bytes.subarray(1),
        Buffer.concat([Buffer.alloc(1), bytes]),
        Buffer.alloc(bytes.length),
      ]) {
        const text = `${head}.${body}.${variant.toString('base64url')}`
        const step = request(other, { uri: '/files/a', token: text })
        const verdict = await oracle.judge(step.kind === 'request' ? step.event : null, start)
        const byJose = await compactVerify(text, await importJWK(own.jwk as JWK, algorithm)).then(
          () => true,
          () => false,
        )
        expect(verdict.outcome).toBe(byJose ? 'must-allow' : 'must-deny')
      }
    },
  )
})

describe('claims', () => {
  test.each<[string, object, Verdict['outcome']]>([
    ['another issuer', { iss: 'https://attacker.example' }, 'must-deny'],
    ['iss as a list', { iss: [policy.issuer] }, 'must-deny'],
    ['no exp', { exp: undefined }, 'must-deny'],
    ['exp as text', { exp: String(seconds + 60) }, 'must-deny'],
    ['expired', { exp: seconds - 60 }, 'must-deny'],
    ['expired within a second', { exp: seconds }, 'may'],
    ['about to expire', { exp: seconds + 1 }, 'may'],
    ['a fraction', { exp: seconds + 60.5 }, 'lax'],
    ['not yet valid', { nbf: seconds + 60 }, 'must-deny'],
    ['valid since a while', { nbf: seconds - 60 }, 'must-allow'],
    ['iat in the future', { iat: seconds + 999 }, 'must-allow'],
    ['an ID token', { token_use: 'id' }, 'must-deny'],
    ['another client', { client_id: 'other' }, 'must-deny'],
    ['the client as a list', { client_id: ['exampleclient'] }, 'must-deny'],
    ['any aud of an access token', { aud: 'whatever' }, 'must-allow'],
    ['jti of a wrong type', { jti: 7 }, 'lax'],
    ['groups as text may refuse the token', { 'cognito:groups': 'g1' }, 'may'],
  ])('%s', async (_title, changes, expected) => {
    expect(await tokenOutcome(withClaims(changes))).toBe(expected)
  })
  test('an infinite exp is only loose', async () => {
    const body = JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', '"exp":1e400')
    const token = rawToken(key, body, { kid: key.kid, alg: 'RS256' })
    expect(await tokenOutcome(token)).toBe('lax')
  })
  test('the tolerance moves the edges', async () => {
    expect(await tokenOutcome(withClaims({ exp: seconds - 30 }), { clockToleranceSeconds: 60 })).toBe('must-allow')
  })
  test('an ID token is checked by aud, of which a list may be refused', async () => {
    const id = { tokenUse: 'id' } as const
    const base = { token_use: 'id', client_id: undefined }
    expect(await tokenOutcome(withClaims({ ...base, aud: 'exampleclient' }), id)).toBe('must-allow')
    expect(await tokenOutcome(withClaims({ ...base, aud: ['exampleclient'] }), id)).toBe('may')
    expect(await tokenOutcome(withClaims({ ...base, aud: 'other' }), id)).toBe('must-deny')
  })
  test('without token_use aud may be a list', async () => {
    const none = { tokenUse: null }
    expect(await tokenOutcome(withClaims({ aud: ['other', 'exampleclient'] }), none)).toBe('must-allow')
    expect(await tokenOutcome(withClaims({ aud: ['other'] }), none)).toBe('must-deny')
  })
})

describe('paths', () => {
  test.each<[string, string, Verdict['outcome']]>([
    ['own subject', '/users/me/a', 'must-allow'],
    ["somebody else's", '/users/you/a', 'must-deny'],
    ['decoded once', '/users/%6de/a', 'must-allow'],
    ['not twice', '/users/%256de/a', 'must-deny'],
    ['other case', '/users/ME/a', 'must-deny'],
    ['own group', '/groups/g1/a', 'must-allow'],
    ["a group's twin", '/groups/g10/a', 'must-deny'],
    ['a group with a slash never matches', '/groups/a%2Fb/a', 'must-deny'],
    ['a literal beats a capture, even to deny', '/groups/g1/private', 'must-deny'],
    ['a digest', `/vault/${md5('g1')}/a`, 'must-allow'],
    ['a digest in upper case', `/vault/${md5('g1').toUpperCase()}/a`, 'must-deny'],
    ['the value in the place of its digest', '/vault/g1/a', 'must-deny'],
    ['a claim', '/tenants/acme/index.html', 'must-allow'],
    ["a route's own group is missing", '/reports/a', 'must-deny'],
    ['a trailing slash matches *', '/files/', 'must-allow'],
    ['without it nothing does', '/files', 'must-deny'],
    ['dots into a foreign path', '/files/../users/you/a', 'must-deny'],
    ['dots that stay granted', '/files/x/../y', 'may'],
    ['encoded dots', '/files/%2e%2e/users/you/a', 'must-deny'],
    ['an encoded slash that stays granted', '/files/a%2fb', 'may'],
    ['merged slashes that stay granted', '/files//a', 'may'],
    ['merged slashes that lead elsewhere', '//users/you/a', 'must-deny'],
    ['an invalid escape', '/files/%zz', 'may'],
    ['a question mark hides the rest', '/files/a?/../../users/you/a', 'must-deny'],
    ['a raw plus under *', '/files/a+b', 'must-allow'],
    ['a raw plus in a capture', '/users/m+e/a', 'must-deny'],
    ['a double encoding is an ordinary name', '/files/%252e%252e/a', 'must-allow'],
  ])('%s', async (_title, uri, expected) => {
    expect(await outcome({ uri, token: good() })).toBe(expected)
  })
  test('headers that other systems obey have no part', async () => {
    expect(await outcome({ uri: '/users/you/a', token: good(), headers: { 'x-original-url': '/users/me/a' } })).toBe(
      'must-deny',
    )
  })
})
