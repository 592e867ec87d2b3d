import { describe, expect, test } from 'vitest'
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import type { Answer } from '../answer.ts'
import { examine } from './examine.ts'
import { readResult } from './result-shape.ts'

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = { sub: 'subject-0001', username: 'somebody@example.com', jti: 'token-id-0001', kid: 'x' }
const signature = 'c2lnbmF0dXJlLXRoYXQtaXMtbG9uZy1lbm91Z2gtdG8tYmUtb25l'
const token = `${part({ alg: 'RS256', kid: 'a\nforged line' })}.${part(claims)}.${signature}`

const policy: Policy = {
  issuer: 'https://issuer.example',
  clientIds: ['client'],
  routes: [{ path: '/files/*' }],
  deny: { unauthenticated: { redirect: 'https://login.example.com/', returnTo: 'next' } },
}
const request: ViewerRequest = {
  method: 'GET',
  uri: '/files/a',
  querystring: 'q=//evil.example',
  headers: {
    host: [{ key: 'Host', value: 'site.example' }],
    accept: [{ key: 'Accept', value: 'text/html,*/*;q=0.8' }],
    authorization: [{ key: 'Authorization', value: `Bearer ${token}` }],
  },
}
const mustAllow: Verdict = { outcome: 'must-allow', rule: 'order/allow', reason: 'good', ours: 'allow' }
const mustDeny: Verdict = { outcome: 'must-deny', rule: 'token/signature', reason: 'bad', ours: 'deny' }

function classesOf(
  value: unknown,
  {
    verdict = mustDeny,
    whose = 'foreign',
    logs = [],
    fetches = [],
    rewritten,
    headers = {},
    policy: held = policy,
    request: asked = request,
    playsSignIn = false,
  }: {
    verdict?: Verdict
    whose?: 'ours' | 'foreign'
    logs?: string[]
    fetches?: Answer['fetches']
    rewritten?: Verdict
    headers?: ViewerRequest['headers']
    policy?: Policy
    request?: ViewerRequest
    playsSignIn?: boolean
  } = {},
) {
  const result = readResult({ kind: 'value', json: JSON.stringify(value) })
  const answer: Answer = { result, logs, fetches, clock: 0, realMs: 0 }
  const { observations } = examine(answer, {
    policy: held,
    whose,
    request: { ...asked, headers: { ...asked.headers, ...headers } },
    verdict,
    rewritten,
    keysReachable: true,
    playsSignIn,
  })
  return observations.map((observation) => observation.class)
}

const { authorization: _, ...others } = request.headers
const allowed = { ...request, headers: others }
const denial = (headers: Record<string, string> = {}, status: unknown = '401') => ({
  status,
  headers: Object.fromEntries(
    Object.entries({ 'cache-control': 'no-store', ...headers }).map(([key, value]) => [key, [{ key, value }]]),
  ),
})

describe('a decision is held against its verdict', () => {
  test('right ones are no findings', () => {
    expect(classesOf(allowed, { verdict: mustAllow })).toEqual([])
    expect(classesOf(denial())).toEqual([])
  })
  test('a bypass and a false denial', () => {
    expect(classesOf(allowed)).toEqual(['bypass'])
    expect(classesOf(denial(), { verdict: mustAllow })).toEqual(['false-denial'])
  })
  test('what is open to others is not to ours', () => {
    const lax: Verdict = { outcome: 'lax', rule: 'token/utf-8', reason: 'loose', ours: 'deny' }
    expect(classesOf(allowed, { verdict: lax })).toEqual([])
    expect(classesOf(allowed, { verdict: lax, whose: 'ours' })).toEqual(['bypass'])
  })
  test('a rewrite is judged by where it leads', () => {
    expect(classesOf({ ...allowed, uri: '/files/b' }, { verdict: mustAllow, rewritten: mustDeny })).toEqual(['bypass'])
    expect(classesOf({ ...allowed, uri: '/public' }, { rewritten: mustAllow })).toEqual([])
  })
  test('ours by the viewer’s path and by where it leads, which the policy says', () => {
    const site: Policy = { ...policy, index: 'index.html' }
    const asked = { ...request, uri: '/files/' }
    const circumstances = { whose: 'ours', policy: site, request: asked } as const
    const index = { ...allowed, uri: '/files/index.html' }
    const allow = { ...circumstances, verdict: mustAllow }
    expect(classesOf(index, { ...allow, rewritten: mustAllow })).toEqual([])
    expect(classesOf(index, { ...circumstances, rewritten: mustAllow })).toEqual(['bypass'])
    expect(classesOf(index, { ...allow, rewritten: mustDeny })).toEqual(['bypass'])
    expect(classesOf({ ...allowed, uri: '/files/' }, allow)).toEqual(['leak'])
    expect(classesOf({ ...allowed, uri: '/files/b' }, { ...allow, rewritten: mustAllow })).toEqual(['leak'])
  })
  test('ours changes nothing but the credential', () => {
    expect(classesOf({ ...allowed, querystring: '' }, { verdict: mustAllow, whose: 'ours' })).toEqual(['leak'])
    expect(classesOf(request, { verdict: mustAllow, whose: 'ours' })).toEqual(['leak'])
    expect(classesOf(request, { verdict: mustAllow })).toEqual([])
  })
})

