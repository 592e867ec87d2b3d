/** Secrets from a store that is down, slow or has new ones: as a visitor sees it, with a clock and a network of the test's own. */
import { afterEach, expect, it, vi } from 'vitest'
import { fromSources, leave, sealKey, signInTestBed } from '../testing/sign-in-test-bed.ts'
import type { Post } from './https-exchange.ts'
import { storedSecrets } from './stored-secrets.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** A sign-in whose secrets are in Parameter Store: `store` answers for it, and `token`, where it is there, for the token endpoint. */
function withStore(store: Post, token?: Post) {
  return signInTestBed(
    { secret: { ssmParameter: 'arn:aws:ssm:us-east-1:111122223333:parameter/x' } },
    {},
    (policy, options) =>
      fromSources(policy, {
        ...options,
        environment: { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'S' },
        post: (uri, ...rest) => (uri.includes('amazonaws') ? store : (token ?? (options.post as Post)))(uri, ...rest),
      }),
  )
}

const stored = (letter: string) => ({
  status: 200,
  body: JSON.stringify({ Parameter: { Value: JSON.stringify({ seal: [sealKey(letter)] }) } }),
})

it('a store that is down from the first moment stops nobody but who comes back from the provider', async () => {
  let isUp = false
  let asked = 0
  const { browser, posts, clock, log } = withStore(async () => {
    asked++
    if (!isUp) throw new Error()
    return stored('k')
  })
  const { go, logIn, jar } = browser()
  expect(asked).toBe(1)
  expect((await go('/public/x')).status).toBe('passed')
  expect((await go('/', { accept: '*/*' })).status).toBe('401')
  expect((await go('/', { authorization: 'Bearer x' })).status).toBe('401')
  const { location = '' } = await go('/x')
  expect(location).toContain('/authorize?')
  expect((await go('/_auth/sign-out', leave)).status).toBe('303')
  expect(asked).toBe(1)
  const began = (await go('/x')).location ?? ''
  const failed = await go(logIn(began, 'ann'))
  expect(failed).toMatchObject({ status: '503', response: { headers: { 'retry-after': [{ value: '5' }] } } })
  expect(failed.response?.body).toContain('secret')
  expect(log.at(-1)).toMatchObject({ reason: 'callback/secret' })
  expect([posts, [...jar.keys()]]).toEqual([[], []])
  isUp = true
  clock.now += 1000
  expect(await go(logIn((await go('/x')).location ?? '', 'ann'))).toMatchObject({ status: '303' })
  expect(asked).toBe(3)
  isUp = false
  clock.now += 1_000_000
  expect((await go('/x')).status).toBe('passed')
  expect(asked).toBe(3)
})

it('asks again after 15 minutes, and the old ones serve while that fails', async () => {
  let now = 1_000_000
  let letter: string | undefined = 'a'
  let asked = 0
  const secrets = storedSecrets(
    async () => {
      asked++
      if (!letter) throw new Error()
      return { seal: [letter] }
    },
    () => now,
  )
  async function after(seconds: number) {
    now += seconds * 1000
    return [(await secrets()).seal?.[0], asked]
  }
  expect(await after(0)).toEqual(['a', 1])
  letter = 'b'
  expect(await after(899)).toEqual(['a', 1])
  expect(await after(1)).toEqual(['b', 2])
  letter = undefined
  expect(await after(899)).toEqual(['b', 2])
  expect(await after(1)).toEqual(['b', 3])
  letter = 'c'
  expect(await after(1)).toEqual(['c', 4])
  expect(await after(899)).toEqual(['c', 4])
})

it.each<[string, string, Post, Post | undefined]>([
  ['the store', 'secret', () => new Promise(() => {}), undefined],
  ['the token endpoint', 'token-endpoint', async () => stored('k'), () => new Promise(() => {})],
])('a callback waits four seconds at most for %s, and says %s', async (_, reason, store, token) => {
  const { browser } = withStore(store, token)
  const { go, logIn } = browser()
  const link = logIn((await go('/x')).location ?? '', 'ann')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let answer: Awaited<ReturnType<typeof go>> | undefined
  void go(link).then((visit) => {
    answer = visit
  })
  await vi.advanceTimersByTimeAsync(3999)
  expect(answer).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  expect(answer).toMatchObject({ status: '503' })
  expect(answer?.response?.body).toContain(`${reason} `)
})
