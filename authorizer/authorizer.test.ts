import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTestBed, issuer } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { viewerRequestEvent } from '../testing/viewer-request.ts'

const key = await createSigningKey('ES256')
const bed = createTestBed({
  keys: [key],
  policy: {
    algorithms: ['ES256'],
    requiredClaims: ['cognito:groups'],
    corsPreflight: true,
    routes: [{ path: '/public/*', public: true }, { path: '/users/{sub}/*' }, { path: '/open/*' }],
  },
})
const good = await bed.mint({ sub: 'ann', 'cognito:groups': [] })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const preflight = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' }

describe('the order of decisions', () => {
  it.each([
    ['a preflight passes whatever the path', 'OPTIONS', '/nowhere/../x', preflight, 'allow'],
    ['a preflight passes with a bad token', 'OPTIONS', '/open/x', { ...preflight, ...bearer('x') }, 'allow'],
    [
      'OPTIONS without an origin is no preflight',
      'OPTIONS',
      '/public/x',
      { 'access-control-request-method': 'GET' },
      'method',
    ],
    [
      'OPTIONS without a method asked for is no preflight',
      'OPTIONS',
      '/public/x',
      { origin: 'https://a.example' },
      'method',
    ],
    [
      'two origins make no preflight',
      'OPTIONS',
      '/public/x',
      { ...preflight, origin: ['https://a.example', 'https://b.example'] },
      'method',
    ],
    [
      'two methods asked for make no preflight',
      'OPTIONS',
      '/public/x',
      { ...preflight, 'access-control-request-method': ['GET', 'PUT'] },
      'method',
    ],
    ['an empty origin makes no preflight', 'OPTIONS', '/public/x', { ...preflight, origin: '' }, 'method'],
    ['GET is never a preflight', 'GET', '/open/x', preflight, 'no-credentials'],
    ['options in lower case is no preflight', 'options', '/public/x', preflight, 'method'],
    ['a method outside the policy is denied on public routes', 'POST', '/public/x', {}, 'method'],
    ['a method is compared in its case', 'get', '/public/x', {}, 'method'],
    ['the method comes before the path', 'PUT', '/public/%', {}, 'method'],
    ['HEAD is allowed by default', 'HEAD', '/public/x', {}, 'allow'],
    ['a malformed path is denied with a good token', 'GET', '/open/%', bearer(good), 'uri'],
    ['a malformed path is denied without a token', 'GET', '/open/%', {}, 'uri'],
    ['a path without a route is denied with a good token', 'GET', '/nowhere', bearer(good), 'no-route'],
    ['a path without a route is denied without a token', 'GET', '/nowhere', {}, 'no-route'],
    ['a public route needs no token', 'GET', '/public/x', {}, 'allow'],
    ['a public route does not mind a bad token', 'GET', '/public/x', bearer('bad'), 'allow'],
    ['another route needs a token', 'GET', '/open/x', {}, 'no-credentials'],
    [
      'a token that does not verify is denied before rights count',
      'GET',
      '/users/bob/x',
      bearer(`${good.slice(0, -6)}AAAAAA`),
      'signature',
    ],
    ['a good token without the right is denied', 'GET', '/users/bob/x', bearer(good), 'right'],
    ['a good token with the right is allowed', 'GET', '/users/ann/x', bearer(good), 'allow'],
  ] as const)('%s', async (_, method, uri, headers, expected) => {
    expect(await bed.outcome(uri, { method, headers })).toBe(expected)
  })

  it.each(['POST', 'PUT', 'MOVE', 'get', 'BREW', 'HEAD ', 'GET, PUT', ''])(
    'S16: denies the method %j, with and without a token, with rewrites and without',
    async (method) => {
      const site = createTestBed({
        keys: [key],
        unchecked: true,
        policy: {
          algorithms: ['ES256'],
          index: 'index.html',
          slash: 'redirect',
          routes: [{ path: '/public/*', public: true, app: '/public/index.html' }, { path: '/open/*' }],
        },
      })
      for (const uri of ['/public/', '/public/x', '/open/', '/open/x', '/open', '/nowhere']) {
        for (const headers of [{}, bearer(good)]) {
          expect(await bed.outcome(uri, { method, headers })).toBe('method')
          expect(await site.outcome(uri, { method, headers })).toBe('method')
        }
      }
    },
  )

  it('asks for the required claim before the right of the route', async () => {
    expect(await bed.present(await bed.mint({ sub: 'ann' }), '/users/bob/x')).toBe('required-claim')
  })

  it('has no preflight where the policy has none', async () => {
    expect(await createTestBed().outcome('/public/x', { method: 'OPTIONS', headers: preflight })).toBe('method')
  })

  it('takes the methods of the policy', async () => {
    const { outcome } = createTestBed({ policy: { methods: ['PUT'] } })
    expect([await outcome('/public/x', { method: 'PUT' }), await outcome('/public/x')]).toEqual(['allow', 'method'])
  })

  it.each([
    'x-original-url',
    'x-rewrite-url',
    'x-forwarded-uri',
    'x-forwarded-host',
    'x-http-method-override',
    'x-middleware-subrequest',
  ])('gives the header %s no part in the decision', async (name) => {
    const headers = { ...bearer(good), [name]: '/public/x' }
    expect(await bed.outcome('/users/bob/x', { headers })).toBe('right')
    expect(await bed.outcome('/users/ann/x', { headers })).toBe('allow')
  })

  it.each(['public route', 'preflight', 'token'] as const)(
    'gives back the very request less its credential: %s',
    async (kind) => {
      const event = viewerRequestEvent(kind === 'public route' ? '/public/a%20b' : '/open/a%20b', {
        method: kind === 'preflight' ? 'OPTIONS' : 'GET',
        querystring: 'a=1&token=x',
        headers: { ...preflight, ...bearer(good), cookie: ['a=1', 'b=2'] },
      })
      const before = structuredClone(event.Records[0]?.cf.request)
      const result = await bed.authorizer.handler(event)
      expect(result).toBe(event.Records[0]?.cf.request)
      const { authorization, ...headers } = before?.headers ?? {}
      expect(authorization).toHaveLength(1)
      expect(result).toStrictEqual({ ...before, headers })
    },
  )
})

