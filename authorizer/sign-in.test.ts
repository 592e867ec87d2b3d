/** The way in, back in, and out, as a browser goes it. */
import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { start } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { host, navigation, sealKey, signInTestBed } from '../testing/sign-in-test-bed.ts'
import type { SignIn } from './policy.ts'

it('signs a visitor in and takes him back to where he was', async () => {
  const { browser, posts, log } = signInTestBed()
  const { go, logIn, jar } = browser()
  const began = await go('/reports/a b?x=1;2&y=%20')
  expect(began.status).toBe('302')
  const url = new URL(began.location ?? '')
  expect(`${url.origin}${url.pathname}`).toBe('https://login.example.com/authorize')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'web',
    redirect_uri: `https://${host}/_auth/callback`,
    scope: 'openid',
    state: expect.stringMatching(/^[0-7][\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  })
  const returned = await go(logIn(began.location ?? '', 'ann'))
  expect(returned).toMatchObject({ status: '303', location: `https://${host}/reports/a%20b?x=1;2&y=%20` })
  expect([...jar.keys()].sort()).toEqual(['__Host-ep-a', '__Host-ep-g', '__Host-ep-r'])
  for (const line of returned.cookies)
    expect(line).toMatch(/^__Host-ep-[\w.]+=[\w.~!-]*; Secure; HttpOnly; SameSite=Lax; Path=\/; Max-Age=\d+$/)
  const passed = await go('/users/ann/x')
  expect(passed.passed?.headers.cookie).toBeUndefined()
  expect(await go('/users/bob/x')).toMatchObject({
    status: '403',
    response: { body: expect.stringContaining('/_auth/sign-out') },
  })
  expect(posts.map(({ uri }) => uri)).toEqual(['https://login.example.com/token'])
  expect(log).toMatchObject([
    { edgeproof: 'sign-in', reason: 'start/sign-in', status: '302', ms: 0 },
    { edgeproof: 'sign-in', reason: 'callback/signed-in', status: '303', ms: 0 },
    { edgeproof: 'denied', reason: 'right' },
  ])
})

it('refreshes a session whose token has ended, and one whose token is about to', async () => {
  const { browser, clock, posts } = signInTestBed()
  const { go, jar, signIn } = browser()
  await signIn('/', 'ann')
  for (const seconds of [3600, 3550]) {
    clock.now += seconds * 1000
    jar.delete('__Host-ep-g')
    const before = { ...Object.fromEntries(jar) }
    const sent = await go('/page?q')
    expect(sent).toMatchObject({
      status: '302',
      location: `https://${host}/_auth/refresh?to=%2Fpage%3Fq`,
    })
    expect(await go(sent.location ?? '')).toMatchObject({ status: '303', location: `https://${host}/page?q` })
    expect(jar.get('__Host-ep-a')).not.toBe(before['__Host-ep-a'])
    expect(jar.get('__Host-ep-r')).not.toBe(before['__Host-ep-r'])
    expect((await go('/page?q')).status).toBe('passed')
  }
  expect(posts).toHaveLength(3)
})

it('signs out, revokes, and leaves a session that a late refresh brings back without effect', async () => {
  const { browser, refreshTokens, clock } = signInTestBed()
  const { go, jar, signIn } = browser()
  await signIn('/', 'ann')
  const held = new Map(jar)
  expect(refreshTokens.size).toBe(1)
  const out = await go('/_auth/sign-out', { ...navigation, 'sec-fetch-site': 'same-origin' })
  expect(out).toMatchObject({
    status: '303',
    location: `https://login.example.com/logout?client_id=web&post_logout_redirect_uri=https%3A%2F%2F${host}%2Fbye.html`,
  })
  expect(out.response?.headers['clear-site-data']).toEqual([{ value: '"cache"' }])
  expect(refreshTokens.size).toBe(0)
  expect([...jar.keys()]).toEqual(['__Host-ep-o'])
  for (const [name, value] of held) jar.set(name, value)
  clock.now += 200_000
  const again = await go('/')
  expect(again.location).toContain('https://login.example.com/authorize')
  expect([...jar.keys()].sort()).toEqual(['__Host-ep-g', '__Host-ep-o', expect.stringMatching(/-t\d$/)])
})

