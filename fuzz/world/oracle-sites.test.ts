/** SEMANTICS.md, "Deny", "Paths" and "Rewrites", of a folder of files (S1 to S4, S6 to S13, S16 to S18). */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Policy, Route, UnauthenticatedDenial } from '../../authorizer/policy.ts'
import { type ExpectedResponse, expectedResponses } from '../../oracle/denial.ts'
import { createOracle } from '../../oracle/oracle.ts'
import { namesOrigin } from '../../oracle/origins.ts'
import { rewriteOf } from '../../oracle/rewrites.ts'
import { routesOfOneShape } from '../../oracle/route-match.ts'
import { eitherOf, type Verdict } from '../../oracle/verdict.ts'
import { viewerRequestEvent } from '../../testing/viewer-request.ts'
import { answer, good, jwksUri, keys, policyOf, seconds, start, tokenOf } from './situation.ts'

interface Asked {
  method?: string
  query?: string
  headers?: Record<string, string | readonly string[]>
  /** Changes of the good token's payload; null: no token. Default none. */
  claims?: object | null
  whose?: 'ours' | 'foreign'
}

type Site = Omit<Partial<Policy>, 'routes'> & { routes: readonly Route[] }

const groups = { 'cognito:groups': ['g1', 'a+b', 'é', 'a|b', 'a b'] }

function requestOf(uri: string, { method = 'GET', query = '', headers = {}, claims = {} }: Asked) {
  const authorization =
    claims === null ? {} : { authorization: `Bearer ${tokenOf({ claims: { ...groups, ...claims } })}` }
  const event = viewerRequestEvent(uri, { method, querystring: query, headers: { ...authorization, ...headers } })
  return { event, request: event.Records[0]?.cf.request as NonNullable<(typeof event.Records)[0]>['cf']['request'] }
}

async function judge(site: Site, uri: string, asked: Asked = {}, isRewritten = false) {
  const policy = { ...policyOf({}), ...site } as Policy
  const { event, request } = requestOf(uri, asked)
  const oracle = createOracle(policy, asked.whose ?? 'ours')
  await oracle.serve({ [jwksUri]: answer([keys.rsa.jwk]) }, start)
  const verdict = await oracle.judge(event, start, { isRewritten })
  return { policy, request, verdict }
}

/** Such as `passes /docs/index.html`, `302 /docs/ by paths/slash`, `403 by paths/no-right`. */
async function outcome(site: Site, uri: string, asked: Asked = {}): Promise<string> {
  const { policy, request, verdict } = await judge(site, uri, asked)
  if (verdict.outcome === 'must-allow') return `passes ${rewriteOf(policy, request)?.uri ?? uri}`
  const responses = expectedResponses(policy, request, verdict).map(({ status, locations }) =>
    [status, ...locations.slice(0, 1)].join(' '),
  )
  return `${verdict.outcome === 'must-deny' ? '' : `${verdict.outcome} `}${responses.join(' or ')} by ${verdict.rule}`
}

async function responseTo(site: Site, uri: string, asked: Asked = {}): Promise<ExpectedResponse> {
  const { policy, request, verdict } = await judge(site, uri, asked)
  const [response, ...others] = expectedResponses(policy, request, verdict)
  expect(others).toEqual([])
  return response as ExpectedResponse
}

type Row = [uri: string, expected: string, asked?: Asked]

function rows(site: Site, all: Row[]): void {
  test.each(all)('%s: %s', async (uri, expected, asked) => expect(await outcome(site, uri, asked)).toBe(expected))
}