describe('a policy that is none', () => {
  it('is refused when the authorizer is made, by the field that is wrong', () => {
    expect(() => createTestBed({ policy: { issuer: 'http://issuer.example.com' } })).toThrow(
      /^policy: issuer: should be an https URL/,
    )
  })
})

describe('several issuers', () => {
  it('trusts the keys of the issuer that a token names, and no other’s', async () => {
    const [one, other] = [issuer, 'https://other.example.com']
    const otherKey = await createSigningKey('ES256')
    const { mint, present } = createTestBed({
      keys: [key],
      get: async (uri) => JSON.stringify({ keys: [uri.startsWith(other) ? otherKey.jwk : key.jwk] }),
      policy: { issuer: [one, other], algorithms: ['ES256'] },
    })
    expect(await present(await mint({ iss: one }, key))).toBe('allow')
    expect(await present(await mint({ iss: other }, otherKey))).toBe('allow')
    expect(await present(await mint({ iss: one }, otherKey))).toBe('unknown-key')
    expect(await present(await mint({ iss: other }, key))).toBe('unknown-key')
  })

  it('asks each issuer’s own endpoint, and nothing for an issuer that is not listed', async () => {
    const asked: string[] = []
    const { mint, present } = createTestBed({
      keys: [key],
      get: async (uri) => {
        asked.push(uri)
        return JSON.stringify({ keys: [key.jwk] })
      },
      policy: {
        issuer: [issuer, 'https://other.example.com'],
        jwksUri: ['https://keys.example.com/one', 'https://keys.example.com/two'],
        algorithms: ['ES256'],
      },
    })
    expect(await present(await mint({ iss: 'https://evil.example.com' }))).toBe('issuer')
    expect(asked).toEqual(['https://keys.example.com/one', 'https://keys.example.com/two'])
  })
})