const fetched = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' }
const leave = { ...navigation, 'sec-fetch-site': 'same-origin' }

describe('who is sent to sign in', () => {
  const { browser } = signInTestBed()
  it.each<[string, string, Record<string, string>, string, string?]>([
    ['a navigation', '302', navigation, '/'],
    ['a browser without Fetch Metadata that names HTML', '302', { accept: 'text/html' }, '/'],
    ['a script', '401', fetched, '/'],
    ['a frame', '401', { ...navigation, 'sec-fetch-dest': 'iframe' }, '/'],
    ['an image', '401', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', accept: 'text/html' }, '/'],
    ['a prefetch', '401', { ...navigation, 'sec-purpose': 'prefetch' }, '/'],
    ['HEAD', '401', navigation, '/', 'HEAD'],
    ['a bearer of a bad token', '401', { ...navigation, authorization: 'Bearer x' }, '/'],
    ['HEAD of the callback, which is denied', '403', navigation, '/_auth/callback', 'HEAD'],
    ['a visitor of a public page, who passes', 'passed', navigation, '/public/x'],
  ])('%s: %s', async (_, status, headers, url, method) => {
    const { go, jar } = browser()
    expect((await go(url, headers, method)).status).toBe(status)
    expect(jar.size).toBe(status === '302' ? 1 : 0)
  })
})

it('every answer is private, and a page has no word of the request', async () => {
  const { browser } = signInTestBed()
  const { go, signIn } = browser()
  const answers = [
    await go('/'),
    await signIn('/secret', 'ann'),
    await go('/_auth/callback?state=evil&error_description=%3Cscript%3E'),
    await go('/_auth/refresh?to=evil&x=evil'),
    await go('/_auth/refresh?to=evil&to=evil'),
    await go('/_auth/sign-out?x=evil', { ...navigation, 'sec-fetch-site': 'cross-site' }),
    await go('/_auth/sign-out', leave),
  ]
  expect(answers.map(({ status }) => status)).toEqual(['302', '303', '400', '303', '400', '403', '303'])
  for (const { response } of answers) {
    expect(response?.headers).toMatchObject({
      'cache-control': [{ value: 'no-store' }],
      'referrer-policy': [{ value: 'no-referrer' }],
      'x-content-type-options': [{ value: 'nosniff' }],
      'content-security-policy': [{ value: expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/) }],
    })
    expect(response?.body ?? '').not.toMatch(/evil|script|secret/)
  }
})