describe('S1: a directory is its index', () => {
  const site: Site = {
    index: 'index.html',
    routes: [
      { path: '/', public: true },
      { path: '/index.html', public: true },
      { path: '/docs/*' },
      { path: '/a+/*' },
    ],
  }
  rows(site, [
    ['/', 'passes /index.html', { claims: null }],
    ['/docs/', 'passes /docs/index.html'],
    ['/docs/sub%20x/', 'passes /docs/sub%20x/index.html'],
    ['/docs/', 'passes /docs/index.html', { method: 'HEAD' }],
    ['/docs/a+b/', 'passes /docs/a+b/index.html'],
    ['/docs/a', 'passes /docs/a'],
    ['/docs/index.html', 'passes /docs/index.html'],
    ['/docs//', 'may 403 by paths/malformed'],
    ['/a+/', '403 by paths/plus'],
  ])
  test('only of GET and HEAD', async () => {
    expect(await outcome({ ...site, methods: ['GET', 'PUT'] }, '/docs/', { method: 'PUT' })).toBe('passes /docs/')
  })
  test('only where the policy has one', async () => {
    expect(await outcome({ routes: [{ path: '/docs/*' }] }, '/docs/')).toBe('passes /docs/')
  })
  test('nor of a path that is not well-formed', () => {
    const policy = { ...policyOf({}), ...site } as Policy
    const rewritten = ['/docs/', '/docs/+/', '/a+/', '/a%2B/', '/docs//', '/nowhere/'].map(
      (uri) => rewriteOf(policy, requestOf(uri, {}).request)?.uri,
    )
    expect(rewritten).toEqual([
      '/docs/index.html',
      '/docs/+/index.html',
      undefined,
      '/a%2B/index.html',
      undefined,
      undefined,
    ])
  })
  test('whose name is encoded', async () => {
    expect(await outcome({ ...site, index: 'été 1.html' }, '/docs/')).toBe('passes /docs/%C3%A9t%C3%A9%201.html')
  })
  test('what a handler returned is not rewritten again', async () => {
    const closed: Site = { index: 'index.html', routes: [{ path: '/docs/' }] }
    expect(await outcome(closed, '/docs/')).toBe('403 by paths/no-route')
    expect((await judge(closed, '/docs/', {}, true)).verdict.outcome).toBe('must-allow')
  })
})

describe('S2: a path without its slash', () => {
  const site: Site = {
    slash: 'redirect',
    routes: [{ path: '/docs/*' }, { path: '/a/{sub}/' }, { path: '/*/open/', public: true }],
  }
  rows(site, [
    ['/docs', '302 /docs/ by paths/slash'],
    ['/docs', '302 /docs/ by paths/slash', { method: 'HEAD' }],
    ['/docs', '302 /docs/?a=b&c=%20 by paths/slash', { query: 'a=b&c=%20' }],
    ['/docs', '302 /docs/?%C3%A9%20%0D%EF%BF%BD by paths/slash', { query: 'é \r\ud800' }],
    ['/docs', '302 /docs/ by paths/slash', { query: `t=${tokenOf({})}` }],
    ['/d%6fcs', '302 /d%6fcs/ by paths/slash'],
    ['/docs', '401 by credentials/absent', { claims: null }],
    ['/docs', '401 by claims/exp', { claims: { exp: seconds - 9 } }],
    ['/a/me', '302 /a/me/ by paths/slash'],
    ['/a/you', '403 by paths/no-right'],
    ['/a/you', '401 by credentials/absent', { claims: null }],
    ['/é.x/open', '302 /%C3%A9.x/open/ by paths/slash', { claims: null }],
    ['/docs/a', 'passes /docs/a'],
    ['/nowhere', '403 by paths/no-route'],
    ['/docs', '403 by order/method', { method: 'POST' }],
    ['//evil.example', '403 by paths/malformed'],
    ['/\\evil', '403 by paths/malformed'],
    ['/..', '403 by paths/malformed'],
  ])
  test('only where the policy says so, and of GET and HEAD', async () => {
    expect(await outcome({ routes: site.routes }, '/docs')).toBe('403 by paths/no-route')
    expect(await outcome({ ...site, methods: ['PUT'] }, '/docs', { method: 'PUT' })).toBe('403 by paths/no-route')
  })
  test('the index has to be granted, too', async () => {
    const routes = [{ path: '/docs/', public: true }, { path: '/docs/{group}' }]
    expect(await outcome({ slash: 'redirect', routes }, '/docs')).toBe('302 /docs/ by paths/slash')
    expect(await outcome({ slash: 'redirect', index: 'a.html', routes }, '/docs')).toBe('403 by order/rewrite')
    expect(await outcome({ slash: 'redirect', index: 'g1', routes }, '/docs')).toBe('302 /docs/ by paths/slash')
  })
  test('a denial answers for the path as it came', async () => {
    const unauthenticated: UnauthenticatedDenial = { redirect: '/login', redirectOn: 'always', returnTo: 'to' }
    const deny = { unauthenticated }
    expect(await outcome({ ...site, deny }, '/docs', { claims: null })).toBe(
      '302 /login?to=%2Fdocs by credentials/absent',
    )
  })
  test('where the request with the slash may be denied, either will do', async () => {
    const asked: Asked = { claims: { exp: seconds + 0.5 }, whose: 'foreign' }
    const { verdict } = await judge(site, '/docs', asked)
    expect(verdict).toMatchObject({ outcome: 'must-deny', rule: 'paths/slash', slash: { location: '/docs/' } })
    expect(verdict.slash?.verdict.outcome).not.toBe('must-allow')
  })
})

