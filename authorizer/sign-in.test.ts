/** The way in, as a browser goes it: who is sent, what the answers have in common, and when nobody is. */
import { describe, expect, it } from 'vitest'
import { fetched, host, leave, navigation, signInTestBed } from '../testing/sign-in-test-bed.ts'

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

it('an ID token is the session’s where the policy verifies those', async () => {
  const { browser, habits } = signInTestBed({}, { tokenUse: 'id' })
  habits.members = { access_token: 'opaque' }
  habits.idClaims = { at_hash: undefined }
  const { go, signIn, jar } = browser()
  expect((await signIn('/users/ann/x', 'ann')).status).toBe('303')
  expect(jar.get('__Host-ep-a')).not.toContain('opaque')
  expect((await go('/users/ann/x')).status).toBe('passed')
})
