/** Who can do it, by the bytes of a request that passed although it must not. */
import { beforeAll, expect, test } from 'vitest'
import type { OneProviderPolicy } from '../../authorizer/policy.ts'
import { createOracle } from '../../oracle/oracle.ts'
import type { Served } from '../../oracle/served-urls.ts'
import { signedToken } from '../../testing/mint.ts'
import type { Answer } from '../answer.ts'
import { type RequestParts, request } from '../attacks/request-step.ts'
import { attackerToken, issuedToken, signedBy, unsigned } from '../attacks/tokens.ts'
import type { Who } from '../finding.ts'
import type { Observation } from '../invariants/observation.ts'
import { createWorld, servedByIssuers } from '../world/make-world.ts'
import type { World } from '../world/world.ts'
import { Assessor, sendersOf } from './assessor.ts'
import { cvssOf, severityOf } from './severity.ts'

const start = Date.UTC(2026, 0, 15, 12)
const policyOf = (issuer: string): OneProviderPolicy => ({
  issuer,
  clientIds: ['exampleclient'],
  tokenUse: 'access',
  algorithms: ['ES256'],
  routes: [{ path: '/public/*', public: true }, { path: '/users/{sub}/*' }],
})
let cognito: World
let other: World
beforeAll(async () => {
  cognito = await createWorld(policyOf('https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01'), start)
  other = await createWorld(
    { ...policyOf('https://idp.example.com'), cnf: 'refuse', tokenUse: null, clientClaim: 'aud' },
    start,
  )
})

type Parts = (world: World) => RequestParts
const ofLogout = { events: { a: {} }, scope: undefined, client_id: undefined, token_use: undefined }
const bypass: Observation = { class: 'bypass', rule: 'token/signature', story: '' }
const own = (world: World): string => world.visitors[0].granted[0]
const anothers = '/users/somebody/a.txt'
const issued = (world: World, changes = {}, header = {}) => issuedToken(world, world.visitors[0], changes, header)

async function whoOf(world: World, parts: Parts, observation = bypass, answer: Partial<Answer> = {}): Promise<Who> {
  const serve = servedByIssuers(world.issuers)
  const oracle = createOracle(world.policy, 'foreign')
  await oracle.serve(serve, start)
  const assessor = new Assessor(world.policy)
  assessor.serve(serve, true)
  const step = request(world, parts(world))
  const event = step.kind === 'request' ? step.event : null
  const whole = {
    result: { kind: 'request', request: {} },
    fetches: [],
    logs: [],
    clock: start,
    realMs: 0,
    ...answer,
  } as Answer
  const assessed = await assessor.assess(observation, event, whole, (plain) => oracle.judge(plain, start))
  return assessed.who
}

/** With a tab in the payload, over which the signature goes. */
const signedText = (world: World) => {
  const key = world.issuers[0].keys[0]
  const [head = '', payload = ''] = issued(world).split('.')
  return signedToken(key, `${head}.${payload}\t`)
}
/** Nested deeper than JSON.stringify can write. */
const deep = (world: World) => {
  const payload = Buffer.from(`{"a":${'['.repeat(11_000)}${']'.repeat(11_000)}}`).toString('base64url')
  return signedToken(world.issuers[0].keys[0], `${issued(world).split('.')[0]}.${payload}`)
}
const number = (world: World) => {
  const [head] = issued(world).split('.')
  return signedToken(world.issuers[0].keys[0], `${head}.${Buffer.from('1').toString('base64url')}`)
}
const spelled = (world: World) => `${issued(world)}==`