describe('the handler', () => {
  const quiet = createTestBed({
    policy: { deny: { unauthenticated: { redirect: 'https://login.example.com/', returnTo: 'to' } } },
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['no records', { Records: [] }],
    ['an S3 event', { Records: [{ eventSource: 'aws:s3', s3: {} }] }],
    ['an API Gateway event', { version: '2.0', rawPath: '/public/x', headers: {} }],
    ['a request without headers', { Records: [{ cf: { request: { method: 'GET', uri: '/open/x' } } }] }],
    ['a request without a URI', { Records: [{ cf: { request: { method: 'GET', headers: {} } } }] }],
    ['an origin-request event', event('origin-request')],
    ['a viewer-response event', event('viewer-response')],
  ])('denies %s', async (_, value) => {
    expect(await quiet.authorizer.handler(value as never)).toMatchObject({ status: '403' })
  })

  it('takes an event without its configuration for the viewer’s request', async () => {
    const { Records } = viewerRequestEvent('/public/x')
    const event = { Records: Records.map(({ cf: { request } }) => ({ cf: { request } })) }
    expect(await quiet.authorizer.handler(event)).toBe(event.Records[0]?.cf.request)
  })

  it('logs what is no viewer’s request as a fault', async () => {
    const bed = createTestBed()
    await bed.authorizer.handler({ Records: [] })
    expect(bed.log.map((line) => JSON.parse(line).reason)).toEqual(['fault'])
  })

  it('denies, and does not fail, when the log fails', async () => {
    const bed = createTestBed({ keys: [key] })
    bed.log.push = () => {
      throw new Error('disk full')
    }
    expect(await bed.authorizer.handler(viewerRequestEvent('/nowhere'))).toMatchObject({ status: '403' })
  })

  function event(eventType: string) {
    const { Records } = viewerRequestEvent('/public/x')
    return { Records: Records.map(({ cf }) => ({ cf: { ...cf, config: { ...cf.config, eventType } } })) }
  }

  // Whatever JSON an event is, or any of its members, the handler answers with the request or a denial and never throws.
  it('never throws, whatever JSON the event is', async () => {
    const header = fc.oneof(
      fc.json().map((text) => JSON.parse(text)),
      fc.array(fc.record({ value: fc.oneof(fc.string(), fc.anything()) }), { maxLength: 2 }),
    )
    const headers = fc.dictionary(fc.constantFrom('authorization', 'cookie', 'origin', 'host', '__proto__'), header)
    const request = fc.record(
      {
        method: fc.oneof(fc.constantFrom('GET', 'OPTIONS'), fc.jsonValue()),
        uri: fc.oneof(
          fc.string({ unit: 'binary' }).map((text) => `/open/${text}`),
          fc.webPath(),
          fc.jsonValue(),
        ),
        querystring: fc.jsonValue(),
        headers: fc.oneof(headers, fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    const cf = fc.record({ config: fc.jsonValue(), request: fc.oneof(request, fc.jsonValue()) }, { requiredKeys: [] })
    const events = fc.oneof(
      fc.jsonValue(),
      fc.record({
        Records: fc.oneof(fc.array(fc.oneof(fc.record({ cf }), fc.jsonValue()), { maxLength: 2 }), fc.jsonValue()),
      }),
    )
    const cookies = createTestBed({
      policy: { credentials: { cookie: 'id' }, corsOrigins: ['https://app.example.com'] },
    })
    await fc.assert(
      fc.asyncProperty(events, fc.constantFrom(quiet, cookies), async (event, { authorizer }) => {
        const result = (await authorizer.handler(event as never)) as { status?: string; method?: string }
        const denied = /^[34]\d\d$|^503$/.test(result.status ?? '')
        expect(denied || result === (event as { Records: [{ cf: { request: unknown } }] }).Records[0].cf.request).toBe(
          true,
        )
      }),
      { numRuns: 500 },
    )
  })
})
