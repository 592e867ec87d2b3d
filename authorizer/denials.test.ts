import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { claimsAt, createTestBed, start, type TestBedOptions } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { rawToken } from '../testing/mint.ts'
import { type RequestFields, viewerRequestEvent } from '../testing/viewer-request.ts'
import type { GeneratedResponse } from './cloudfront.ts'
import type { OneProviderPolicy, UnauthenticatedDenial } from './policy.ts'

const key = await createSigningKey('ES256')
const bedOf = (policy: Partial<OneProviderPolicy> = {}, options: TestBedOptions = {}) =>
  createTestBed({ keys: [key], ...options, policy: { algorithms: ['ES256'], ...policy } })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const login = 'https://login.example.com/start?app=1'
/** What browsers say where they go to a page. */
const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

async function denial(bed: ReturnType<typeof bedOf>, uri: string, fields?: RequestFields): Promise<GeneratedResponse> {
  const decision = await bed.decide(uri, fields)
  if (decision.allow) throw new Error('allowed')
  return decision.response
}

const header = ({ headers }: GeneratedResponse, name: string) => headers[name]?.map(({ value }) => value).join('|')

describe('the class of a denial', () => {
  const expired = rawToken(key, claimsAt(start, { exp: 1 }))
  const good = rawToken(key, claimsAt(start))

  it.each<[string, string, RequestFields, string, string | undefined]>([
    ['a method', '/open/x', { method: 'PUT' }, '403', undefined],
    ['a malformed path', '/open/%', {}, '403', undefined],
    ['no route', '/nowhere', {}, '403', undefined],
    ['no token', '/open/x', {}, '401', 'Bearer realm="edgeproof"'],
    ['a bad token', '/open/x', { headers: bearer('x') }, '401', 'Bearer realm="edgeproof", error="invalid_token"'],
    [
      'an expired token',
      '/open/x',
      { headers: bearer(expired) },
      '401',
      'Bearer realm="edgeproof", error="invalid_token"',
    ],
    [
      'a right that is missing',
      '/users/bob/x',
      { headers: bearer(good) },
      '403',
      'Bearer realm="edgeproof", error="insufficient_scope"',
    ],
  ])('%s', async (_, uri, fields, status, challenge) => {
    const response = await denial(bedOf(), uri, fields)
    expect([response.status, header(response, 'www-authenticate')]).toEqual([status, challenge])
    expect(header(response, 'retry-after')).toBeUndefined()
  })

  it('is forbidden for a required claim that is missing, not unauthenticated', async () => {
    const response = await denial(bedOf({ requiredClaims: ['email'] }), '/open/x', { headers: bearer(good) })
    expect([response.status, header(response, 'www-authenticate')]).toEqual([
      '403',
      'Bearer realm="edgeproof", error="insufficient_scope"',
    ])
  })

  it('is 503 with Retry-After where no key can be had, and not the login page', async () => {
    const bed = bedOf(
      { deny: { unauthenticated: { redirect: login } } },
      { get: () => Promise.reject(new Error('down')) },
    )
    const response = await denial(bed, '/open/x', { headers: { ...navigation, ...bearer(good) } })
    expect([response.status, header(response, 'retry-after'), header(response, 'location')]).toEqual([
      '503',
      '10',
      undefined,
    ])
  })

  it('is the status that the policy names', async () => {
    const bed = bedOf({ deny: { unauthenticated: { status: 404 }, forbidden: { status: 404 } } })
    expect(await denial(bed, '/open/x')).toMatchObject({ status: '404' })
    expect(await denial(bed, '/nowhere')).toMatchObject({ status: '404' })
    expect(header(await denial(bed, '/open/x'), 'www-authenticate')).toBeUndefined()
  })

  it('is no redirect for a verified token without the right: a login page would loop', async () => {
    const response = await denial(bedOf({ deny: { unauthenticated: { redirect: login } } }), '/users/bob/x', {
      headers: { ...navigation, ...bearer(good) },
    })
    expect([response.status, header(response, 'location')]).toEqual(['403', undefined])
  })
})