test.each<[string, Who, Parts]>([
  ['a path without a token', 'anyone', () => ({ uri: '/public/../users/x/a.txt' })],
  ['an empty segment in a path that is public', 'nobody', () => ({ uri: '/public//a.txt' })],
  ['a forged token', 'anyone', (world) => ({ uri: own(world), token: attackerToken(world, world.visitors[0].claims) })],
  ['a signed one that no library writes', 'issuer', (world) => ({ uri: anothers, token: deep(world) })],
  ['a signed number', 'issuer', (world) => ({ uri: anothers, token: number(world) })],
  ['one that never was good', 'issuer', (world) => ({ uri: anothers, token: issued(world, { exp: 0 }) })],
  [
    'one whose tid has no text',
    'issuer',
    (world) => ({ uri: anothers, token: issued(world, { tid: { toString: 1 } }) }),
  ],
  ['one without alg', 'issuer', (world) => ({ uri: anothers, token: issued(world, {}, { alg: undefined }) })],
  ['an unsigned one', 'anyone', (world) => ({ uri: own(world), token: unsigned({ alg: 'none' }, { sub: 'a' }) })],
  ["another's path with one's own token", 'signed-in-user', (world) => ({ uri: anothers, token: issued(world) })],
  [
    'an expired token',
    'signed-in-user',
    (world) => ({ uri: own(world), token: issued(world, { exp: start / 1000 - 9 }) }),
  ],
  [
    'an ID token of the same client',
    'signed-in-user',
    (world) => ({
      uri: own(world),
      token: issued(world, { token_use: 'id', aud: 'exampleclient', client_id: undefined }),
    }),
  ],
  [
    "another client's token",
    'another-client',
    (world) => ({ uri: own(world), token: issued(world, { client_id: 'otherclient' }) }),
  ],
  ['a file that a plain request gets as well', 'nobody', (world) => ({ uri: own(world), token: spelled(world) })],
  [
    'the same in another place',
    'nobody',
    (world) => ({ uri: own(world), querystring: `access_token=${issued(world)}` }),
  ],
  ["the same on another's path", 'signed-in-user', (world) => ({ uri: anothers, token: spelled(world) })],
  ['what no issuer signs', 'issuer', (world) => ({ uri: own(world), token: issued(world, { exp: undefined }) })],
  [
    'an unsigned session around what no issuer signs',
    'issuer',
    (world) => ({
      uri: own(world),
      headers: {
        cookie: `s=${Buffer.from(JSON.stringify({ id_token: issued(world, { exp: undefined }) })).toString('base64')}`,
      },
    }),
  ],
  ['a signed text that no issuer writes', 'issuer', (world) => ({ uri: own(world), token: `${signedText(world)}` })],
  [
    'a claim that has the name of what objects inherit',
    'issuer',
    (world) => ({ uri: own(world), token: issued(world, { constructor: 'x', toString: 1 }) }),
  ],
  ['an extension', 'issuer', (world) => ({ uri: own(world), token: issued(world, {}, { crit: ['x'], x: 1 }) })],
  [
    'groups that are no list',
    'issuer',
    (world) => ({ uri: own(world), token: issued(world, { 'cognito:groups': 'a,b' }) }),
  ],
  [
    'a key that was never published',
    'anyone',
    (world) => ({ uri: own(world), token: signedBy(world, world.issuers[0].spareKeys[0], world.visitors[0].claims) }),
  ],
  ['a raw line feed in the URI', 'nobody', () => ({ uri: '/public/\n/users/x/a' })],
  ['a lone surrogate', 'nobody', () => ({ uri: '/users/\ud800/a' })],
  ['two hosts', 'nobody', () => ({ uri: '/users/x/a', headers: { host: ['a.example', 'b.example'] } })],
  ['no host', 'nobody', () => ({ uri: '/users/x/a', headers: { host: [] } })],
  ["somebody else's host", 'nobody', () => ({ uri: '/users/x/a', headers: { host: 'attacker.example' } })],
])('%s: %s', async (_title, who, parts) => {
  const rule = /[^:]\/\/|\.\./.test(parts(cognito).uri) ? 'paths/malformed' : bypass.rule
  expect(await whoOf(cognito, parts, { ...bypass, rule })).toBe(who)
})

test.each<[string, Who, Who, object, object]>([
  ['a bound token', 'issuer', 'another-client', { cnf: { jkt: 'x' } }, {}],
  ['a logout token', 'issuer', 'another-client', { ...ofLogout, aud: 'exampleclient' }, { typ: 'logout+jwt' }],
  ['an access token that says that it is one', 'issuer', 'issuer', {}, { typ: 'logout+jwt' }],
  ['an authorization response', 'issuer', 'signed-in-user', { code: 'c0de', state: 'x1', sub: 'another' }, {}],
])('what Cognito never issues, others do: %s', async (_title, atCognito, elsewhere, changes, header) => {
  const parts: Parts = (world) => ({ uri: anothers, token: issued(world, changes, header) })
  expect([await whoOf(cognito, parts), await whoOf(other, parts)]).toEqual([atCognito, elsewhere])
})

test('a method that the policy does not name the behavior does not forward', async () => {
  const method: Observation = { class: 'bypass', rule: 'order/method', story: '' }
  const by =
    (name: string): Parts =>
    (world) => ({ uri: own(world), token: issued(world), method: name })
  expect(await whoOf(cognito, by('OPTIONS'), method)).toBe('nobody')
  expect(await whoOf(cognito, by('PUT'), method)).toBe('nobody')
})

test('a redirect is open where a link decides where it leads', async () => {
  const redirect: Observation = { class: 'open-redirect', rule: 'deny/location', story: '', cause: 'foreign' }
  const to = (value: string): Partial<Answer> => ({
    result: { kind: 'response', response: { status: '302', headers: { location: [{ key: 'Location', value }] } } },
  })
  const link: Parts = () => ({ uri: '/users/x/', querystring: 'next=//attacker.example' })
  expect(await whoOf(cognito, link, redirect, to('https://attacker.example/'))).toBe('browser-page')
  const header: Parts = () => ({ uri: '/users/x/', headers: { 'x-forwarded-host': 'attacker.example' } })
  expect(await whoOf(cognito, header, redirect, to('https://attacker.example/'))).toBe('nobody')
})