describe('a callback', () => {
  it.each<[string, string, (bed: ReturnType<typeof signInTestBed>) => unknown, Partial<SignIn>?]>([
    ['no nonce', 'id-token', ({ habits }) => Object.assign(habits, { idClaims: { nonce: undefined } })],
    ['another nonce', 'id-token', ({ habits }) => Object.assign(habits, { idClaims: { nonce: 'x' } })],
    ['another audience', 'id-token', ({ habits }) => Object.assign(habits, { idClaims: { aud: 'other' } })],
    ['another authorized party', 'id-token', ({ habits }) => Object.assign(habits, { idClaims: { azp: 'other' } })],
    ['another access token’s hash', 'id-token', ({ habits }) => Object.assign(habits, { idClaims: { at_hash: 'x' } })],
    [
      'an access token as ID token',
      'id-token',
      ({ habits }) => Object.assign(habits, { idClaims: { token_use: 'access' } }),
    ],
    ['no subject', 'id-token', ({ habits }) => Object.assign(habits, { idClaims: { sub: '' } })],
    ['an ID token that has ended', 'id-token', ({ habits }) => Object.assign(habits, { idClaims: { exp: 1 } })],
    [
      'an access token of another person',
      'subject',
      ({ habits }) => Object.assign(habits, { accessClaims: { sub: 'eve' } }),
    ],
    [
      'an access token for another client',
      'access-token',
      ({ habits }) => Object.assign(habits, { accessClaims: { client_id: 'x' } }),
    ],
    [
      'an access token of the future',
      'access-token',
      ({ habits }) => Object.assign(habits, { accessClaims: { nbf: 9e9 } }),
    ],
    ['no ID token', 'token-response', ({ habits }) => Object.assign(habits, { members: { id_token: undefined } })],
    [
      'another token type',
      'token-response',
      ({ habits }) => Object.assign(habits, { members: { token_type: 'DPoP' } }),
    ],
    ['HTML', 'token-response', ({ habits }) => Object.assign(habits, { answer: () => ({ body: '<p>' }) })],
    ['a redirect', 'token-endpoint', ({ habits }) => Object.assign(habits, { answer: () => ({ status: 302 }) })],
    ['an outage', 'token-endpoint', ({ habits }) => Object.assign(habits, { answer: () => ({ status: 500 }) })],
    [
      'no answer',
      'token-endpoint',
      ({ habits }) => Object.assign(habits, { answer: () => Promise.reject(new Error()) }),
    ],
    [
      'a refused code',
      'grant',
      ({ habits }) => Object.assign(habits, { answer: () => ({ status: 403, body: '{"error":"invalid_grant"}' }) }),
    ],
    [
      'tokens that are too large',
      'session-size',
      ({ habits }) => Object.assign(habits, { accessClaims: { x: 'x'.repeat(4000) } }),
    ],
    ['a foreign issuer in its query', 'response-issuer', () => undefined, { responseIss: true }],
  ])('with %s begins nothing: %s', async (_, reason, prepare, fields) => {
    const bed = signInTestBed(fields)
    prepare(bed)
    const { signIn, jar, go } = bed.browser()
    const { response, status } = await signIn('/', 'ann')
    expect(status).toBe(reason.startsWith('token-') ? '503' : '403')
    expect(response?.body).toContain(reason)
    expect([...jar.keys()]).toEqual([])
    expect(bed.posts).toHaveLength(reason === 'response-issuer' ? 0 : 1)
    expect((await go('/')).status).toBe('302')
  })

  it('counts in its own browser, once, and with its own code', async () => {
    const { browser, posts } = signInTestBed()
    const [ann, eve] = [browser(), browser()]
    const link = eve.logIn((await eve.go('/')).location ?? '', 'eve')
    expect(await ann.go(link)).toMatchObject({ status: '400', cookies: [] })
    const [one, other] = [await ann.go('/one'), await ann.go('/other')].map(({ location = '' }) =>
      ann.logIn(location, 'ann'),
    )
    expect(posts).toEqual([])
    const [codeOfOther, ownState] = [
      new URL(other ?? '').searchParams.get('code'),
      new URL(one ?? '').searchParams.get('state'),
    ]
    expect((await ann.go(`/_auth/callback?code=${codeOfOther}&state=${ownState}`)).response?.body).toContain('grant')
    expect((await ann.go(one ?? '')).response?.body).toContain('state')
    const third = ann.logIn((await ann.go('/third')).location ?? '', 'ann')
    expect(await ann.go(third)).toMatchObject({ status: '303', location: `https://${host}/third` })
    expect(await ann.go(third)).toMatchObject({ status: '400' })
    expect(posts).toHaveLength(2)
  })

  it.each(['code=x&code=y', 'state=x', 'error=e&error=f', 'x=1&x=2'])(
    'is refused with a parameter twice: %s',
    async (more) => {
      const { browser, posts } = signInTestBed()
      const { go, logIn, jar } = browser()
      const link = logIn((await go('/')).location ?? '', 'ann')
      expect(await go(`${link}&${more}`)).toMatchObject({ status: '400', cookies: [] })
      expect(posts).toEqual([])
      expect(jar.size).toBe(1)
    },
  )

  it('tells nobody but the log what the provider refused', async () => {
    const { browser, log, posts } = signInTestBed()
    const { go } = browser()
    const state = new URL((await go('/')).location ?? '').searchParams.get('state')
    const { response, status } = await go(`/_auth/callback?state=${state}&error=access_denied&error_description=Sorry`)
    expect([status, response?.body?.includes('denied')]).toEqual(['403', false])
    expect(log.at(-1)).toMatchObject({ reason: 'callback/provider-error', error: 'access_denied' })
    expect(posts).toEqual([])
  })

  it.each([
    ['//evil.example/x'],
    ['/\\evil.example'],
    ['@evil.example'],
    ['/_auth/sign-out'],
    ['/a/../b'],
    ['https://evil.example/'],
  ])('does not lead to %s', async (path) => {
    const { browser } = signInTestBed()
    const { go, logIn, jar } = browser()
    const link = logIn((await go('/x')).location ?? '', 'ann')
    const [[name = '', value = '']] = [...jar] as [[string, string]]
    jar.set(name, value.replace(/[^|]*$/, encodeURIComponent(path)))
    expect((await go(link)).location).toBe(`https://${host}/`)
  })
})