describe('every denial', () => {
  const bed = bedOf({ deny: { unauthenticated: { redirect: login, returnTo: 'to' } } })

  it.each([
    ['/open/x', 'GET'],
    ['/nowhere', 'GET'],
    ['/%', 'GET'],
    ['/open/x', 'POST'],
  ])('is stored, sniffed and run by nobody, and says to stay with https: %s %s', async (uri, method) => {
    const response = await denial(bed, uri, { method })
    expect(header(response, 'cache-control')).toBe('no-store')
    expect(header(response, 'x-content-type-options')).toBe('nosniff')
    expect(header(response, 'content-security-policy')).toBe("default-src 'none'")
    expect(header(response, 'strict-transport-security')).toBe('max-age=63072000')
    expect(response.body).toBeUndefined()
  })

  it('has lower-case header names and one value for each, as CloudFront takes them', async () => {
    const { headers } = await denial(bed, '/open/x')
    for (const [name, entries] of Object.entries(headers)) {
      expect(name).toBe(name.toLowerCase())
      expect(entries).toEqual([{ value: expect.any(String) }])
    }
  })

  it('is far below the 40 KB that CloudFront takes, whatever the request', async () => {
    for (const uri of [`/open/${'é'.repeat(8000)}`, `/open/${'%41'.repeat(2700)}`, `/${'x'.repeat(8000)}`]) {
      const response = await denial(bed, uri, { headers: bearer('x'.repeat(8000)), querystring: 'q='.repeat(4000) })
      expect(JSON.stringify(response).length).toBeLessThan(8192)
    }
  })
})

describe('the redirect', () => {
  const bed = bedOf({ deny: { unauthenticated: { redirect: login, returnTo: 'to' } } })
  const locationOf = async (uri: string, fields?: RequestFields) =>
    header(await denial(bed, uri, { headers: navigation, ...fields }), 'location')

  it('is the constant of the policy where no return path is configured', async () => {
    const plain = bedOf({ deny: { unauthenticated: { redirect: login } } })
    const response = await denial(plain, '/open/x', { querystring: 'a=1', headers: navigation })
    expect([response.status, header(response, 'location')]).toEqual(['302', login])
  })

  it.each([
    ['a path', '/open/x', '/open/x'],
    ['a path with escapes', '/open/a%20b', '/open/a%20b'],
    ['what would end the parameter', '/open/a&to=//evil.example.com', '/open/a&to=//evil.example.com'],
    ['characters beyond ASCII', '/open/é', '/open/é'],
  ])('carries %s as one parameter that reads back as the path', async (_, uri, path) => {
    if (uri.includes('//')) expect(await bed.outcome(uri)).toBe('uri')
    else {
      const location = (await locationOf(uri)) ?? ''
      expect(location.startsWith('https://login.example.com/start?app=1&to=%2F')).toBe(true)
      expect([...new URL(location).searchParams]).toEqual([
        ['app', '1'],
        ['to', path],
      ])
      expect(location).toMatch(/^[\x21-\x7e]+$/)
    }
  })

  it('begins the query where the login page has none', async () => {
    const plain = bedOf({ deny: { unauthenticated: { redirect: 'https://login.example.com/', returnTo: 'to' } } })
    const response = await denial(plain, '/open/x', { headers: navigation })
    expect(header(response, 'location')).toBe('https://login.example.com/?to=%2Fopen%2Fx')
  })

  it('leaves the query string out, which may hold credentials', async () => {
    expect(await locationOf('/open/x', { querystring: 'access_token=secret' })).not.toContain('secret')
  })

  it('leaves out a path that is long, or holds a token', async () => {
    const longest = '/open/'.padEnd(1024, 'x')
    expect(await locationOf(longest)).toBe(`${login}&to=${encodeURIComponent(longest)}`)
    expect(await locationOf(`${longest}x`)).toBe(login)
    const token = rawToken(key, claimsAt(start))
    expect(await locationOf(`/open/${token}`)).toBe(login)
    expect(await locationOf(`/open/${token.replace('e', '%65').replace('.', '%252E')}`)).toBe(login)
    expect(await locationOf(`/open/${token.split('.')[1]}`)).toBe(login)
  })

  it('S8: keeps a path whose name only looks like one', async () => {
    expect(await locationOf('/open/surveyJune.pdf')).toBe(`${login}&to=%2Fopen%2FsurveyJune.pdf`)
    expect(await locationOf('/open/eyJune.v2.final')).toBe(`${login}&to=%2Fopen%2FeyJune.v2.final`)
  })

  it.each([
    '//evil.example.com',
    '//evil.example.com/open/x',
    '/\\evil.example.com',
    '/%5cevil.example.com',
    '/%2f/evil.example.com',
    '/.//evil.example.com',
    '/%09/evil.example.com',
    '/\t/evil.example.com',
    'https://evil.example.com/',
    '@evil.example.com',
    '.evil.example.com',
    '',
  ])('is never made for %j', async (uri) => {
    const everywhere = bedOf({
      deny: { unauthenticated: { redirect: login, returnTo: 'to' } },
      routes: [{ path: '/*' }],
    })
    const response = await denial(everywhere, uri, { headers: navigation })
    expect([response.status, header(response, 'location')]).toEqual(['403', undefined])
  })
})

