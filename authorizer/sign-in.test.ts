/** The way in, back in, and out, as a browser goes it. */
import { expect, it } from 'vitest'
import { host, navigation, signInTestBed } from '../testing/sign-in-test-bed.ts'

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
      location: expect.stringContaining(`https://${host}/_auth/refresh?state=`),
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
