/** The way back from the provider: what a callback takes, and what it makes of the answers. */
import { describe, expect, it } from 'vitest'
import { host, signInTestBed } from '../testing/sign-in-test-bed.ts'
import type { SignIn } from './policy.ts'

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