test('white space around the cookies that are left is no change', () => {
  const cookie = (value: string) => ({ cookie: [{ key: 'Cookie', value }] })
  const inCookies: Policy = { ...policy, credentials: { cookie: 'session' } }
  const circumstances = { verdict: mustAllow, whose: 'ours', policy: inCookies } as const
  const kept = (value: string) => ({ ...request, headers: { ...request.headers, ...cookie(value) } })
  const before = cookie('session=x;\u00a0a=b; \tc=d')
  expect(classesOf(kept('\u00a0a=b; \tc=d'), { ...circumstances, headers: before })).toEqual([])
  expect(classesOf(kept('a=b;c=d'), { ...circumstances, headers: before })).toEqual([])
  expect(classesOf(kept('a=b'), { ...circumstances, headers: before })).toEqual(['leak'])
  expect(classesOf(kept('a=b'), { ...circumstances, headers: cookie('; session=x;; a=b') })).toEqual([])
})

describe('results that CloudFront refuses', () => {
  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'denied'],
    ['a status that is no string', denial({}, 401)],
    ['a header that a function may not set', denial({ 'x-amz-cf-id': '1' })],
    ['a header that is read-only', denial({ via: 'x' })],
    ['more than 40 KB', { ...denial(), body: 'x'.repeat(41 * 1024) }],
    ['headers that are no lists', { status: '401', headers: { 'cache-control': 'no-store' } }],
  ])('%s', (_title, value) => expect(classesOf(value)).toEqual(['invalid-result']))
})