it('another host is nobody’s: nothing is set, and nobody is sent there', async () => {
  const { browser } = signInTestBed()
  const other = signInTestBed({ hosts: ['www.example.com'] }).browser()
  for (const path of ['/', '/_auth/callback', '/_auth/sign-out'])
    expect(await browser().go(`https://evil.example${path}`)).toMatchObject({ status: '421', cookies: [] })
  expect((await other.go(`https://${host}/`)).status).toBe('421')
  expect((await other.go('https://www.example.com/')).location).toContain(
    'redirect_uri=https%3A%2F%2Fwww.example.com%2F',
  )
})

it('a jar that keeps slots and no session is not sent round for ever', async () => {
  const { browser, clock } = signInTestBed()
  const { jar, signIn, go } = browser()
  for (let time = 0; time < 2; time++) {
    await signIn('/', 'ann')
    for (const name of ['__Host-ep-a', '__Host-ep-r']) jar.delete(name)
  }
  const last = await go('/')
  expect(last).toMatchObject({ status: '403', cookies: [] })
  expect(last.response?.body).toContain('session-not-kept')
  clock.now += 121_000
  expect((await go('/')).status).toBe('302')
})

describe('cookies', () => {
  it('of ours reach neither cache nor origin, and the others do as they are', async () => {
    const { browser } = signInTestBed()
    const { jar, signIn, go } = browser()
    jar.set('first', '"a; ')
    await signIn('/', 'ann')
    jar.set('__Host-ep-unknown', 'x')
    jar.set('x__Host-ep-a', '1')
    jar.set('last', '%20=')
    const cookie = [{ key: 'cookie', value: 'first="a; ; x__Host-ep-a=1; last=%20=' }]
    for (const [url, headers] of [
      ['/', navigation],
      ['/public/x', navigation],
      ['/', fetched],
    ] as const)
      expect((await go(url, headers)).passed?.headers.cookie).toEqual(cookie)
  })

  it.each(['a', 'r', 'g', 't3', 'o'])('twice are a page and no loop: %s', async (name) => {
    const { browser } = signInTestBed()
    const { jar, go } = browser()
    jar.set(`__Host-ep-${name}`, `x; __Host-ep-${name}=x`)
    expect(await go('/')).toMatchObject({ status: '400', cookies: [] })
    expect((await go('/public/x')).status).toBe('passed')
    const out = await go('/_auth/sign-out', leave)
    expect(out.status).toBe('303')
  })

  it.each(['\u2000__Host-ep-a', '"__Host-ep-a"', '=__Host-ep-a', '__host-ep-a', '__Host-ep-a ', '__Host-ep-a.01'])(
    'of a name like %j are no session',
    async (name) => {
      const { browser } = signInTestBed()
      const { jar, signIn, go } = browser()
      await signIn('/', 'ann')
      const value = jar.get('__Host-ep-a') ?? ''
      jar.delete('__Host-ep-a')
      jar.delete('__Host-ep-r')
      jar.set(name, value)
      expect((await go('/')).status).toBe('302')
    },
  )

  it('have room in any order: eight tabs and the largest session are under ten kilobytes', async () => {
    const { browser, habits } = signInTestBed()
    habits.accessClaims = { x: 'x'.repeat(1800) }
    const { jar, go, logIn } = browser()
    const links: string[] = []
    for (let tab = 0; tab < 20; tab++)
      links.push((await go(`/${'p'.repeat(600)}${tab}?${'q'.repeat(300)}`)).location ?? '')
    expect(jar.size).toBe(8)
    expect((await go(logIn(links.at(-1) ?? '', 'ann'))).status).toBe('303')
    expect((await go('/')).status).toBe('passed')
    const octets = [...jar].reduce((sum, [name, value]) => sum + name.length + 1 + value.length, 0)
    expect(octets).toBeLessThan(10_240)
  })
})

