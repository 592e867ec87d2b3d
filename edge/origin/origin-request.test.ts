import { expect, test } from 'vitest'
import { pathOf } from '../cache/upstream.ts'
import type { Behavior, Selection } from '../template/distribution.ts'
import { headerRecord } from '../viewer/header-list.ts'
import type { ViewerRequest } from '../viewer/viewer-request.ts'
import { acceptedHeaders, originRequest } from './origin-request.ts'

const none: Selection = { kind: 'none', names: new Set() }
const all: Selection = { kind: 'all', names: new Set() }
const only = (...names: string[]): Selection => ({ kind: 'whitelist', names: new Set(names) })

function behavior(changes: Partial<Behavior> = {}, keyed: Partial<Behavior['cache']> = {}): Behavior {
  return {
    pathPattern: '*',
    allowedMethods: new Set(['GET', 'HEAD', 'OPTIONS', 'POST']),
    cachedMethods: new Set(['GET', 'HEAD']),
    viewerProtocolPolicy: 'allow-all',
    compress: false,
    cache: {
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: 0,
      headers: none,
      cookies: none,
      queryStrings: none,
      gzip: true,
      brotli: true,
      ...keyed,
    },
    originRequest: null,
    responseHeaders: null,
    origin: {
      id: 'o',
      domainName: 'o',
      path: '/base',
      signed: false,
      bucket: null,
      customHeaders: [{ name: 'X-Key', value: 'k' }],
      connectionAttempts: 3,
      connectionTimeoutMs: 10_000,
      readTimeoutMs: 30_000,
      custom: null,
    },
    functions: { 'viewer-request': null, 'origin-request': null, 'origin-response': null, 'viewer-response': null },
    trustedKeys: null,
    refusal: null,
    ...changes,
  }
}

const viewerHeaders = [
  ...['Host', 'viewer.example.com', 'User-Agent', 'browser', 'Authorization', 'Bearer t', 'Cookie', 'a=1; b=2'],
  ...['Accept-Encoding', 'deflate, gzip', 'Connection', 'keep-alive, X-Hop', 'X-Hop', '1', 'X-Other', '2'],
  ...['If-None-Match', '"e"', 'Range', 'bytes=0-1', 'X-Forwarded-For', '192.0.2.4'],
]

function sent(to: Behavior, method = 'GET') {
  const request: ViewerRequest = {
    id: 'ID==',
    method,
    uri: '/p',
    querystring: 'x=1&y=2',
    headers: viewerHeaders,
    body: null,
    clientIp: '192.0.2.2',
    clientPort: 40_000,
    protocol: 'HTTP/1.1',
    encrypted: true,
  }
  const upstream = originRequest(request, headerRecord(viewerHeaders), to)
  const headers: Record<string, string> = headerRecord(upstream.headers)
  return { path: pathOf(upstream, '/base'), ...headers } as Record<string, string>
}

test('without policies only what CloudFront always sends reaches the origin', () => {
  expect(sent(behavior())).toEqual({
    path: '/base/p',
    'user-agent': 'Amazon CloudFront',
    via: '1.1 edgeproof.cloudfront.net (CloudFront)',
    'x-amz-cf-id': 'ID==',
    'x-forwarded-for': '192.0.2.4, 192.0.2.2',
    'accept-encoding': 'gzip',
    'if-none-match': '"e"',
    range: 'bytes=0-1',
  })
})

test('what either policy names is sent, connection options never', () => {
  const policy = { headers: all, cookies: only('b'), queryStrings: only('y') }
  const request = sent(behavior({ originRequest: policy }, { queryStrings: only('x') }))
  expect(request).toMatchObject({ path: '/base/p?x=1&y=2', cookie: 'b=2', 'user-agent': 'browser', 'x-other': '2' })
  expect(request).not.toHaveProperty('x-hop')
  expect(request.host).toBe('viewer.example.com')
  const without = { ...policy, headers: { kind: 'allExcept' as const, names: new Set(['host']) } }
  expect(sent(behavior({ originRequest: without }))).not.toHaveProperty('host')
})

test.each([
  ['GET', behavior(), undefined],
  ['HEAD', behavior(), undefined],
  ['GET', behavior({}, { headers: only('authorization') }), 'Bearer t'],
  ['OPTIONS', behavior(), 'Bearer t'],
  ['OPTIONS', behavior({ cachedMethods: new Set(['GET', 'HEAD', 'OPTIONS']) }), undefined],
  ['POST', behavior(), 'Bearer t'],
])('Authorization of %s', (method, to, expected) => {
  expect(sent(to, method).authorization).toBe(expected)
})

test('Set-Cookie is kept only where cookies are forwarded, Vary only for what is', () => {
  const headers = [
    'Set-Cookie',
    'a=1',
    'Vary',
    'Origin, Accept-Encoding, X-Other',
    'X-Amz-Request-Id',
    'r',
    'ETag',
    '"e"',
  ]
  expect(acceptedHeaders(headers, behavior())).toEqual(['Vary', 'Accept-Encoding', 'ETag', '"e"'])
  const open = behavior({ originRequest: { headers: only('origin'), cookies: all, queryStrings: none } })
  expect(acceptedHeaders(headers, open)).toEqual([
    'Set-Cookie',
    'a=1',
    'Vary',
    'Origin, Accept-Encoding',
    'ETag',
    '"e"',
  ])
})