describe('a redirect of navigations', () => {
  const unchecked = (unauthenticated: UnauthenticatedDenial, policy: Partial<OneProviderPolicy> = {}) =>
    bedOf({ ...policy, deny: { unauthenticated } }, { unchecked: true })
  const answer = async (bed: ReturnType<typeof bedOf>, fields: RequestFields) => {
    const response = await denial(bed, '/open/x', fields)
    return header(response, 'location') ?? response.status
  }
  const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

  it.each<[string, RequestFields, string]>([
    ['S6: fetch()', { headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' } }, '401'],
    [
      'S6: fetch() that asks for HTML',
      { headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: html } },
      '401',
    ],
    ['S6: <img>', { headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } }, '401'],
    ['S6: a navigation', { headers: navigation }, '/login'],
    ['S6: a navigation, by HEAD', { headers: navigation, method: 'HEAD' }, '/login'],
    ['S6: an old browser’s navigation', { headers: { accept: html } }, '/login'],
    ['S6: an old browser’s navigation, in capitals', { headers: { accept: 'TEXT/HTML' } }, '/login'],
    ['S6: an old browser’s image', { headers: { accept: 'image/webp,*/*' } }, '401'],
    ['a program', { headers: {} }, '401'],
    ['a frame', { headers: { ...navigation, 'sec-fetch-dest': 'iframe' } }, '401'],
    ['only one of the headers', { headers: { 'sec-fetch-mode': 'navigate' } }, '/login'],
    ['only the other, a script', { headers: { 'sec-fetch-dest': 'script', accept: html } }, '401'],
    ['one of the headers twice', { headers: { ...navigation, 'sec-fetch-mode': ['navigate', 'navigate'] } }, '401'],
    ['a form', { headers: navigation, method: 'POST' }, '401'],
  ])('%s: %j gets %s', async (_, fields, expected) => {
    const bed = unchecked({ redirect: '/login' }, { methods: ['GET', 'HEAD', 'POST'] })
    expect(await answer(bed, fields)).toBe(expected)
    expect(
      await answer(
        unchecked({ redirect: '/login', redirectOn: 'always' }, { methods: ['GET', 'HEAD', 'POST'] }),
        fields,
      ),
    ).toBe('/login')
  })

  it('gives everything else the status of the policy, with its challenge', async () => {
    const bed = unchecked({ redirect: '/login' })
    expect(header(await denial(bed, '/open/x'), 'www-authenticate')).toBe('Bearer realm="edgeproof"')
    expect(header(await denial(bed, '/open/x', { headers: navigation }), 'www-authenticate')).toBeUndefined()
    expect(await answer(unchecked({ redirect: '/login', status: 404 }), {})).toBe('404')
  })

  it.each<[string, string, string, string]>([
    ['S7: with its query', '/open/mypage.html', 'name=bob', '/open/mypage.html?name=bob'],
    ['S7: with escapes in it', '/open/x', 'q=a%20b&c=d#e', '/open/x?q=a%20b&c=d#e'],
    ['without a query', '/open/x', '', '/open/x'],
    ['with what ends a parameter in it', '/open/x', '&to=//evil.example', '/open/x?&to=//evil.example'],
    ['with characters beyond ASCII', '/open/x', 'é', '/open/x?é'],
    ['a query that holds a token is left out', '/open/x', `t=${rawToken(key, claimsAt(start))}`, '/open/x'],
    ['and one that is too long', '/open/x', 'a'.repeat(1024), '/open/x'],
    ['S8: not one with three letters', '/open/x', 'f=surveyJune.v2.pdf', '/open/x?f=surveyJune.v2.pdf'],
  ])('comes back, %s', async (_, uri, querystring, expected) => {
    const bed = unchecked({ redirect: '/login?a=1', returnTo: 'to', returnQuery: true })
    const location = header(await denial(bed, uri, { querystring, headers: navigation }), 'location') ?? ''
    expect(location).toMatch(/^\/login\?a=1&to=%2F[!-~]+$/)
    expect([...new URL(location, 'https://files.example.com').searchParams]).toEqual([
      ['a', '1'],
      ['to', expected],
    ])
  })

  it('S9: to the same host names none, so that each host keeps its viewers', async () => {
    const bed = unchecked({ redirect: '/login', returnTo: 'to' })
    for (const host of ['files.example.com', 'dateien.example.com', 'evil.example'])
      expect(await answer(bed, { headers: { ...navigation, host } })).toBe('/login?to=%2Fopen%2Fx')
  })

  it('S10: signed in and in no group, one’s own place opens, others are forbidden with a page, never another login', async () => {
    const bed = bedOf(
      {
        index: 'index.html',
        routes: [{ path: '/users/{sub}/*' }, { path: '/reports/*', groups: ['analysts'] }],
        deny: { unauthenticated: { redirect: '/login' }, forbidden: { page: '<p>Ask your admin.' } },
      },
      { unchecked: true },
    )
    const headers = { ...navigation, ...bearer(rawToken(key, claimsAt(start, { sub: 'ann' }))) }
    expect(await bed.outcome('/users/ann/', { headers })).toBe('allow')
    const response = await denial(bed, '/reports/', { headers })
    expect([response.status, header(response, 'location'), response.body]).toEqual([
      '403',
      undefined,
      '<p>Ask your admin.',
    ])
  })
})

