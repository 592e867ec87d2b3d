/**
 * What CloudFront's Developer Guide says, a test for each sentence with its page: the published source of 2023-06-15 where no
 * year stands beside it. http-cache-tests, beside this, holds the cache against RFC 9111.
 */
import { createHash, createSign, generateKeyPairSync } from 'node:crypto'
import http from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Edge } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { cachePolicyFixture } from '../template/template-fixture.ts'

const config = {
  policy: { issuer: 'https://issuer.example.com', clientIds: ['client'], routes: [{ path: '/*', public: true }] },
}
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

let servers: http.Server[]
let edge: Edge
let enforcing: Edge
interface Seen {
  method: string
  path: string
  headers: http.IncomingHttpHeaders
}
const seen: Seen[] = []

/** Answers as the test said for the path, by name; without that 200 with the path. */
type Reply = { status?: number; headers?: http.OutgoingHttpHeaders; body?: string; cut?: boolean; silent?: boolean }
const replies = new Map<string, Reply>()
let serial = 0
/** A path of its own for each test, so that no cache entry is shared. */
function path(reply: Reply = {}, prefix = '/a'): string {
  const name = `${prefix}/${++serial}`
  replies.set(name, reply)
  return name
}

function originServer(name: string): Promise<string> {
  const server = http.createServer((request, response) => {
    request.resume()
    const url = request.url ?? '/'
    seen.push({ method: request.method ?? '', path: url, headers: request.headers })
    const reply = replies.get(`${name} ${url.split('?')[0]}`) ?? replies.get(url.split('?')[0] ?? '') ?? {}
    if (reply.cut) return void request.socket.destroy()
    if (reply.silent) return
    response.writeHead(reply.status ?? 200, { 'Content-Type': 'text/plain', 'X-Origin': name, ...reply.headers })
    response.end(reply.body ?? `body of ${url}`)
  })
  servers.push(server)
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  )
}

const cachePolicy = (parameters: Record<string, unknown>, ttls: object = {}) =>
  cachePolicyFixture(parameters, { DefaultTTL: 3600, MaxTTL: 86_400, ...ttls })

const custom = {
  CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginReadTimeout: 1 },
  ConnectionAttempts: 1,
}
const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE']
const behavior = (PathPattern: string, more: object = {}) => ({
  PathPattern,
  TargetOriginId: 'one',
  AllowedMethods: methods,
  ViewerProtocolPolicy: 'allow-all',
  Compress: true,
  CachePolicyId: { Ref: 'Plain' },
  ...more,
})
const allViewer = '216adef6-5c7f-47e4-b989-5492eafa07d3'

