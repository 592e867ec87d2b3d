/** The way out. */
import { describe, expect, it } from 'vitest'
import { host, leave, navigation, signInTestBed } from '../testing/sign-in-test-bed.ts'

describe('a sign-out', () => {
  it('revokes, and leaves a session that a late refresh brings back without effect', async () => {
    const { browser, refreshTokens, clock } = signInTestBed()
    const { go, jar, signIn } = browser()
    await signIn('/', 'ann')
    const held = new Map(jar)
    expect(refreshTokens.size).toBe(1)
    const out = await go('/_auth/sign-out', leave)
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