describe('denials', () => {
  test('without no-store or private, and of a wrong status, are unsafe', () => {
    expect(classesOf(denial({ 'cache-control': 'max-age=60' }))).toEqual(['unsafe-denial'])
    expect(classesOf(denial({}, '200'))).toEqual(['unsafe-denial'])
    expect(classesOf(denial({}, '503'))).toEqual(['unsafe-denial'])
  })
  test.each<[string, string, string[]]>([
    ['to the login page', 'https://login.example.com/?next=%2Ffiles%2Fa', []],
    ["back to the viewer's own host", 'https://login.example.com/?next=https%3A%2F%2Fsite.example%2Fa', []],
    ['back to another host', 'https://login.example.com/?next=%2F%2Fevil.example%2Fa', ['open-redirect']],
    ['to a host that the viewer named', 'https://evil.example/', ['open-redirect']],
    ['to no web address', 'javascript:alert(1)', ['open-redirect']],
    ["to a page that is not the policy's", 'https://other.example/', ['unsafe-denial']],
    ['to the page that was asked for', '/files/a', ['unsafe-denial']],
    ['to a host that begins like the login page', 'https://login.example.com.other.example/', ['unsafe-denial']],
    ['to the login page with text that is no address', 'https://login.example.com/?next=/a "b"', ['unsafe-denial']],
    ['to a part of the login page', 'https://login.example.com/?next=/a#b', ['unsafe-denial']],
    ['to the login page with a parameter of its own', 'https://login.example.com/?next=%2Fa&state=b', []],
  ])('lead %s', (_title, location, expected) => {
    expect(classesOf(denial({ location }, '302'))).toEqual(expected)
  })
  test('may tell the login page to return elsewhere where stories of sign-in show what becomes of it', () => {
    const back = denial({ location: 'https://login.example.com/?next=%2F%2Fevil.example%2Fa' }, '302')
    expect(classesOf(back, { playsSignIn: true })).toEqual([])
    expect(classesOf(denial({ location: 'https://evil.example/' }, '302'), { playsSignIn: true })).toEqual([
      'open-redirect',
    ])
  })
  test('may lead to a login page that has an address of its own', () => {
    const page = 'https://login.example.com/?redirect_uri=https%3A%2F%2Fapp.example.com%2F'
    const own = { ...policy, deny: { unauthenticated: { redirect: page } } }
    expect(classesOf(denial({ location: page }, '302'), { policy: own })).toEqual([])
    const other = 'https://login.example.com/?redirect_uri=https%3A%2F%2Fevil.example%2F'
    expect(classesOf(denial({ location: other }, '302'), { policy: own })).toEqual(['open-redirect'])
  })
  test('may lead back to a host that the handler knows where the viewer names none', () => {
    const { host: _, ...rest } = request.headers
    const asked = { ...request, headers: rest }
    const back = (to: string) =>
      denial({ location: `https://login.example.com/?next=${encodeURIComponent(to)}` }, '302')
    expect(classesOf(back('https://app.example.com/files/a'), { request: asked })).toEqual([])
    expect(classesOf(back('https://evil.example/files/a'), { request: asked })).toEqual(['open-redirect'])
  })
  test('of a good token without the right lead to no login page, which would bring it back', () => {
    const location = 'https://login.example.com/?next=%2Ffiles%2Fa'
    const forbidden: Verdict = { ...mustDeny, rule: 'paths/no-right', isForbidden: true }
    expect(classesOf(denial({ location }, '302'), { verdict: forbidden })).toEqual(['unsafe-denial'])
    expect(classesOf(denial({}, '403'), { verdict: forbidden })).toEqual([])
  })
  test("must not give the login page parameters of the viewer's", () => {
    const location = 'https://login.example.com/?next=/files/a&role=admin'
    const asked = { ...request, uri: '/files/a%26role=admin' }
    expect(classesOf(denial({ location }, '302'), { request: asked })).toEqual(['unsafe-denial'])
    const encoded = 'https://login.example.com/?next=%2Ffiles%2Fa%2526role%3Dadmin'
    expect(classesOf(denial({ location: encoded }, '302'), { request: asked })).toEqual([])
  })
  test('a line break in a header is an injection', () => {
    expect(classesOf(denial({ 'x-reason': 'a\r\nset-cookie: a=b' }))).toEqual(['header-injection'])
  })
  test('a line break that a header of the event had already is none', () => {
    const cookie = (value: string) => ({ cookie: [{ key: 'Cookie', value }] })
    const rewritten = { ...allowed, headers: { ...others, ...cookie('a=\nb') } }
    expect(classesOf(rewritten, { verdict: mustAllow, headers: cookie('session=x; a=\nb') })).toEqual([])
    expect(classesOf(rewritten, { verdict: mustAllow, headers: cookie('session=x; a=b') })).toEqual([
      'header-injection',
    ])
  })
  test("may lead back by a path whatever the viewer's host header holds", () => {
    const location = 'https://login.example.com/?next=%2Ffiles%2Fa'
    for (const value of ['a@site.example', 'SITE.example:443', 'no host, at all', '']) {
      expect(classesOf(denial({ location }, '302'), { headers: { host: [{ key: 'Host', value }] } })).toEqual([])
    }
  })
})

describe('leaks', () => {
  test('the token or its claims in the log, the response or a fetch', () => {
    expect(classesOf(denial(), { logs: [`bad token ${token}`] })).toEqual(['leak'])
    expect(classesOf(denial(), { logs: [JSON.stringify(claims)] })).toEqual(['leak'])
    expect(classesOf(denial(), { logs: ['denied for subject-0001'] })).toEqual([])
    expect(classesOf({ ...denial(), body: signature })).toEqual(['leak'])
    expect(
      classesOf(denial(), { fetches: [{ url: `https://a.example/?t=${token}`, at: 0, via: 'http/1.1' }] }),
    ).toEqual(['leak'])
  })
  test("what the viewer's own path spells is the token's no more", () => {
    const location =
      'https://login.example.com/?next=%2Ffiles%2Fsubject-0001%2Ftoken-id-0001%2Fsomebody%2540example.com'
    const asked = { ...request, uri: '/files/subject-0001/token-id-0001/somebody%40example.com' }
    expect(classesOf(denial({ location }, '302'), { request: asked })).toEqual([])
    expect(classesOf(denial({ 'x-about': 'subject-0001 token-id-0001 somebody@example.com' }))).toEqual(['leak'])
  })
  test('a line of the log that the token wrote', () => {
    expect(classesOf(denial(), { logs: ['kid a', 'forged line'] })).toEqual(['log-injection'])
    expect(classesOf(denial(), { logs: ['kid a', 'another line'] })).toEqual([])
  })
})