const template = {
  Resources: {
    Plain: cachePolicy({}),
    Cookies: cachePolicy({ CookiesConfig: { CookieBehavior: 'whitelist', Cookies: ['id'] } }),
    Query: cachePolicy({ QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['q'] } }),
    Headers: cachePolicy({
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Product', 'CloudFront-Viewer-Country'] },
    }),
    Minimum: cachePolicy({}, { MinTTL: 60 }),
    Key: {
      Type: 'AWS::CloudFront::PublicKey',
      Properties: { PublicKeyConfig: { EncodedKey: publicKey, Name: 'k', CallerReference: 'k' } },
    },
    Keys: { Type: 'AWS::CloudFront::KeyGroup', Properties: { KeyGroupConfig: { Name: 'g', Items: [{ Ref: 'Key' }] } } },
    Site: { Type: 'AWS::S3::Bucket' },
    Distribution: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          DefaultRootObject: 'start.html',
          Origins: [
            {
              Id: 'one',
              DomainName: 'one.example.com',
              OriginCustomHeaders: [{ HeaderName: 'X-Key', HeaderValue: 'k' }],
              ...custom,
            },
            { Id: 'two', DomainName: 'two.example.com', OriginPath: '/base', ...custom },
          ],
          OriginGroups: {
            Quantity: 1,
            Items: [
              {
                Id: 'group',
                FailoverCriteria: { StatusCodes: { Quantity: 2, Items: [404, 500] } },
                Members: { Quantity: 2, Items: [{ OriginId: 'one' }, { OriginId: 'two' }] },
              },
            ],
          },
          CustomErrorResponses: [
            { ErrorCode: 418, ErrorCachingMinTTL: 5 },
            { ErrorCode: 410, ResponseCode: 200, ResponsePagePath: '/errors/gone.html', ErrorCachingMinTTL: 60 },
            { ErrorCode: 405, ResponseCode: 404, ResponsePagePath: '/errors/none.html' },
          ],
          CacheBehaviors: [
            behavior('/cookies/*', { CachePolicyId: { Ref: 'Cookies' } }),
            behavior('/query/*', { CachePolicyId: { Ref: 'Query' } }),
            behavior('/headers/*', { CachePolicyId: { Ref: 'Headers' } }),
            behavior('/minimum/*', { CachePolicyId: { Ref: 'Minimum' } }),
            behavior('/all/*', { OriginRequestPolicyId: allViewer }),
            behavior('/group/*', { TargetOriginId: 'group' }),
            behavior('/signed/*', { TrustedKeyGroups: [{ Ref: 'Keys' }] }),
            behavior('/redirect/*', { ViewerProtocolPolicy: 'redirect-to-https' }),
            behavior('/https/*', { ViewerProtocolPolicy: 'https-only' }),
            behavior('/get/*', { AllowedMethods: ['GET', 'HEAD'] }),
            behavior('/security/*', { ResponseHeadersPolicyId: '67f7725c-6f97-4210-82d7-5512b31e9d03' }),
            behavior('/cors/*', { ResponseHeadersPolicyId: '60669652-455b-4ae9-85a4-c4c02393f86c' }),
            behavior('/pat/*.jpg', { TargetOriginId: 'two' }),
          ],
          DefaultCacheBehavior: (({ PathPattern: _, ...rest }) => rest)(behavior('*')),
        },
      },
    },
  },
}

beforeAll(async () => {
  servers = []
  const origins = { one: await originServer('one'), two: await originServer('two') }
  const options = { template, config, origins, geo: { country: 'NL', city: 'Delft' } }
  edge = await startEdge(options)
  enforcing = await startEdge({ ...options, enforceHttps: true })
})
beforeEach(() => {
  seen.length = 0
})
afterAll(async () => {
  await Promise.all([edge.close(), enforcing.close()])
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
})

interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: string
  cache: string
}

/** By node:http, which sends what it is given: dots, hosts and methods. */
function ask(
  target: string,
  {
    method = 'GET',
    headers = {},
    body = '',
    at = edge,
  }: { method?: string; headers?: http.OutgoingHttpHeaders; body?: string; at?: Edge } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(at.url)
    const sent = http.request({ hostname, port, path: target, method, headers, agent: false }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString()
      const cache = String(response.headers['x-cache']).replace(' from cloudfront', '')
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, cache })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const twice = async (target: string, options: Parameters<typeof ask>[1] = {}) => {
  await ask(target, options)
  return ask(target, options)
}
const lasting = { 'Cache-Control': 'max-age=600' }

function signed(url: string, expires: number, custom = false): string {
  const statement = { Resource: url, Condition: { DateLessThan: { 'AWS:EpochTime': expires } } }
  const policy = JSON.stringify({ Statement: [statement] })
  const safe = (bytes: Buffer) =>
    bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~')
  const signature = safe(createSign('RSA-SHA1').update(policy).sign(privateKey))
  const first = custom ? `Policy=${safe(Buffer.from(policy))}` : `Expires=${expires}`
  return `${first}&Signature=${signature}&Key-Pair-Id=Key`
}
const soon = () => Math.floor(Date.now() / 1000) + 600