describe('the page of a denial', () => {
  const bed = bedOf(
    {
      deny: {
        unauthenticated: { redirect: '/login', page: '<style>p{color:red}</style><p>Log in.' },
        forbidden: { page: '<p>No.' },
      },
    },
    { unchecked: true },
  )

  it('is the policy’s own, the same for every request', async () => {
    const headers = { referer: '<script>', 'user-agent': '<b>' }
    const bodies = new Set<string | undefined>()
    for (const uri of ['/open/x', '/open/<script>', '/open/%3Cscript%3E'])
      bodies.add((await denial(bed, uri, { headers, querystring: '<script>' })).body)
    expect([...bodies]).toEqual(['<style>p{color:red}</style><p>Log in.'])
    expect((await denial(bed, '/<script>')).body).toBe('<p>No.')
  })

  it('is HTML, and lets nothing run but its own styles, by hash', async () => {
    const unauthenticated = await denial(bed, '/open/x')
    expect(header(unauthenticated, 'content-type')).toBe('text/html; charset=utf-8')
    const digest = createHash('sha256').update('p{color:red}').digest('base64')
    expect(header(unauthenticated, 'content-security-policy')).toBe(
      `default-src 'none'; img-src data:; style-src 'sha256-${digest}'`,
    )
    expect(header(await denial(bed, '/nowhere'), 'content-security-policy')).toBe("default-src 'none'; img-src data:")
  })

  it('is not sent for HEAD, with the same headers', async () => {
    const [get, head] = [await denial(bed, '/nowhere'), await denial(bed, '/nowhere', { method: 'HEAD' })]
    expect(head.headers).toEqual(get.headers)
    expect(head).not.toHaveProperty('body')
  })

  it('does not go with a redirect, nor where the keys are out of reach', async () => {
    const redirect = await denial(bed, '/open/x', { headers: navigation })
    expect([redirect.status, redirect.body, header(redirect, 'content-type')]).toEqual(['302', undefined, undefined])
    const down = bedOf(
      { deny: { unauthenticated: { page: '<p>Log in.' } } },
      { unchecked: true, get: () => Promise.reject(new Error('down')) },
    )
    const response = await denial(down, '/open/x', { headers: bearer(rawToken(key, claimsAt(start))) })
    expect([response.status, response.body]).toEqual(['503', undefined])
  })
})