describe('S3: a single-page app', () => {
  const routes = [
    { path: '/orders/*', app: '/app/a b+.html' },
    { path: '/app/*', public: true, app: '/else' },
  ]
  rows({ index: 'index.html', routes }, [
    ['/orders/42', 'passes /app/a%20b%2B.html'],
    ['/orders/', 'passes /app/a%20b%2B.html'],
    ['/orders/4.2/x', 'passes /app/a%20b%2B.html'],
    ['/orders/42.json', 'passes /orders/42.json'],
    ['/orders/42%2Ejson', 'passes /orders/42%2Ejson'],
    ['/orders/42', '401 by credentials/absent', { claims: null }],
    ['/orders/42', 'passes /app/a%20b%2B.html', { method: 'HEAD' }],
    ['/orders/42', '403 by order/method', { method: 'POST' }],
  ])
})

describe('S4: what a path is rewritten to has to be granted', () => {
  const routes: Route[] = [
    { path: '/open/*', public: true },
    { path: '/open/{sub}' },
    { path: '/shells/*', groups: ['staff'] },
    { path: '/app/*', public: true, app: '/shells/a.html' },
    { path: '/lost/*', public: true, app: '/nowhere.html' },
    { path: '/own/{sub}/*', app: '/open/shell.html' },
    { path: '/both/*', public: true, app: '/open/deep/shell.html' },
  ]
  const site: Site = { index: 'me', routes }
  rows(site, [
    ['/open/', '401 by credentials/absent', { claims: null }],
    ['/open/', 'passes /open/me'],
    ['/open/', '403 by order/rewrite', { claims: { sub: 'you' } }],
    ['/open/a/', 'passes /open/a/me', { claims: null }],
    ['/app/x', '403 by order/rewrite'],
    ['/app/x', '401 by claims/exp', { claims: { exp: seconds - 9 } }],
    ['/app/x', 'passes /shells/a.html', { claims: { 'cognito:groups': ['staff'] } }],
    ['/app/x.js', 'passes /app/x.js', { claims: null }],
    ['/lost/x', '403 by paths/no-route'],
    ['/own/you/x', '403 by paths/no-right'],
    ['/both/x', 'passes /open/deep/shell.html', { claims: null }],
  ])
  test('is no matter of logging in', async () => {
    const { verdict } = await judge(site, '/app/x')
    expect(verdict).toMatchObject({ isForbidden: true, denial: 'forbidden' })
    expect((await judge(site, '/app/x', { claims: null })).verdict.isForbidden).toBeUndefined()
  })
  test('the token has to have what its provider asks for', async () => {
    const { event } = requestOf('/open/', {})
    const policy = { ...policyOf({ provider: { requiredClaims: ['email'] } }), ...site } as Policy
    const oracle = createOracle(policy, 'ours')
    await oracle.serve({ [jwksUri]: answer([keys.rsa.jwk]) }, start)
    expect(await oracle.judge(event, start)).toMatchObject({ outcome: 'must-deny', rule: 'order/required-claim' })
  })
  test('a foreign handler that rewrites nothing gives nothing away', async () => {
    const asked: Asked = { whose: 'foreign', claims: { sub: 'you' } }
    expect((await judge(site, '/open/', asked)).verdict).toMatchObject({ outcome: 'lax', rule: 'order/rewrite' })
    expect((await judge(site, '/open/me', asked, true)).verdict).toMatchObject({ outcome: 'must-deny' })
    expect((await judge(site, '/own/me/x', asked)).verdict).toMatchObject({ rule: 'paths/no-right' })
  })
})