describe('a refresh', () => {
  const lapse = 3_600_000
  async function lapsed(fields?: Partial<SignIn>) {
    const bed = signInTestBed(fields)
    const tab = bed.browser()
    await tab.signIn('/', 'ann')
    bed.clock.now += lapse
    tab.jar.delete('__Host-ep-g')
    return { ...bed, ...tab }
  }

  it('that is refused takes nothing back, and its session is begun anew by the next page', async () => {
    const { go, jar, refreshTokens } = await lapsed()
    refreshTokens.clear()
    const { location = '' } = await go('/x')
    expect(await go(location)).toMatchObject({ status: '303', location: `https://${host}/x` })
    expect([...jar.keys()]).toEqual(['__Host-ep-a', '__Host-ep-r', '__Host-ep-g'])
    expect((await go('/x')).location).toContain('/authorize?')
    expect([...jar.keys()].filter((name) => /-[ar]$/.test(name))).toEqual([])
  })

  it('that loses a race leaves the winner’s session', async () => {
    const { go, jar } = await lapsed()
    const [one, other] = [await go('/1'), await go('/2')]
    const before = new Map(jar)
    await go(one.location ?? '')
    const winner = new Map(jar)
    jar.clear()
    for (const [name, value] of before) jar.set(name, value)
    await go(other.location ?? '')
    for (const name of ['__Host-ep-a', '__Host-ep-r']) jar.set(name, winner.get(name) ?? '')
    expect((await go('/')).status).toBe('passed')
  })

  it.each([true, false])(
    'of twenty tabs at once ends at the page of each: refresh tokens that rotate %s',
    async (rotates) => {
      const { go, habits, refreshTokens } = await lapsed()
      habits.rotates = rotates
      const pages = Array.from({ length: 20 }, (_, tab) => `/${tab}?q=%26${tab}`)
      const sent = await Promise.all(pages.map((page) => go(page)))
      expect(new Set(sent.map(({ location = '' }) => new URL(location).pathname))).toEqual(new Set(['/_auth/refresh']))
      const back = await Promise.all(sent.map(({ location = '' }) => go(location)))
      expect(back.map(({ location }) => location)).toEqual(pages.map((page) => `https://${host}${page}`))
      const seen = await Promise.all(back.map(({ location = '' }) => go(location)))
      expect(seen.map(({ status }) => status)).toEqual(pages.map(() => 'passed'))
      expect(refreshTokens.size).toBe(rotates ? 1 : 21)
    },
  )

  it.each([
    ['//evil.example/x', '/'],
    ['/\\evil.example', '/'],
    ['/%5cevil.example', '/'],
    ['@evil.example', '/'],
    ['https://evil.example/', '/'],
    ['/x\r\nx: y', '/'],
    ['/_auth/refresh', '/'],
    ['/_auth/refresh?to=/', '/'],
    ['/_auth/sign-out', '/'],
    ['', '/'],
    ['/x?to=//evil.example', '/x?to=//evil.example'],
  ])('to %j leads to %s on its own host, with a session and without', async (to, path) => {
    const { go, jar, browser } = await lapsed()
    jar.set('__Host-ep-g', '0.0.0.')
    const stranger = browser()
    stranger.jar.set('__Host-ep-g', '0.0.0.')
    const [link, encoded] = [new URLSearchParams({ to }), new URLSearchParams({ to: encodeURIComponent(to) })]
    for (const query of [link, encoded])
      for (const visit of [go, stranger.go])
        expect(await visit(`/_auth/refresh?${query}`)).toMatchObject({
          status: '303',
          location: `https://${host}${path}`,
        })
    expect(await go(`/_auth/refresh?${link}&to=/`)).toMatchObject({ status: '400', cookies: [] })
  })

  it('of a jar that keeps nothing is a page, and no request to the provider', async () => {
    const { go, jar, habits } = await lapsed()
    const kept = new Map(jar)
    const { location = '' } = await go('/x')
    jar.clear()
    for (const [name, value] of kept) jar.set(name, value)
    habits.answer = () => {
      throw new Error('asked')
    }
    expect(await go(location)).toMatchObject({ status: '403' })
  })

  it.each([{ status: 500 }, { status: 429 }, { status: 200, body: '{' }])(
    'in an outage keeps all cookies: %j',
    async (answer) => {
      const { go, jar, habits } = await lapsed()
      habits.answer = () => answer
      const { location = '' } = await go('/x')
      const before = new Map(jar)
      expect(await go(location)).toMatchObject({
        status: '503',
        response: { headers: { 'retry-after': [{ value: '5' }] } },
      })
      expect(jar).toEqual(before)
      habits.answer = undefined
      expect(await go(location)).toMatchObject({ status: '303', location: `https://${host}/x` })
    },
  )

  it('in an outage leaves a good token good', async () => {
    const { browser, clock, habits } = signInTestBed()
    const { go, signIn } = browser()
    await signIn('/', 'ann')
    clock.now += lapse - 20_000
    habits.answer = () => ({ status: 500 })
    const { location = '', status } = await go('/x')
    expect(status).toBe('302')
    expect((await go(location)).location).toBe(`https://${host}/x`)
    expect((await go('/x')).status).toBe('passed')
  })

  it('by scripts waits for a page, unless the policy says otherwise', async () => {
    expect((await (await lapsed()).go('/', fetched)).status).toBe('401')
    const any = await lapsed({ refresh: 'any' })
    expect((await any.go('/', fetched)).location).toContain('/_auth/refresh?')
  })

  it.each<[string, (bed: Awaited<ReturnType<typeof lapsed>>) => unknown]>([
    ['another person', ({ habits }) => Object.assign(habits, { claims: { sub: 'eve' } })],
    ['another issuer', ({ habits }) => Object.assign(habits, { claims: { iss: 'https://other.example' } })],
    ['an ID token of another person', ({ habits }) => Object.assign(habits, { idClaims: { sub: 'eve' } })],
    ['a token for another client', ({ habits }) => Object.assign(habits, { accessClaims: { client_id: 'x' } })],
  ])('that brings %s begins nothing', async (_, prepare) => {
    const bed = await lapsed()
    prepare(bed)
    const { location = '' } = await bed.go('/x')
    const before = bed.jar.get('__Host-ep-a')
    expect((await bed.go(location)).status).toBe('303')
    expect(bed.jar.get('__Host-ep-a')).toBe(before)
    expect((await bed.go('/x')).location).toContain('/authorize?')
  })

  it('needs no ID token, and keeps a refresh token that is not replaced', async () => {
    const bed = await lapsed()
    bed.habits.rotates = false
    bed.habits.members = { id_token: undefined, refresh_token: undefined }
    for (let time = 0; time < 2; time++) {
      await bed.go((await bed.go('/x')).location ?? '')
      expect((await bed.go('/x')).status).toBe('passed')
      bed.clock.now += lapse
      bed.jar.delete('__Host-ep-g')
    }
    expect(bed.posts.slice(1).map(({ form }) => form.get('refresh_token'))).toEqual([
      'refresh-2-of-ann',
      'refresh-2-of-ann',
    ])
  })

  it.each([
    ['idle', { idleSeconds: 3000 }],
    ['absolute', { absoluteSeconds: 3600 }],
  ])('after the %s limit asks nobody, whatever the jar kept', async (_, limits) => {
    const { go, posts, log } = await lapsed({ secret: { seal: [sealKey('k')] }, ...limits })
    await go((await go('/x')).location ?? '')
    expect(log.at(-1)).toMatchObject({ reason: 'refresh/limit' })
    expect((await go('/x')).location).toContain('/authorize?')
    expect(posts).toHaveLength(1)
  })

  it('is not done twice within half a minute, however short tokens live', async () => {
    const { browser, habits, clock, posts } = signInTestBed()
    habits.seconds = 60
    const { go, signIn } = browser()
    await signIn('/', 'ann')
    clock.now += 55_000
    await go((await go('/x')).location ?? '')
    for (let time = 0; time < 5; time++) {
      clock.now += 5000
      expect((await go('/x')).status).toBe('passed')
    }
    expect(posts).toHaveLength(2)
  })

  it('opens what its own host, client and keys sealed, and nothing else', async () => {
    const make = (letters: string, fields?: Partial<SignIn>, policy?: object) =>
      signInTestBed(
        { secret: { seal: [...letters].map(sealKey) }, hosts: [host, 'www.example.com'], ...fields },
        policy,
      )
    const first = make('k')
    const tab = first.browser()
    await tab.signIn('/', 'ann')
    const session = ['__Host-ep-a', '__Host-ep-r'].map((name) => [name, tab.jar.get(name) ?? ''] as const)
    async function outcome(bed: typeof first, at = host) {
      bed.clock.now += lapse
      const { go, jar } = bed.browser()
      for (const [name, value] of session) jar.set(name, value)
      await go((await go(`https://${at}/`)).location ?? '')
      return bed.log.at(-1)?.reason
    }
    expect(await outcome(make('nk'))).toBe('refresh/grant')
    expect(await outcome(make('n'))).toBe('refresh/seal')
    expect(await outcome(make('k'), 'www.example.com')).toBe('refresh/seal')
    expect(await outcome(make('k', { client: 'other' }, { clientIds: ['web', 'other'] }))).toBe('refresh/seal')
    const [[, access], [, sealed]] = session as [readonly [string, string], readonly [string, string]]
    session[1] = ['__Host-ep-r', `${sealed.slice(0, 30)}${sealed[30] === 'A' ? 'B' : 'A'}${sealed.slice(31)}`]
    expect(await outcome(make('k'))).toBe('refresh/seal')
    session[1] = ['__Host-ep-r', `1.${access.slice(2, 23)}${access[23] === 'A' ? 'B' : 'A'}${sealed.slice(24)}`]
    expect(await outcome(make('k'))).toBe('refresh/seal')
  })
})