test.each<[string, Observation['class'], Parts, (served: Served & { kind: 'body' }) => Served]>([
  [
    'what comes of a key set with something else than keys in it',
    'amplification',
    (world) => ({ uri: '/users/x/a', token: attackerToken(world, world.visitors[0].claims) }),
    (served) => ({ ...served, body: served.body.replace('[', '[null,') }),
  ],
  [
    'what a key set of countless members costs',
    'exhaustion',
    (world) => ({ uri: own(world), token: issued(world) }),
    (served) => ({ ...served, body: served.body.replace('[', `[${'{"kty":"x"},'.repeat(50)}`) }),
  ],
  [
    'what it signs for another use, while its key set comes too late',
    'bypass',
    (world) => ({ uri: anothers, token: issued(world, {}, { crit: ['x'], x: 1 }) }),
    (served) => ({ ...served, delayMs: 20_000 }),
  ],
  [
    'whose key set says that the keys are elsewhere',
    'bypass',
    (world) => ({ uri: anothers, token: attackerToken(world, world.visitors[0].claims) }),
    () => ({ kind: 'body', status: 301, body: '', headers: { location: 'https://attacker.example/keys' } }),
  ],
  [
    'whose page of an error has keys in it',
    'bypass',
    (world) => ({ uri: anothers, token: attackerToken(world, world.visitors[0].claims) }),
    (served) => ({ ...served, status: 404 }),
  ],
])("the issuer's doing: %s", async (_title, name, parts, changed) => {
  const served = Object.entries(servedByIssuers(cognito.issuers)).map(([url, plain]) => [
    url,
    plain.kind === 'body' ? changed(plain) : plain,
  ])
  const assessor = new Assessor(cognito.policy)
  assessor.serve(Object.fromEntries(served), true)
  const step = request(cognito, parts(cognito))
  const answer = { result: { kind: 'request', request: {} } } as Answer
  const event = step.kind === 'request' ? step.event : null
  const observation: Observation = {
    class: name,
    rule: name === 'bypass' ? 'token/signature' : 'keys/fetches',
    story: '',
  }
  const { who } = await assessor.assess(observation, event, answer, async () => {
    throw new Error('nobody asks')
  })
  expect(who).toBe('issuer')
})

test('a leak matters where the token is one', async () => {
  const leak: Observation = { class: 'leak', rule: 'leak/log', story: '' }
  expect(await whoOf(cognito, (world) => ({ uri: own(world), token: issued(world) }), leak)).toBe('log-reader')
  const written: Parts = (world) => ({ uri: own(world), querystring: `t=${issued(world)}` })
  expect(await whoOf(cognito, written, leak)).toBe('nobody')
  const forged: Parts = (world) => ({ uri: own(world), token: attackerToken(world, { sub: 'a' }) })
  expect(await whoOf(cognito, forged, leak)).toBe('nobody')
})

test('of several requests somebody has to be able to send each', () => {
  const steps = [
    request(cognito, { uri: '/users/x/a' }),
    request(cognito, { uri: own(cognito), token: issued(cognito) }),
    request(cognito, { uri: '/users/\n' }),
  ]
  const whole = {
    name: 'x',
    class: 'cache',
    policy: cognito.policy,
    start,
    serve: servedByIssuers(cognito.issuers),
    steps,
  } as const
  expect([1, 2, 3].map((end) => sendersOf({ ...whole, steps: [...steps] }, end))).toEqual([
    'anyone',
    'signed-in-user',
    'nobody',
  ])
})

const plain = { writes: false, threw: false, isHalfSeen: false, isAtComputer: false }

test('scores are those of the CVSS 4.0 calculator of FIRST', () => {
  const of = (...args: Parameters<typeof cvssOf>) => {
    const cvss = cvssOf(...args)
    return [cvss.vector.replace('CVSS:4.0/', ''), cvss.score, severityOf(cvss)]
  }
  expect(of('bypass', 'anyone', plain)).toEqual(['AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N', 8.7, 'high'])
  expect(of('bypass', 'anyone', { ...plain, writes: true })).toEqual([
    'AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:N/SC:N/SI:N/SA:N',
    9.3,
    'critical',
  ])
  expect(of('open-redirect', 'browser-page', plain)).toEqual([
    'AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N',
    5.1,
    'medium',
  ])
  // A victim in the attacker's session: none of the site's files goes to the attacker.
  expect(of('bypass', 'browser-page', plain)).toEqual([
    'AV:N/AC:L/AT:N/PR:N/UI:A/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N',
    5.1,
    'medium',
  ])
  expect(of('bypass', 'sibling-domain', plain).slice(1)).toEqual([2.1, 'low'])
  const half = of('open-redirect', 'browser-page', { ...plain, isHalfSeen: true })
  expect(half.slice(1)).toEqual([2.1, 'low'])
  expect(of('bypass', 'signed-in-user', { ...plain, isAtComputer: true }).slice(1)).toEqual([5.1, 'medium'])
  expect(of('crash', 'anyone', { ...plain, threw: true }).slice(1)).toEqual([0, 'none'])
  expect(of('bypass', 'nobody', plain).slice(1)).toEqual([0, 'none'])
})
