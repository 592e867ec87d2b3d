/** The cookies of a session, beside those of a site. */
import { describe, expect, it } from 'vitest'
import { fetched, leave, navigation, signInTestBed } from '../testing/sign-in-test-bed.ts'

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