describe('S6: only a navigation is sent to log in', () => {
  const login = (unauthenticated: Omit<UnauthenticatedDenial, 'redirect'> = {}): Site => ({
    routes: [{ path: '/files/*' }],
    deny: { unauthenticated: { redirect: 'https://login.example.com/', ...unauthenticated } },
  })
  const to = '302 https://login.example.com/ by credentials/absent'
  const no = '401 by credentials/absent'
  const html = 'text/html,application/xhtml+xml,*/*;q=0.8'
  test.each<[string, string, Asked['headers'], string?]>([
    ['fetch()', no, { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['fetch() that asks for HTML', no, { accept: html, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['an image', no, { accept: 'image/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a navigation', to, { accept: html, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }],
    ['a navigation of HEAD', to, { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 'HEAD'],
    ['a frame', no, { accept: html, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
    ['a mode alone', to, { accept: '*/*', 'sec-fetch-mode': 'navigate' }],
    ['a destination alone', to, { 'sec-fetch-dest': 'document' }],
    ['another mode alone', no, { accept: html, 'sec-fetch-mode': 'cors' }],
    ['a mode twice', no, { accept: html, 'sec-fetch-mode': ['navigate', 'navigate'] }],
    ['an empty mode', no, { accept: html, 'sec-fetch-mode': '' }],
    ['another case', no, { accept: html, 'sec-fetch-mode': 'Navigate' }],
    ['an old browser', to, { accept: html }],
    ['an old browser in capitals', to, { accept: ['*/*', 'TEXT/HTML'] }],
    ['a program', no, {}],
    ['a form', no, { accept: html, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 'POST'],
  ])('%s: %s', async (_title, expected, headers = {}, method = 'GET') => {
    const site = { ...login(), methods: ['GET', 'HEAD', 'POST'] }
    expect(await outcome(site, '/files/a', { claims: null, headers, method })).toBe(expected)
  })
  test('with its own status, or always', async () => {
    expect(await outcome(login({ status: 404 }), '/files/a', { claims: null })).toBe('404 by credentials/absent')
    expect(await outcome(login({ redirectOn: 'always' }), '/files/a', { claims: null })).toBe(to)
  })
  test('nobody whose token is good, and nobody without a route', async () => {
    const site = login({ redirectOn: 'always' })
    expect(await outcome({ ...site, routes: [{ path: '/files/{group}' }] }, '/files/a')).toBe('403 by paths/no-right')
    expect(await outcome(site, '/nowhere', { claims: null })).toBe('403 by paths/no-route')
    expect(await outcome(site, '/files/%zz', { claims: null })).toBe('403 by credentials/absent')
  })
})

describe('S7, S8, S9: the way to the login page and back', () => {
  const location = async (deny: UnauthenticatedDenial, uri: string, query = '') => {
    const site: Site = { routes: [{ path: '/*' }], deny: { unauthenticated: { redirectOn: 'always', ...deny } } }
    return (await responseTo(site, uri, { claims: null, query })).locations[0]
  }
  const login = { redirect: '/login', returnTo: 'to', returnQuery: true } as const
  const token = tokenOf({})
  test('S7: its query comes back, percent-encoded', async () => {
    expect(await location(login, '/mypage.html', 'name=bob&a=%20')).toBe(
      '/login?to=%2Fmypage.html%3Fname%3Dbob%26a%3D%2520',
    )
    expect(await location(login, '/a%20é+')).toBe('/login?to=%2Fa%2520%C3%A9%2B')
    expect(await location({ ...login, returnQuery: false }, '/a', 'b=c')).toBe('/login?to=%2Fa')
    expect(await location({ redirect: '/login' }, '/a', 'b=c')).toBe('/login')
  })
  test('S8: three letters are no token', async () => {
    const path = '/reports/surveyJune.v2.pdf'
    expect(await location(login, path)).toBe(`/login?to=${encodeURIComponent(path)}`)
    expect(await location(login, '/a', 'file=surveyJhbGci')).toBe('/login?to=%2Fa%3Ffile%3DsurveyJhbGci')
  })
  test('a token is left out, however often it is encoded', async () => {
    const [head = '', body = ''] = token.split('.')
    const twice = [...head].map((character) => `%25${character.charCodeAt(0).toString(16)}`).join('')
    for (const text of [
      token,
      `survey${head}`,
      `eyJ.${head}`,
      head,
      body,
      `x${head}`,
      twice,
      head.replace('eyJ', 'e%79J'),
    ]) {
      expect(await location(login, '/a', `t=${text}`)).toBe('/login?to=%2Fa')
      expect(await location(login, `/a/${text}`, 'b=c')).toBe('/login')
    }
  })
  test('a name of a member that does not end within 96 octets is no token', async () => {
    const text = (length: number) => Buffer.from(`{"${'m'.repeat(length)}":1}`).toString('base64url')
    expect(await location(login, '/a', text(92))).toBe('/login?to=%2Fa')
    expect(await location(login, '/a', text(93))).toBe(`/login?to=%2Fa%3F${text(93)}`)
  })
  test('over 1,024 characters the query is left out, and then the path', async () => {
    const path = `/${'a'.repeat(1000)}`
    const encoded = encodeURIComponent(path)
    expect(await location(login, path, 'b'.repeat(22))).toBe(`/login?to=${encoded}%3F${'b'.repeat(22)}`)
    expect(await location(login, path, 'b'.repeat(23))).toBe(`/login?to=${encoded}`)
    expect(await location(login, `/${'a'.repeat(1023)}`, 'b')).toBe(`/login?to=%2F${'a'.repeat(1023)}`)
    expect(await location(login, `/${'a'.repeat(1024)}`, 'b')).toBe('/login')
  })
  test('S9: a path stays a path, and what the page has of its own stays', async () => {
    expect(await location({ ...login, redirect: '/login?a=b#c' }, '/x')).toBe('/login?a=b&to=%2Fx#c')
    const absolute = { ...login, redirect: 'https://login.example.com/?a=b' }
    expect(await location(absolute, '/x')).toBe('https://login.example.com/?a=b&to=%2Fx')
  })
})

describe('S10: what a good token does not grant', () => {
  const page =
    '<!doctype html>\r\n<title>é</title><style>p{color:red}\r\n</style><!--<style>a</style>--><STYLE media="a>b">x</STYLE >'
  const style = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const site: Site = {
    routes: [{ path: '/users/{sub}/*' }, { path: '/reports/*', groups: ['analysts'] }],
    deny: { unauthenticated: { page: '<p>Log in' }, forbidden: { page } },
  }
  const secured = {
    contentType: 'text/html; charset=utf-8',
    contentSecurityPolicy: `default-src 'none'; img-src data:; style-src ${style('p{color:red}\n')} ${style('x')}`,
  }
  test('is denied with a page, never sent to log in', async () => {
    const always = {
      ...site,
      deny: { ...site.deny, unauthenticated: { redirect: '/login', redirectOn: 'always' } },
    } as Site
    expect(await outcome(site, '/users/me/a', { claims: { 'cognito:groups': undefined } })).toBe('passes /users/me/a')
    const expected = { status: '403', locations: [], body: page, ...secured }
    expect(await responseTo(always, '/reports/')).toEqual(expected)
    expect(await responseTo(always, '/reports/', { method: 'HEAD' })).toEqual({ ...expected, body: '' })
  })
  test('each class has its own page, and a redirect none', async () => {
    const asked: Asked = { claims: null }
    expect(await responseTo(site, '/reports/', asked)).toEqual({
      status: '401',
      locations: [],
      body: '<p>Log in',
      contentType: 'text/html; charset=utf-8',
      contentSecurityPolicy: "default-src 'none'; img-src data:",
    })
    const bare = { status: '401', locations: [], body: '', contentSecurityPolicy: "default-src 'none'" }
    expect(await responseTo({ routes: site.routes }, '/reports/', asked)).toEqual(bare)
    const deny = { unauthenticated: { redirect: '/login', redirectOn: 'always', page: 'x' } } as const
    expect(await responseTo({ routes: site.routes, deny }, '/reports/', asked)).toEqual({
      ...bare,
      status: '302',
      locations: ['/login'],
    })
  })
  test('is forbidden before it is anything else, and where it is open either will do', async () => {
    const { policy, request, verdict } = await judge(site, '/reports/', { claims: { exp: good.exp } })
    expect(verdict.denial).toBe('forbidden')
    const { denial: _, ...open } = verdict
    expect(expectedResponses(policy, request, open).map(({ status }) => status)).toEqual(['401', '403'])
    const later: Verdict = { ...verdict, rule: 'claims/exp', denial: 'unauthenticated' }
    expect(eitherOf(verdict, later).denial).toBeUndefined()
    expect(eitherOf(verdict, verdict).denial).toBe('forbidden')
  })
})

describe('S11: parts of segments', () => {
  const digest = createHash('md5').update('g1').digest('hex')
  const routes: Route[] = [
    { path: '/orgs/*/logo.png', public: true },
    { path: '/orgs/{group}/*' },
    { path: '/assets/*.css', public: true },
    { path: '/assets/x-*.css', groups: ['none'] },
    { path: '/assets/x*yz.css', groups: ['none'] },
    { path: '/assets/x*z.css', public: true },
    { path: '/users/{sub}.pdf' },
    { path: '/private/us-east-1:{sub}/*' },
    { path: '/vault/{group}.zip', hash: 'md5' },
    { path: '/t/{claim:https://example.com/tenant}.txt/*' },
    { path: '/docs/c++-*.html', public: true },
    { path: '/mid/{claim:sub}/end' },
    { path: '/mid/*/other', public: true },
    { path: '/order/{sub}' },
    { path: '/order/*.css', public: true },
    { path: '/order/ab*', groups: ['none'] },
    { path: '/order/a*yz', public: true },
    { path: '/order/{group}/*' },
    { path: '/order/*/x/y', public: true },
  ]
  rows({ routes }, [
    ['/orgs/g1/logo.png', 'passes /orgs/g1/logo.png', { claims: null }],
    ['/orgs//logo.png', '403 by credentials/absent', { claims: null }],
    ['/orgs/a/b/logo.png', '403 by paths/no-right'],
    ['/orgs/g1/b/logo.png', 'passes /orgs/g1/b/logo.png'],
    ['/orgs/g1/logo.pngx', 'passes /orgs/g1/logo.pngx'],
    ['/assets/a.css', 'passes /assets/a.css', { claims: null }],
    ['/assets/.css', '403 by paths/no-route'],
    ['/assets/a/b.css', '403 by paths/no-route'],
    ['/assets/a.css/', '403 by paths/no-route'],
    ['/assets/a.CSS', '403 by paths/no-route'],
    ['/assets/x-a.css', '403 by paths/no-right'],
    ['/assets/x-.css', 'passes /assets/x-.css', { claims: null }],
    ['/assets/xayz.css', '403 by paths/no-right'],
    ['/assets/xaz.css', 'passes /assets/xaz.css', { claims: null }],
    ['/assets/a+b.css', 'passes /assets/a+b.css', { claims: null }],
    ['/assets/x+.css', 'passes /assets/x+.css', { claims: null }],
    ['/users/me.pdf', 'passes /users/me.pdf'],
    ['/users/you.pdf', '403 by paths/no-right'],
    ['/users/me.pdf.pdf', '403 by paths/no-right'],
    ['/users/.pdf', '403 by paths/no-route', { claims: { sub: '' } }],
    ['/private/us-east-1%3Ame/a', 'passes /private/us-east-1%3Ame/a'],
    ['/private/us-east-1:you/a', '403 by paths/no-right'],
    ['/private/us-east-2:me/a', '403 by paths/no-route'],
    [`/vault/${digest}.zip`, `passes /vault/${digest}.zip`],
    [`/vault/${createHash('md5').update('g1.zip').digest('hex')}`, '403 by paths/no-route'],
    ['/vault/g1.zip', '403 by paths/no-right'],
    ['/t/acme.txt/x', 'passes /t/acme.txt/x', { claims: { 'https://example.com/tenant': 'acme' } }],
    ['/t/acme/x', '403 by paths/no-route'],
    ['/docs/c++-x.html', '403 by paths/plus'],
    ['/docs/c%2B%2B-x.html', 'passes /docs/c%2B%2B-x.html', { claims: null }],
    ['/docs/c%2B%2B-x+.html', 'passes /docs/c%2B%2B-x+.html', { claims: null }],
    ['/order/a.css', 'passes /order/a.css', { claims: null }],
    ['/order/abxyz', '403 by paths/no-right'],
    ['/order/acxyz', 'passes /order/acxyz', { claims: null }],
    ['/order/g2/x/y', 'passes /order/g2/x/y', { claims: null }],
    ['/order/g2/x/z', '403 by paths/no-right'],
    ['/mid/me/end', 'passes /mid/me/end'],
    ['/mid/me/other', 'passes /mid/me/other', { claims: null }],
    ['/mid/+/other', 'passes /mid/+/other', { claims: null }],
    ['/mid/+/end', '403 by paths/plus', { claims: { sub: '+' } }],
  ])
  test('a raw plus that chooses between two routes is denied, even where both are granted', async () => {
    const two = [
      { path: '/a/* b', public: true },
      { path: '/a/*b', public: true },
    ]
    expect(await outcome({ routes: two }, '/a/x+b')).toBe('may 403 by paths/plus')
    expect(await outcome({ routes: two }, '/a/x%20b')).toBe('passes /a/x%20b')
  })
})

test('S12: routes of one shape say nothing of which decides', () => {
  const shapes = (...paths: string[]) => routesOfOneShape(paths.map((path) => ({ path }))).length
  expect(shapes('/a/*', '/a/*')).toBe(1)
  expect(shapes('/a/{sub}/x', '/a/*/x')).toBe(1)
  expect(shapes('/a/{sub}.x', '/a/{group}.x', '/a/*.x')).toBe(3)
  expect(shapes('/a/*', '/a/{sub}', '/a/*.x', '/a/x*', '/a/*/', '/a/x', '/a/*/*')).toBe(0)
})

test('S13: origins by a wildcard', () => {
  const names = (origin: string, ...corsOrigins: string[]) => namesOrigin({ ...policyOf({}), corsOrigins }, origin)
  const below = 'https://*.example.com'
  for (const origin of ['https://pr-1.example.com', 'https://a.b.example.com']) expect(names(origin, below)).toBe(true)
  for (const origin of [
    'https://example.com',
    'https://evil-example.com',
    'https://.example.com',
    'https://a..example.com',
    'http://a.example.com',
    'https://a.example.com:8443',
    'https://a.example.com.evil.example',
    'https://evil.example/.example.com',
    'https://evil.example:1.example.com',
    'https://*.example.com.',
    'null',
  ]) {
    expect(names(origin, below)).toBe(false)
  }
  expect(names('https://a.example.com:8443', 'https://*.example.com:8443')).toBe(true)
  expect(names('https://app.example.com', 'https://app.example.com')).toBe(true)
  expect(names('https://app.example.com')).toBe(false)
})

describe('S16: other methods', () => {
  const methods = ['POST', 'PUT', 'MOVE', 'get', 'INVENTED']
  const site: Site = { index: 'i', slash: 'redirect', routes: [{ path: '/*', public: true }, { path: '/a/*' }] }
  rows(
    site,
    methods.flatMap((method): Row[] => [
      ['/', '403 by order/method', { method }],
      ['/a', '403 by order/method', { method, claims: null }],
    ]),
  )
})

describe('S17: odd keys', () => {
  const names = ['a b', 'a%20b', '(1)', ";v=1,2'!~$", '\u00fc', 'u\u0308', '..hidden..txt', 'a+b', '100%']
  const routes: Route[] = names.map((name) => ({ path: `/k/${name}`, public: true }))
  rows({ routes }, [
    ...names.map(
      (name): Row => [`/k/${encodeURIComponent(name)}`, `passes /k/${encodeURIComponent(name)}`, { claims: null }],
    ),
    ['/k/a+b', 'may 403 by paths/plus'],
    ['/k/..hidden..txt', 'passes /k/..hidden..txt', { claims: null }],
    ['/k/(1)', 'passes /k/(1)', { claims: null }],
    ['/k/U%CC%88', '403 by paths/no-route'],
    ['/k/100%', 'may 403 by paths/malformed'],
  ])
  test('a raw plus only where both readings are granted', async () => {
    const one = routes.filter(({ path }) => path !== '/k/a b')
    expect(await outcome({ routes: one }, '/k/a+b')).toBe('403 by paths/plus')
  })
})

describe('S18: names of groups', () => {
  rows({ routes: [{ path: '/g/{group}/*' }, { path: '/p/{group}.txt' }] }, [
    ['/g/%C3%A9/x', 'passes /g/%C3%A9/x'],
    ['/g/e%CC%81/x', '403 by paths/no-right'],
    ['/g/a%2Bb/x', 'passes /g/a%2Bb/x'],
    ['/g/a+b/x', 'may 403 by paths/plus'],
    ['/g/a%7Cb/x', 'passes /g/a%7Cb/x'],
    ['/p/a%7Cb.txt', 'passes /p/a%7Cb.txt'],
    ['/p/a+b.txt', 'may 403 by paths/plus'],
  ])
  test('a segment cannot hold a slash', async () => {
    const { verdict } = await judge({ routes: [{ path: '/g/{group}/*' }] }, '/g/a%2Fb/x', {
      claims: { 'cognito:groups': ['a/b'] },
    })
    expect(verdict.ours).toBe('deny')
  })
})
