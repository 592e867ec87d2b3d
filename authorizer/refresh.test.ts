/** A session whose access token has ended. */
import { describe, expect, it } from 'vitest'
import { fetched, host, sealKey, signInTestBed } from '../testing/sign-in-test-bed.ts'
import type { SignIn } from './policy.ts'

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

  it('follows a token that has ended, and one that is about to', async () => {
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
