/** SEMANTICS.md, "The issuer's keys": how often a handler may fetch, and what a frozen sandbox and a moved clock excuse. */
import { expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { FetchWatch } from './fetch-watch.ts'

const url = 'https://idp.example.com/jwks.json'
const policy: Policy = {
  issuer: 'https://idp.example.com',
  clientIds: ['exampleclient'],
  jwksUri: url,
  jwks: { cooldown: 10 },
  routes: [{ path: '/files/*' }],
}

/** Whether each fetch at these times, in seconds, is a finding; `thaw` stands where the sandbox was frozen, a list where no request waited. */
function found(times: readonly (number | [number] | 'thaw')[], whose: 'ours' | 'foreign' = 'ours'): boolean[] {
  const watch = new FetchWatch({ name: 'any', whose, file: '', policy, runtime: 'nodejs24.x' })
  const findings: boolean[] = []
  for (const time of times) {
    if (time === 'thaw') watch.thaw()
    else {
      const [at = 0] = [time].flat()
      const underWay = Array.isArray(time) ? [url] : []
      findings.push(watch.examine([{ url, at: at * 1000, via: 'http/1.1' }], underWay).length > 0)
    }
  }
  return findings
}

test('where the key endpoint redirects to, no viewer has named', () => {
  const elsewhere = 'https://attacker.example/jwks.json'
  const fetched = { url: elsewhere, at: 0, via: 'http/1.1' } as const
  const watch = new FetchWatch({ name: 'any', whose: 'foreign', file: '', policy, runtime: 'nodejs24.x' })
  expect(watch.examine([fetched]).map(({ class: name }) => name)).toEqual(['request-forgery'])
  watch.serve({ [url]: { kind: 'body', status: 302, body: '', headers: { Location: elsewhere } } })
  expect(watch.examine([fetched])).toEqual([])
})

test('ours may fetch once in a cooldown', () => {
  expect(found([0, 10, 19.999])).toEqual([false, false, true])
})
test('another may fetch twelve times in a minute', () => {
  const times = Array.from({ length: 12 }, (_, index) => index * 5)
  expect(found([...times, 59, 60], 'foreign')).toEqual([...times.map(() => false), true, true])
  expect(found([...times, 60], 'foreign')).not.toContain(true)
})
test('the first fetch after a freeze may be one that was begun before it, the one after that may not be', () => {
  expect(found([0, 'thaw', 3600, 3600])).toEqual([false, false, false])
  expect(found([0, 'thaw', 3600, 3600, 3601])).toEqual([false, false, false, true])
})
test('one that no request waited for may have been cut off, if it took long enough; the one after it counts', () => {
  expect(found([[0], 3, 9])).toEqual([false, false, true])
  expect(found([[0], 0.4])).toEqual([false, true])
  expect(found([[0], 'thaw', 3, 3, 4])).toEqual([false, false, false, true])
})
test('a clock that went back excuses what seems to be too early', () => {
  expect(found([120, 0, 2])).toEqual([false, false, true])
})
test('a host that a viewer names is not to be asked', () => {
  const watch = new FetchWatch({ name: 'any', whose: 'foreign', file: '', policy, runtime: 'nodejs24.x' })
  const [observation] = watch.examine([{ url: 'https://attacker.example/jwks.json', at: 0, via: 'http/1.1' }])
  expect(observation).toMatchObject({ class: 'request-forgery', rule: 'token/fetch' })
})