describe('a sign-out', () => {
  it.each<[string, Record<string, string>]>([
    ['a link on another site', { ...navigation, 'sec-fetch-site': 'cross-site' }],
    ['a sibling’s link', { ...navigation, 'sec-fetch-site': 'same-site' }],
    ['an image', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'image' }],
    ['a frame', { ...leave, 'sec-fetch-dest': 'iframe' }],
    ['a browser that says nothing', {}],
  ])('by %s asks, and takes a yes', async (_, headers) => {
    const { browser } = signInTestBed()
    const { go, jar, signIn } = browser()
    await signIn('/', 'ann')
    const before = new Map(jar)
    const asked = await go('/_auth/sign-out', headers)
    expect(asked.status).toBe('403')
    expect(jar).toEqual(before)
    const [, link = ''] = /href="([^"]*)"/.exec(asked.response?.body ?? '') ?? []
    expect(link).toMatch(/^\/_auth\/sign-out\?confirm=[\w-]{16}$/)
    expect(await browser().go(link, headers)).toMatchObject({ status: '403' })
    expect(await go(link, headers)).toMatchObject({ status: '303' })
    expect([...jar.keys()]).toEqual(['__Host-ep-o'])
  })

  it('without any cookie ends where it should, and with a refresh token alone revokes that', async () => {
    const { browser, refreshTokens, posts } = signInTestBed()
    expect(await browser().go('/_auth/sign-out', leave)).toMatchObject({ status: '303', cookies: [] })
    const { go, jar, signIn } = browser()
    await signIn('/', 'ann')
    jar.delete('__Host-ep-a')
    await go('/_auth/sign-out', leave)
    expect([refreshTokens.size, [...jar.keys()]]).toEqual([0, ['__Host-ep-o']])
    expect(posts.at(-1)?.form.toString()).toBe('token=refresh-2-of-ann&token_type_hint=refresh_token&client_id=web')
  })

  it('does not wait for a provider that does not answer', async () => {
    const { browser, habits } = signInTestBed()
    const { go, signIn } = browser()
    await signIn('/', 'ann')
    habits.revocation = () => Promise.reject(new Error())
    expect((await go('/_auth/sign-out', leave)).status).toBe('303')
  })

  it('leads to Cognito’s own page, or without one to the site’s', async () => {
    const endpoints = { authorization: 'https://login.example.com/a', token: 'https://login.example.com/token' }
    const cognito = signInTestBed({
      endpoints: { ...endpoints, logout: 'https://login.example.com/logout' },
      logout: 'cognito',
    })
    expect((await cognito.browser().go('/_auth/sign-out', leave)).location).toBe(
      `https://login.example.com/logout?client_id=web&logout_uri=https%3A%2F%2F${host}%2Fbye.html`,
    )
  })
})