/** Page, sentence, and what shows it. */
const documented: [page: string, sentence: string, shown: () => Promise<void>][] = [
  [
    'Path pattern (2025)',
    'the normalized path chooses the behavior, and the raw one goes to the origin',
    async () => {
      for (const raw of ['/def/../pat/x.jpg', '//pat/x.jpg', '/pat/./y.jpg', '/p%61t/z.jpg']) {
        seen.length = 0
        expect((await ask(raw)).headers['x-origin']).toBe('two')
        expect(seen[0]?.path).toBe(`/base${raw}`)
      }
      expect((await ask('/pat/../x.jpg')).headers['x-origin']).toBe('one')
    },
  ],
  [
    'Path pattern',
    'paths are matched case by case',
    async () => {
      expect((await ask('/PAT/x.jpg')).headers['x-origin']).toBe('one')
    },
  ],
  [
    'using-https-viewers-to-cloudfront',
    'a GET is redirected with 301, to HTTPS without the plain port',
    async () => {
      const { status, headers } = await ask('/redirect/x?a=1', {
        at: enforcing,
        headers: { host: 'site.example.com:8080' },
      })
      expect([status, headers.location, headers['x-cache']]).toEqual([
        301,
        'https://site.example.com/redirect/x?a=1',
        'Redirect from cloudfront',
      ])
    },
  ],
  [
    'using-https-viewers-to-cloudfront',
    'every other method with 307',
    async () => {
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
        expect((await ask('/redirect/x', { at: enforcing, method })).status).toBe(307)
      }
    },
  ],
  [
    'Viewer protocol policy',
    'HTTPS only answers 403 to plain HTTP',
    async () => {
      expect((await ask('/https/x', { at: enforcing })).status).toBe(403)
    },
  ],
  [
    'RequestAndResponseBehaviorCustomOrigin',
    'a URL of more than 8,192 bytes is 413',
    async () => {
      expect((await ask(`/${'u'.repeat(8150)}`, { headers: { host: 'a' } })).status).toBe(200)
      expect((await ask(`/${'u'.repeat(8190)}`)).status).toBe(413)
    },
  ],
  [
    'cloudfront-limits (2025)',
    'a request of more than 32,768 bytes is 413',
    async () => {
      const headers = (size: number) =>
        Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`x-${index}`, 'v'.repeat(size)]))
      expect((await ask('/limit', { headers: headers(8000) })).status).toBe(200)
      expect((await ask('/limit', { headers: headers(8200) })).status).toBe(413)
    },
  ],
  [
    'Allowed HTTP methods',
    'a method that is not allowed is 403 (inferred)',
    async () => {
      expect((await ask('/get/x', { method: 'POST' })).status).toBe(403)
    },
  ],
  [
    'RequestAndResponseBehaviorS3Origin',
    'a GET with a body is 403',
    async () => {
      expect((await ask('/x', { body: 'b', headers: { 'content-length': 1 } })).status).toBe(403)
    },
  ],
  [
    'RequestAndResponseBehaviorCustomOrigin',
    'Expect is removed, and whatever it expects the request is served',
    async () => {
      const { status } = await ask(path({}, '/all'), { method: 'POST', headers: { expect: 'something' } })
      expect([status, seen[0]?.headers.expect]).toEqual([200, undefined])
    },
  ],
  [
    'RequestAndResponseBehaviorCustomOrigin',
    "without a policy Host is the origin's, with AllViewer the viewer's",
    async () => {
      await ask(path(), { headers: { host: 'viewer.example.com' } })
      await ask(path({}, '/all'), { headers: { host: 'viewer.example.com' } })
      expect(seen.map(({ headers }) => headers.host === 'viewer.example.com')).toEqual([false, true])
    },
  ],
  [
    'RequestAndResponseBehaviorCustomOrigin',
    'User-Agent is replaced, Via and X-Amz-Cf-Id are added, X-Forwarded-For is continued',
    async () => {
      const { headers } = await ask(path(), { headers: { 'user-agent': 'mine', 'x-forwarded-for': '192.0.2.4' } })
      expect(seen[0]?.headers).toMatchObject({
        'user-agent': 'Amazon CloudFront',
        'x-forwarded-for': '192.0.2.4, 127.0.0.1',
        'x-amz-cf-id': headers['x-amz-cf-id'],
      })
      expect(seen[0]?.headers.via).toContain('(CloudFront)')
    },
  ],
  [
    'RequestAndResponseBehaviorCustomOrigin',
    'X-Edge-* of a viewer never reach the origin',
    async () => {
      await ask(path({}, '/all'), { headers: { 'x-edge-a': '1', 'x-other': '1' } })
      expect([seen[0]?.headers['x-edge-a'], seen[0]?.headers['x-other']]).toEqual([undefined, '1'])
    },
  ],
  [
    'add-origin-custom-headers',
    "custom headers are added, in place of the viewer's",
    async () => {
      await ask(path({}, '/all'), { headers: { 'x-key': 'forged' } })
      expect(seen[0]?.headers['x-key']).toBe('k')
    },
  ],
  [
    'Cookies',
    'Set-Cookie is removed where cookies are not forwarded, of POST as of GET',
    async () => {
      const reply = { headers: { 'Set-Cookie': 'a=1' } }
      expect((await ask(path(reply))).headers['set-cookie']).toBeUndefined()
      expect((await ask(path(reply), { method: 'POST' })).headers['set-cookie']).toBeUndefined()
    },
  ],
  [
    'Cookies',
    'where cookies are forwarded Set-Cookie is passed on and cached',
    async () => {
      const target = path({ headers: { ...lasting, 'Set-Cookie': 'a=1' } }, '/cookies')
      expect((await ask(target, { method: 'POST' })).headers['set-cookie']).toEqual(['a=1'])
      const again = await twice(target)
      expect([again.cache, again.headers['set-cookie']]).toEqual(['Hit', ['a=1']])
    },
  ],
  [
    'Cookies',
    'no-cache="Set-Cookie" keeps the object and not the cookie',
    async () => {
      const target = path(
        { headers: { 'Cache-Control': 'max-age=600, no-cache="Set-Cookie"', 'Set-Cookie': 'a=1' } },
        '/cookies',
      )
      expect((await ask(target)).headers['set-cookie']).toEqual(['a=1'])
      const again = await ask(target)
      expect([again.cache, again.headers['set-cookie']]).toEqual(['Hit', undefined])
    },
  ],
  [
    'Cookies',
    'cookies of the list are in the key and forwarded, others are neither',
    async () => {
      const target = path({ headers: lasting }, '/cookies')
      await ask(target, { headers: { cookie: 'id=1; other=2' } })
      expect(seen[0]?.headers.cookie).toBe('id=1')
      expect((await ask(target, { headers: { cookie: 'id=1; other=3' } })).cache).toBe('Hit')
      expect((await ask(target, { headers: { cookie: 'id=2' } })).cache).toBe('Miss')
    },
  ],
  [
    'QueryStringParameters',
    'parameters of the list are in the key and forwarded',
    async () => {
      const target = path({ headers: lasting }, '/query')
      await ask(`${target}?q=1&r=2`)
      expect(seen[0]?.path).toBe(`${target}?q=1`)
      expect((await ask(`${target}?r=3&q=1`)).cache).toBe('Hit')
      expect((await ask(`${target}?q=2`)).cache).toBe('Miss')
    },
  ],
  [
    'header-caching',
    'the case of a value counts, that of a name does not',
    async () => {
      const target = path({ headers: lasting }, '/headers')
      await ask(target, { headers: { Product: 'Acme' } })
      expect((await ask(target, { headers: { product: 'Acme' } })).cache).toBe('Hit')
      expect((await ask(target, { headers: { product: 'acme' } })).cache).toBe('Miss')
    },
  ],
  [
    'adding-cloudfront-headers',
    "CloudFront-Viewer-Country is CloudFront's, whatever the viewer says",
    async () => {
      await ask(path({}, '/headers'), { headers: { 'cloudfront-viewer-country': 'US' } })
      expect(seen[0]?.headers['cloudfront-viewer-country']).toBe('NL')
    },
  ],
  [
    'RangeGETs',
    'an origin without ranges: the whole object goes on and is cached, then ranges are served',
    async () => {
      const target = path({ headers: lasting, body: '0123456789' })
      const first = await ask(target, { headers: { range: 'bytes=2-4' } })
      expect([first.status, first.body]).toEqual([200, '0123456789'])
      const second = await ask(target, { headers: { range: 'bytes=2-4' } })
      expect([second.status, second.body, second.headers['content-range'], second.cache]).toEqual([
        206,
        '234',
        'bytes 2-4/10',
        'Hit',
      ])
    },
  ],
  [
    'RangeGETs',
    'ranges that overlap or go back are answered with the whole object',
    async () => {
      const target = path({ headers: lasting, body: '0123456789' })
      await ask(target)
      for (const range of ['bytes=4-6,1-2', 'bytes=1-4,3-6'])
        expect((await ask(target, { headers: { range } })).status).toBe(200)
      expect((await ask(target, { headers: { range: 'bytes=1-2,4-6' } })).status).toBe(206)
    },
  ],
  [
    'http-3xx-status-codes (2025)',
    '307 and 308 are cached only with Cache-Control, 301 and 302 without',
    async () => {
      const location = { Location: '/elsewhere' }
      for (const [status, headers, cache] of [
        [307, location, 'Miss'],
        [308, location, 'Miss'],
        [307, { ...location, ...lasting }, 'Hit'],
        [301, location, 'Hit'],
        [302, location, 'Hit'],
      ] as const) {
        expect([status, (await twice(path({ status, headers }))).cache]).toEqual([status, cache])
      }
    },
  ],
  [
    'http-3xx-status-codes (2025)',
    'a redirect of the origin is passed on, not followed',
    async () => {
      const { status, headers } = await ask(path({ status: 301, headers: { Location: '/elsewhere' } }))
      expect([status, headers.location, seen.length]).toEqual([301, '/elsewhere', 1])
    },
  ],
  [
    'HTTPStatusCodes',
    'GET and HEAD are cached, and a HEAD may be answered by what a GET brought',
    async () => {
      const target = path({ headers: lasting })
      expect((await twice(target, { method: 'HEAD' })).cache).toBe('Hit')
      expect((await ask(target)).cache).toBe('Miss')
      const other = path({ headers: lasting })
      await ask(other)
      expect((await ask(other, { method: 'HEAD' })).cache).toBe('Hit')
    },
  ],
  [
    'HTTPStatusCodes',
    'answers to other methods are not cached',
    async () => {
      await twice(path({ headers: lasting }), { method: 'POST' })
      expect(seen).toHaveLength(2)
    },
  ],
  [
    'HTTPStatusCodes',
    '404 and 500 are cached always',
    async () => {
      for (const status of [404, 500]) {
        seen.length = 0
        await twice(path({ status }))
        expect(seen).toHaveLength(1)
      }
    },
  ],
  [
    'HTTPStatusCodes',
    '403 is cached only where the origin says for how long',
    async () => {
      await twice(path({ status: 403 }))
      expect(seen).toHaveLength(2)
      await twice(path({ status: 403, headers: lasting }))
      expect(seen).toHaveLength(3)
    },
  ],
  [
    'HTTPStatusCodes',
    'an expired object stands in for a 5xx',
    async () => {
      const target = path({ headers: { 'Cache-Control': 'max-age=0' }, body: 'old' })
      await ask(target)
      replies.set(target, { status: 503 })
      expect(await ask(target)).toMatchObject({ status: 200, body: 'old' })
    },
  ],
  [
    'Expiration',
    'a minimum TTL above 0 is stronger than no-store',
    async () => {
      const headers = { 'Cache-Control': 'no-store' }
      expect((await twice(path({ headers }))).cache).toBe('Miss')
      expect((await twice(path({ headers }, '/minimum'))).cache).toBe('Hit')
    },
  ],
  [
    'Expiration',
    "without a lifetime of the origin's the default TTL counts",
    async () => {
      const hit = await twice(path())
      expect([hit.cache, Number(hit.headers.age) >= 0]).toEqual(['Hit', true])
    },
  ],
  [
    'RequestAndResponseBehaviorCustomOrigin',
    "a viewer's Cache-Control changes nothing",
    async () => {
      const target = path({ headers: lasting })
      await ask(target)
      expect((await ask(target, { headers: { 'cache-control': 'no-cache' } })).cache).toBe('Hit')
    },
  ],
  [
    'RequestAndResponseBehaviorCustomOrigin',
    'requests for one object at the same time are one request to the origin',
    async () => {
      const target = path({ headers: lasting })
      await Promise.all(Array.from({ length: 5 }, () => ask(target)))
      expect(seen).toHaveLength(1)
    },
  ],
  [
    'RequestAndResponseBehaviorCustomOrigin',
    'an origin that does not answer in time is 504',
    async () => {
      expect((await ask(path({ silent: true }))).status).toBe(504)
    },
  ],
  [
    'http-502-bad-gateway',
    'an origin that cannot be reached is 502',
    async () => {
      expect((await ask(path({ cut: true }))).status).toBe(502)
    },
  ],
  [
    'high_availability_origin_failover',
    'a status of the list, and no answer at all, lead to the second origin',
    async () => {
      for (const reply of [{ status: 404 }, { status: 500 }, { cut: true }]) {
        const target = path({}, '/group')
        replies.set(`one ${target}`, reply)
        expect((await ask(target)).headers['x-origin']).toBe('two')
      }
    },
  ],
  [
    'high_availability_origin_failover',
    'another status does not, and a POST never',
    async () => {
      const target = path({}, '/group')
      replies.set(`one ${target}`, { status: 403 })
      expect((await ask(target)).headers['x-origin']).toBe('one')
      replies.set(`one ${target}`, { status: 500 })
      expect((await ask(target, { method: 'POST' })).headers['x-origin']).toBe('one')
    },
  ],
  [
    'DownloadDistValuesOriginPath',
    'the origin path stands before the path',
    async () => {
      await ask('/pat/path.jpg')
      expect(seen[0]?.path).toBe('/base/pat/path.jpg')
    },
  ],
  [
    'DefaultRootObject',
    'the root is the default root object, a folder is not',
    async () => {
      await ask('/')
      await ask('/install/')
      expect(seen.map((each) => each.path)).toEqual(['/start.html', '/install/'])
    },
  ],
  [
    'GeneratingCustomErrorResponses',
    'the page of a status is served with the response code, by the first behavior that matches it',
    async () => {
      replies.set('/errors/gone.html', { body: 'gone page', headers: { 'Content-Type': 'text/html' } })
      const { status, body, headers, cache } = await ask(path({ status: 410 }))
      expect([status, body, headers['content-type'], cache]).toEqual([200, 'gone page', 'text/html', 'Error'])
    },
  ],
  [
    'GeneratingCustomErrorResponses',
    "where the page is not there the status is the page's",
    async () => {
      replies.set('/errors/none.html', { status: 404, body: 'no page' })
      expect(await ask(path({ status: 405 }))).toMatchObject({ status: 404, body: 'no page' })
    },
  ],
  [
    'private-content-creating-signed-url-canned-policy',
    'a signed URL is served until it expires, and without its parameters',
    async () => {
      const target = path({}, '/signed')
      const url = `${edge.url}${target}`
      expect((await ask(`${target}?${signed(url, soon())}`)).status).toBe(200)
      expect(seen[0]?.path).toBe(target)
      for (const query of [
        '',
        `?${signed(url, 1)}`,
        `?${signed(`${url}x`, soon())}`,
        `?${signed(url, soon()).replace('Expires=', 'Expires=9')}`,
      ]) {
        expect((await ask(target + query)).status).toBe(403)
      }
    },
  ],
  [
    'private-content-creating-signed-url-custom-policy',
    'a custom policy may have wildcards',
    async () => {
      const query = signed(`${edge.url}/signed/*`, soon(), true)
      expect((await ask(`${path({}, '/signed')}?${query}`)).status).toBe(200)
      expect((await ask(`/signed/?${signed(`${edge.url}/other/*`, soon(), true)}`)).status).toBe(403)
    },
  ],
  [
    'private-content-signed-cookies',
    'the same in cookies',
    async () => {
      const cookie = signed(`${edge.url}/signed/*`, soon(), true)
        .split('&')
        .map((pair) => `CloudFront-${pair}`)
        .join('; ')
      expect((await ask(path({}, '/signed'), { headers: { cookie } })).status).toBe(200)
    },
  ],
  [
    'using-managed-response-headers-policies',
    "SecurityHeadersPolicy keeps the origin's headers but nosniff",
    async () => {
      const { headers } = await ask(
        path({ headers: { 'X-Frame-Options': 'DENY', 'X-Content-Type-Options': 'other' } }, '/security'),
      )
      expect(headers).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'strict-origin-when-cross-origin',
        'strict-transport-security': 'max-age=31536000',
        'x-xss-protection': '1; mode=block',
      })
    },
  ],
  [
    'using-managed-response-headers-policies',
    'SimpleCORS allows every origin',
    async () => {
      const { headers } = await ask(path({}, '/cors'), { headers: { origin: 'https://app.example.com' } })
      expect(headers['access-control-allow-origin']).toBe('*')
    },
  ],
  [
    'ServingCompressedFiles',
    'Brotli before gzip, a weak ETag, and only from 1,000 bytes',
    async () => {
      const body = 'text '.repeat(400)
      const etag = createHash('md5').update(body).digest('hex')
      const reply = { body, headers: { ...lasting, ETag: `"${etag}"`, 'Content-Length': body.length } }
      const { headers } = await ask(path(reply), { headers: { 'accept-encoding': 'gzip, br' } })
      expect([headers['content-encoding'], headers.etag]).toEqual(['br', `W/"${etag}"`])
      const small = await ask(path({ body: 'small', headers: { 'Content-Length': 5 } }), {
        headers: { 'accept-encoding': 'br' },
      })
      expect(small.headers['content-encoding']).toBeUndefined()
    },
  ],
]

test.each(documented)('%s: %s', async (_page, _sentence, shown) => shown())

test('a body that the local edge does not hold is 413, with its reason', async () => {
  const { hostname, port } = new URL(edge.url)
  const socket = connect(Number(port), hostname)
  const size = 64 * 1024 * 1024 + 1
  socket.write(`POST /all/large HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`)
  const chunk = Buffer.alloc(1 << 20)
  for (let sent = 0; sent < size; sent += chunk.length)
    socket.write(chunk.subarray(0, Math.min(chunk.length, size - sent)))
  const [head] = (await new Promise((resolve) =>
    socket.once('data', (data) => resolve(data.toString().split('\r\n\r\n'))),
  )) as string[]
  socket.destroy()
  expect(head).toContain('HTTP/1.1 413 ')
  expect(head).toContain('X-Edge-Why: the local edge holds 67108864 bytes of a body')
})

test('why a miss was one', async () => {
  const target = path({ headers: { 'Cache-Control': 'no-store' } })
  const why = async (options?: Parameters<typeof ask>[1]) => (await ask(target, options)).headers['x-edge-why']
  expect(await why()).toBe(
    `nothing is cached under this key; the answer is not kept: no-store or private with a minimum TTL of 0; key ${target}`,
  )
  expect(await why({ method: 'POST' })).toBe(`POST is not cached; key ${target}`)
  replies.set(target, { headers: lasting })
  await ask(target)
  expect(await why()).toBeUndefined()
})
