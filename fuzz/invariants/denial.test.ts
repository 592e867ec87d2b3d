/** Denials under a policy of a site: ours is held to the one response, a foreign handler to what it must not do. */
import { describe, expect, test } from 'vitest'
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy, UnauthenticatedDenial } from '../../authorizer/policy.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import { examineDenial } from './denial.ts'

const page = '<!doctype html><title>401</title>'
const policy = (unauthenticated: UnauthenticatedDenial = {}): Policy => ({
  issuer: 'https://issuer.example',
  clientIds: ['client'],
  routes: [{ path: '/files/*' }],
  corsOrigins: ['https://*.example.com'],
  deny: { unauthenticated, forbidden: { page } },
})
const login = policy({ redirect: '/login', returnTo: 'to' })
const verdict: Verdict = {
  outcome: 'must-deny',
  rule: 'credentials/absent',
  reason: 'no token',
  ours: 'deny',
  denial: 'unauthenticated',
}
const forbidden: Verdict = { ...verdict, rule: 'paths/no-right', isForbidden: true, denial: 'forbidden' }
const passes: Verdict = { outcome: 'must-allow', rule: 'order/allow', reason: 'good', ours: 'allow' }
const slash: Verdict = { ...verdict, rule: 'paths/slash', slash: { location: '/files/?a=b', verdict: passes } }

const headersOf = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [{ key, value }]]))

const navigation = { host: 'site.example', accept: 'text/html' }

interface Asked {
  whose?: 'ours' | 'foreign'
  verdict?: Verdict
  policy?: Policy
  headers?: Record<string, string>
  method?: string
  querystring?: string
  keysReachable?: boolean
}

/** Rules that a response breaks, and in brackets those of notes. */
function rulesOf(status: string, headers: Record<string, string>, body: string | undefined, asked: Asked): string[] {
  const { method = 'GET', querystring = '', keysReachable = true, whose = 'ours' } = asked
  const request: ViewerRequest = {
    method,
    uri: '/files/a-b/c',
    querystring,
    headers: headersOf(asked.headers ?? navigation),
  }
  const response = {
    status,
    headers: headersOf({ 'cache-control': 'no-store', ...headers }),
    ...(body === undefined ? {} : { body }),
  }
  const { observations, remarks } = examineDenial(asked.policy ?? login, request, response, {
    keysReachable,
    whose,
    verdict: asked.verdict ?? verdict,
    playsSignIn: false,
  })
  return [...observations.map(({ rule }) => rule), ...remarks.map(({ rule }) => `(${rule})`)]
}

const csp = { 'content-security-policy': "default-src 'none'" }
const location = '/login?to=%2Ffiles%2Fa-b%2Fc'
const html = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; img-src data:",
}

describe('ours', () => {
  test.each<[string, string[], [string, Record<string, string>, string?], Asked?]>([
    ['a navigation to the login page', [], ['302', { ...csp, location }]],
    ['by another redirect', ['deny/status'], ['303', { ...csp, location }]],
    ['not at all', ['deny/redirect-on'], ['401', csp]],
    ['without the way back', ['deny/return-path'], ['302', { ...csp, location: '/login' }]],
    [
      'with the host',
      ['deny/return-path', '(deny/location)'],
      ['302', { ...csp, location: `https://site.example${location}` }],
    ],
    ['with a body', ['deny/page'], ['302', { ...csp, location }, page]],
    ['with a policy for pages', ['deny/page'], ['302', { ...html, location }]],
    ['a fetch to its status', [], ['401', csp], { headers: { accept: '*/*' } }],
    ['a fetch to the login page', ['deny/redirect-on'], ['302', { ...csp, location }], { headers: { accept: '*/*' } }],
    ['a forbidden viewer to the page', [], ['403', html, page], { verdict: forbidden }],
    ['to nothing for HEAD', [], ['403', html], { verdict: forbidden, method: 'HEAD' }],
    ['to another page', ['deny/page'], ['403', html, `${page} `], { verdict: forbidden }],
    ['to a page for HEAD', ['deny/page'], ['403', html, page], { verdict: forbidden, method: 'HEAD' }],
    [
      'without its type',
      ['deny/page'],
      ['403', { ...html, 'content-type': 'text/html' }, page],
      { verdict: forbidden },
    ],
    ['with another status', ['deny/status'], ['404', html, page], { verdict: forbidden }],
    ['nowhere for want of keys', [], ['503', csp], { keysReachable: false }],
    ['to a page for want of keys', ['deny/page'], ['503', csp, page], { keysReachable: false }],
    ['nowhere though keys can be had', ['deny/status'], ['503', csp]],
    ['a path to its slash', [], ['302', { location: '/files/?a=b' }], { verdict: slash }],
    [
      'a path to its slash elsewhere',
      ['paths/slash', '(deny/location)'],
      ['302', { location: '/files/' }],
      { verdict: slash, policy: policy() },
    ],
    ['a path without its slash nowhere', ['paths/slash'], ['403', html, page], { verdict: slash }],
  ])('leads %s', (_title, expected, [status, headers, body], asked = {}) => {
    expect(rulesOf(status, headers, body, asked)).toEqual(expected)
  })
  test('lets those origins read it that the policy names', () => {
    const asked = (origin: string): Asked => ({ headers: { accept: '*/*', origin } })
    const readBy = (origin: string) => ({ ...csp, 'access-control-allow-origin': origin })
    const [named, other] = ['https://a.b.example.com', 'https://evil-example.com']
    expect(rulesOf('401', readBy(named), undefined, asked(named))).toEqual([])
    expect(rulesOf('401', csp, undefined, asked(named))).toEqual(['deny/cors'])
    expect(rulesOf('401', readBy(other), undefined, asked(other))).toEqual(['deny/cors'])
    expect(rulesOf('401', csp, undefined, asked(other))).toEqual([])
    expect(rulesOf('401', readBy(other), undefined, { ...asked(other), whose: 'foreign' })).toEqual(['(deny/cors)'])
  })
})