describe('CORS headers of a denial', () => {
  const origins = ['https://app.example.com', 'https://other.example.com']
  const cors = async (origin: string | string[] | undefined, policy: Partial<OneProviderPolicy> = {}) => {
    const response = await denial(bedOf({ corsOrigins: origins, ...policy }), '/open/x', {
      headers: origin === undefined ? {} : { origin },
    })
    return ['access-control-allow-origin', 'access-control-allow-credentials', 'vary'].map((name) =>
      header(response, name),
    )
  }

  it.each<[string, string | string[] | undefined, string | undefined]>([
    ['name an origin of the policy', 'https://other.example.com', 'https://other.example.com'],
    ['name no other', 'https://evil.example.com', undefined],
    ['name none that only begins so', 'https://app.example.com.evil.example', undefined],
    ['compare in case', 'https://APP.example.com', undefined],
    ['do not name null', 'null', undefined],
    ['name none of two', origins, undefined],
    ['name nothing without an origin', undefined, undefined],
  ])('%s', async (_, origin, allowed) => {
    expect(await cors(origin)).toEqual([allowed, undefined, 'Origin'])
  })

  it.each<[string, string | undefined]>([
    ['https://pr-1.example.com', 'https://pr-1.example.com'],
    ['https://a.b.example.com', 'https://a.b.example.com'],
    ['https://evil-example.com', undefined],
    ['https://example.com', undefined],
    ['https://.example.com', undefined],
    ['https://a..example.com', undefined],
    ['http://pr-1.example.com', undefined],
    ['https://pr-1.example.com:8443', undefined],
    ['https://pr-1.example.com.evil.example', undefined],
    ['https://evil.example/.example.com', undefined],
    ['https://evil.example?.example.com', undefined],
    ['https://*.example.com', undefined],
  ])('S13: of https://*.example.com, for %s', async (origin, allowed) => {
    const bed = bedOf({ corsOrigins: ['https://*.example.com'] }, { unchecked: true })
    expect(header(await denial(bed, '/open/x', { headers: { origin } }), 'access-control-allow-origin')).toBe(allowed)
  })

  it('allow credentials where they are a cookie', async () => {
    expect(await cors('https://app.example.com', { credentials: { cookie: 'id' } })).toEqual([
      'https://app.example.com',
      'true',
      'Origin',
    ])
  })

  it('are absent where the policy names no origin', async () => {
    expect(await cors('https://app.example.com', { corsOrigins: [] })).toEqual([undefined, undefined, undefined])
  })
})

describe('a token that is denied', () => {
  it('appears in no part of the response or the log, nor do its parts, its claims or the path', async () => {
    const bed = bedOf({
      deny: { unauthenticated: { redirect: login, returnTo: 'to' } },
      corsOrigins: ['https://app.example.com'],
    })
    const attacker = await createSigningKey('ES256')
    const claims = { sub: 'secret-subject', email: 'secret@example.com', 'cognito:groups': ['secret-group'] }
    const tokens = [
      rawToken(key, claimsAt(start, claims)),
      rawToken(attacker, claimsAt(start, claims)),
      rawToken(key, claimsAt(start, { ...claims, exp: 1 })),
      rawToken(key, claimsAt(start, { ...claims, iss: 'https://secret.example.com' })),
    ]
    for (const token of tokens) {
      const event = viewerRequestEvent('/users/secret-path/x', { headers: bearer(token), querystring: `t=${token}` })
      const text =
        JSON.stringify(await bed.authorizer.handler(event)).replace('to=%2Fusers%2Fsecret-path%2Fx', '') +
        bed.log.join('')
      for (const part of [...token.split('.'), 'secret']) expect(text).not.toContain(part)
    }
    expect(bed.log.length).toBe(tokens.length)
  })
})
