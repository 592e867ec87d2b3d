import { describe, expect, it } from 'vitest'
import { claimsAt, createTestBed, start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { rawToken } from '../testing/mint.ts'
import { type RequestFields, viewerRequestEvent } from '../testing/viewer-request.ts'
import type { OneProviderPolicy } from './policy.ts'

const key = await createSigningKey('ES256')
const bedOf = (policy: Partial<OneProviderPolicy>) =>
  createTestBed({ keys: [key], unchecked: true, policy: { algorithms: ['ES256'], ...policy } })
const bearer = (claims: Record<string, unknown> = {}) => ({
  authorization: `Bearer ${rawToken(key, claimsAt(start, { sub: 'ann', ...claims }))}`,
})

/** Where a request that passes is served from; else why it does not pass, with a redirect's Location. */
async function served(bed: ReturnType<typeof bedOf>, uri: string, fields?: RequestFields): Promise<string> {
  const decision = await bed.decide(uri, fields)
  if (decision.allow) return decision.request.uri
  const [location] = decision.response.headers.location ?? []
  return location ? `${decision.response.status} ${location.value}` : decision.reason
}

describe('the index', () => {
  const bed = bedOf({
    index: 'index.html',
    routes: [{ path: '/', public: true }, { path: '/index.html', public: true }, { path: '/docs/*' }],
  })

  it.each([
    ['S1: the root', '/', '/index.html'],
    ['S1: a directory', '/docs/', '/docs/index.html'],
    ['S1: a directory further down', '/docs/sub/', '/docs/sub/index.html'],
    ['as the viewer spelt the rest', '/docs/a%20b/', '/docs/a%20b/index.html'],
    ['not of a file', '/docs/index.html', '/docs/index.html'],
    ['not of a path without the slash', '/docs/sub', '/docs/sub'],
  ])('%s: %s', async (_, uri, expected) => {
    expect(await served(bed, uri, { headers: bearer() })).toBe(expected)
    expect(await served(bed, uri, { headers: bearer(), method: 'HEAD' })).toBe(expected)
  })

  it('S1: is the only thing that changes, beside the credential', async () => {
    const { request } = viewerRequestEvent('/docs/', { querystring: 'a=1', headers: bearer() }).Records[0]?.cf ?? {}
    if (!request) throw new Error('an event has one record')
    const { authorization, ...headers } = structuredClone(request.headers)
    const before = { ...request, headers, uri: '/docs/index.html' }
    const decision = await bed.authorizer.authorize(request)
    expect(decision).toStrictEqual({ allow: true, request: before })
    expect(decision.allow && decision.request).toBe(request)
  })

  it('is for GET and HEAD alone', async () => {
    const bed = bedOf({ index: 'index.html', methods: ['GET', 'POST'], corsPreflight: true, routes: [{ path: '/*' }] })
    expect(await served(bed, '/docs/', { method: 'POST', headers: bearer() })).toBe('/docs/')
    const preflight = { origin: 'https://a.example', 'access-control-request-method': 'GET' }
    expect(await served(bed, '/docs/', { method: 'OPTIONS', headers: preflight })).toBe('/docs/')
  })

  it('is percent-encoded', async () => {
    const bed = bedOf({ index: 'start here+.html', routes: [{ path: '/*', public: true }] })
    expect(await served(bed, '/')).toBe('/start%20here%2B.html')
  })

  it('is granted by its own route too: the more specific one decides', async () => {
    const bed = bedOf({
      index: 'index.html',
      routes: [
        { path: '/docs/*', public: true },
        { path: '/docs/index.html', groups: ['staff'] },
      ],
    })
    expect(await served(bed, '/docs/')).toBe('no-credentials')
    expect(await served(bed, '/docs/', { headers: bearer() })).toBe('right')
    expect(await served(bed, '/docs/', { headers: bearer({ 'cognito:groups': ['staff'] }) })).toBe('/docs/index.html')
  })

  it('without a route of its own is denied', async () => {
    const bed = bedOf({ index: 'index.html', routes: [{ path: '/', public: true }] })
    expect(await served(bed, '/')).toBe('no-route')
  })

  it('does not make an open path of a closed one', async () => {
    const bed = bedOf({
      index: 'index.html',
      routes: [
        { path: '/docs/', groups: ['staff'] },
        { path: '/docs/*', public: true },
      ],
    })
    expect(await served(bed, '/docs/')).toBe('no-credentials')
    expect(await served(bed, '/docs/', { headers: bearer() })).toBe('right')
    expect(await served(bed, '/docs/index.html')).toBe('/docs/index.html')
  })
})

describe('an app', () => {
  const bed = bedOf({
    index: 'index.html',
    routes: [
      { path: '/app/*', app: '/app/index.html' },
      { path: '/shop/*', public: true, app: '/shell/shop.html' },
      { path: '/shell/*', groups: ['staff'] },
      { path: '/files/*' },
    ],
  })

  it.each([
    ['S3: a deep link', '/app/orders/42', '/app/index.html'],
    ['S3: a file that may be missing', '/app/orders/42.json', '/app/orders/42.json'],
    ['its root, before the index', '/app/', '/app/index.html'],
    ['a directory in it, before the index', '/app/orders/', '/app/index.html'],
    ['a dot in another segment is no file', '/app/v1.2/orders', '/app/index.html'],
    ['an encoded dot is one', '/app/orders/42%2Ejson', '/app/orders/42%2Ejson'],
    ['the shell itself', '/app/index.html', '/app/index.html'],
    ['another route', '/files/orders/42', '/files/orders/42'],
  ])('%s: %s', async (_, uri, expected) => {
    expect(await served(bed, uri, { headers: bearer() })).toBe(expected)
  })

  it('S4: whose shell the token may not read is forbidden', async () => {
    expect(await served(bed, '/shop/cart')).toBe('no-credentials')
    expect(await served(bed, '/shop/cart', { headers: bearer() })).toBe('right')
    expect(await served(bed, '/shop/cart', { headers: bearer({ 'cognito:groups': ['staff'] }) })).toBe(
      '/shell/shop.html',
    )
    const decision = await bed.decide('/shop/cart', { headers: bearer() })
    expect(decision.allow || decision.response.status).toBe('403')
  })

  it('S4: the shell opens no path that the token may not read', async () => {
    const bed = bedOf({
      routes: [
        { path: '/u/{sub}/*', app: '/shell.html' },
        { path: '/shell.html', public: true },
      ],
    })
    expect(await served(bed, '/u/ann/inbox', { headers: bearer() })).toBe('/shell.html')
    expect(await served(bed, '/u/bob/inbox', { headers: bearer() })).toBe('right')
    expect(await served(bed, '/u/bob/inbox')).toBe('no-credentials')
  })

  it('is rewritten to once: a shell without a dot is not looked up again', async () => {
    const bed = bedOf({
      routes: [
        { path: '/a/*', public: true, app: '/b/shell' },
        { path: '/b/*', public: true, app: '/a/shell' },
      ],
    })
    expect(await served(bed, '/a/x')).toBe('/b/shell')
    expect(await served(bed, '/b/x')).toBe('/a/shell')
  })

  it('waits for keys once, and is decided after that as before', async () => {
    const bed = bedOf({ routes: [{ path: '/app/*', app: '/app/index.html' }] })
    const text = await bed.mint()
    const decisions = await Promise.all(
      [1, 2].map(() => served(bed, '/app/x', { headers: { authorization: `Bearer ${text}` } })),
    )
    expect(decisions).toEqual(['/app/index.html', '/app/index.html'])
  })
})

describe('a directory without its slash', () => {
  const policy = {
    slash: 'redirect',
    index: 'index.html',
    routes: [{ path: '/docs/*' }, { path: '/open/*', public: true }, { path: '/v1.2/*', public: true }],
  } as const

  it.each([
    ['S2: goes to the form with it', '/docs', '', '302 /docs/'],
    ['S2: keeps its query', '/docs', 'q=a%20b&c', '302 /docs/?q=a%20b&c'],
    ['is written as the viewer wrote it', '/d%6Fcs', '', '302 /d%6Fcs/'],
    ['may have a dot', '/v1.2', '', '302 /v1.2/'],
    ['S2: that has a route of its own stays', '/docs/sub', '', '/docs/sub'],
    ['S2: that leads nowhere with it either', '/nowhere', '', 'no-route'],
    ['with the slash has no other form', '/nowhere/', '', 'no-route'],
    ['with two slashes is malformed', '//evil.example', '', 'uri'],
    ['with a backslash is malformed', '/\\evil.example', '', 'uri'],
  ])('%s: %s', async (_, uri, querystring, expected) => {
    expect(await served(bedOf(policy), uri, { querystring, headers: bearer() })).toBe(expected)
    expect(await served(bedOf(policy), uri, { querystring, headers: bearer(), method: 'HEAD' })).toBe(expected)
  })

  it('S2: is denied as the form with it is, for the path that the viewer asked for', async () => {
    const deny = { unauthenticated: { redirect: '/login', returnTo: 'to', redirectOn: 'always' } } as const
    const bed = bedOf({ ...policy, deny })
    expect(await served(bed, '/docs')).toBe('302 /login?to=%2Fdocs')
    const private_ = bedOf({ slash: 'redirect', routes: [{ path: '/docs/*', groups: ['staff'] }] })
    expect(await served(private_, '/docs')).toBe('no-credentials')
    expect(await served(private_, '/docs', { headers: bearer() })).toBe('right')
  })

  it('S2: is not sent to a directory whose index is not granted', async () => {
    const bed = bedOf({ ...policy, routes: [...policy.routes, { path: '/open/index.html', groups: ['staff'] }] })
    expect(await served(bed, '/open', { headers: bearer() })).toBe('right')
    expect(await served(bedOf(policy), '/open')).toBe('302 /open/')
  })

  it('S2: never goes to another host, whatever the path and the query', async () => {
    const bed = bedOf({ slash: 'redirect', routes: [{ path: '/{group}/', public: true }] })
    for (const uri of [
      '/evil.example',
      '/%2Fevil.example',
      '/@evil.example',
      '/evil.example:80',
      '/a b',
      '/é',
      '/\u2028',
      '/x%5C',
    ]) {
      const answer = await served(bed, uri, { querystring: '//evil.example/ é\u2028@\ud800' })
      if (['uri', 'no-route'].includes(answer)) continue
      const location = answer.slice('302 '.length)
      expect(location).toMatch(/^\/[!-~]+\/\?[!-~]*$/)
      expect(new URL(location, 'https://files.example.com').host).toBe('files.example.com')
    }
    expect(await served(bed, '/é', { querystring: 'é' })).toBe('302 /%C3%A9/?%C3%A9')
  })

  it('leaves out a query that holds a token', async () => {
    const querystring = `t=${rawToken(key, claimsAt(start))}`
    expect(await served(bedOf(policy), '/open', { querystring })).toBe('302 /open/')
  })

  it('is answered as no cache keeps it, without a body, and is no denial in the log', async () => {
    const bed = bedOf({ ...policy, deny: { unauthenticated: { page: '<p>401' } }, corsOrigins: ['https://a.example'] })
    const event = viewerRequestEvent('/open', { headers: { origin: 'https://a.example' } })
    const response = await bed.authorizer.handler(event)
    expect(response).toMatchObject({
      status: '302',
      headers: {
        'cache-control': [{ value: 'no-store' }],
        'access-control-allow-origin': [{ value: 'https://a.example' }],
      },
    })
    expect(response).not.toHaveProperty('body')
    expect(response.headers).not.toHaveProperty('www-authenticate')
    expect(bed.log).toEqual([])
  })

  it('is for GET and HEAD alone', async () => {
    const bed = bedOf({ ...policy, methods: ['GET', 'POST'] })
    expect(await served(bed, '/open', { method: 'POST' })).toBe('no-route')
  })
})