describe('a client', () => {
  const authorize = async (fields: Partial<SignIn>) => {
    const bed = signInTestBed(fields)
    await bed.browser().signIn('/', 'ann')
    return bed.posts[0] as (typeof bed.posts)[0]
  }
  it('with a secret says both halves form-encoded, in a header or in the form', async () => {
    const secret = { seal: [sealKey('k')], clientSecret: 'a:b%c d' }
    const basic = await authorize({ tokenEndpointAuthMethod: 'client_secret_basic', secret })
    expect(basic.headers.authorization).toBe(`Basic ${btoa('web:a%3Ab%25c+d')}`)
    expect(basic.form.has('client_id') || basic.form.has('client_secret')).toBe(false)
    const post = await authorize({ tokenEndpointAuthMethod: 'client_secret_post', secret })
    expect([post.form.get('client_id'), post.form.get('client_secret')]).toEqual(['web', 'a:b%c d'])
  })

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
    'with a private key signs an assertion by %s',
    async (algorithm) => {
      const key = await createSigningKey(algorithm, 'one')
      const privateKey = { ...key.privateKey.export({ format: 'jwk' }), kid: 'one', alg: algorithm } as Record<
        string,
        string
      >
      const { form } = await authorize({
        tokenEndpointAuthMethod: 'private_key_jwt',
        secret: { seal: [sealKey('k')], privateKey },
      })
      const { payload, protectedHeader } = await jwtVerify(form.get('client_assertion') ?? '', key.publicKey, {
        issuer: 'web',
        subject: 'web',
        audience: 'https://login.example.com/token',
        currentDate: new Date(start),
      })
      expect(protectedHeader).toEqual({ alg: algorithm, kid: 'one', typ: 'JWT' })
      expect(payload).toMatchObject({ exp: start / 1000 + 60, jti: expect.any(String) })
    },
  )
})

it('an ID token is the session’s where the policy verifies those', async () => {
  const { browser, habits } = signInTestBed({}, { tokenUse: 'id' })
  habits.members = { access_token: 'opaque' }
  habits.idClaims = { at_hash: undefined }
  const { go, signIn, jar } = browser()
  expect((await signIn('/users/ann/x', 'ann')).status).toBe('303')
  expect(jar.get('__Host-ep-a')).not.toContain('opaque')
  expect((await go('/users/ann/x')).status).toBe('passed')
})