describe('what a foreign handler may do', () => {
  const hosted = policy({ redirect: 'https://login.example.com/authorize', redirectOn: 'always' })
  const at = (headers: Record<string, string>, querystring = ''): Asked => ({
    whose: 'foreign',
    policy: hosted,
    headers: { host: 'site.example', ...headers },
    querystring,
  })

  test.each<[string, string[], string, Asked]>([
    ['a constant redirect_uri', [], 'https://app.example.net/callback', at({})],
    ['with another Host', [], 'https://app.example.net/callback', at({ host: 'other.example' })],
    [
      'one that the viewer names',
      ['deny/location'],
      'https://evil.example/cb',
      at({ 'x-forwarded-host': 'evil.example' }),
    ],
    [
      'one that is beside a page of the policy',
      [],
      'https://login.example.com/cb',
      at({ referer: 'https://login.example.com/' }),
    ],
  ])('%s', (_title, expected, redirectUri, asked) => {
    const location = `https://login.example.com/authorize?redirect_uri=${encodeURIComponent(redirectUri)}`
    expect(rulesOf('302', { location }, undefined, asked)).toEqual(expected)
  })

  test.each<[string, string[], Record<string, string>, string]>([
    ['home after a sign-in', ['(deny/location)'], { location: '/start', 'set-cookie': 's=1' }, 'code=a&state=b'],
    ['home without one', ['deny/location'], { location: '/start' }, ''],
    [
      'elsewhere after one',
      ['deny/location'],
      { location: 'https://evil.example/', 'set-cookie': 's=1' },
      'code=a&state=evil.example',
    ],
  ])('a redirect %s', (_title, expected, headers, querystring) => {
    expect(rulesOf('302', headers, undefined, at({}, querystring))).toEqual(expected)
  })

  test.each<[string, string, boolean, Record<string, string>, string?]>([
    ['302', '302', false, {}],
    ['307', '307', false, {}],
    ['401', '401', false, {}],
    ['403', '403', false, {}],
    ['403 that asks again', '403', false, { 'cache-control': 'no-cache' }],
    ['403 with a time', '403', true, { 'cache-control': 'max-age=60' }],
    ['302 that is public', '302', true, { 'cache-control': 'public' }],
    ['401 that expires', '401', true, { expires: 'Thu, 01 Jan 2037 00:00:00 GMT' }],
    ['404', '404', true, {}],
    ['301', '301', true, {}],
    ['404 for DELETE', '404', false, {}, 'DELETE'],
  ])('no-store is asked for where a browser may keep it: %s', (_title, status, isAsked, headers, method = 'GET') => {
    const fields = { 'cache-control': '', ...headers }
    const own = { whose: 'foreign', policy: policy(), method } as const
    expect(rulesOf(status, fields, undefined, own).includes('deny/cache-control')).toBe(isAsked)
    expect(rulesOf(status, fields, undefined, { ...own, whose: 'ours' })).toContain('deny/cache-control')
  })
})

describe('a foreign handler', () => {
  test.each<[string, string[], [string, Record<string, string>, string?], Asked?]>([
    ['leads to the login page', [], ['302', { location }]],
    ['names the host', ['(deny/location)'], ['302', { location: `https://site.example${location}` }]],
    ['leads elsewhere on the host', ['deny/location', '(deny/return-path)'], ['302', { location: '/other' }]],
    ['leads a fetch to log in', ['deny/redirect-on'], ['302', { location }], { headers: { accept: '*/*' } }],
    ['does not lead a navigation to log in', ['(deny/redirect-on)'], ['401', {}]],
    ['forgets the way back', ['(deny/return-path)'], ['302', { location: '/login' }]],
    ['has a text of its own', ['(deny/page)'], ['403', {}, 'Forbidden'], { verdict: forbidden }],
    ['has the page', [], ['403', {}, page], { verdict: forbidden }],
    ['echoes the path', ['deny/page'], ['403', {}, '<p>/files/a-b/c'], { verdict: forbidden }],
    [
      'echoes the query',
      ['deny/page'],
      ['403', {}, '&lt;b&gt;12345'],
      { verdict: forbidden, querystring: 'q=%3Cb%3E12345' },
    ],
    ['leads to the slash', [], ['302', { location: '/files/?a=b' }], { verdict: slash }],
    [
      'leads to the slash with the host',
      [],
      ['302', { location: 'https://site.example/files/?a=b' }],
      { verdict: slash },
    ],
    ['denies the path without its slash', ['(paths/slash)'], ['403', {}], { verdict: slash }],
  ])('%s', (_title, expected, [status, headers, body], asked = {}) => {
    expect(rulesOf(status, headers, body, { ...asked, whose: 'foreign' })).toEqual(expected)
  })
})
