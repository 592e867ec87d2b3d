import { expect, test } from 'vitest'
import { type CacheTestResult, groupOf, runCacheTests } from './cache-tests.ts'
import { cloudfrontExpectations } from './cache-tests-expected.ts'

const failedRequired = (results: CacheTestResult[]) =>
  results.filter((result) => groupOf(result) === 'required' && result.outcome !== 'pass').map(({ id }) => id)

/** The suite counts in real seconds, so that a busy machine lets an answer grow old: a deviation has to show twice. */
const twice = { retry: 1 }

test.concurrent('profile rfc9111 passes every required test but the five that README explains', twice, async () => {
  expect(failedRequired(await runCacheTests('rfc9111')).sort()).toEqual([
    'age-parse-prefix',
    'stale-close-must-revalidate',
    'stale-close-no-cache',
    'stale-close-proxy-revalidate',
    'stale-close-s-maxage=2',
  ])
})

test.concurrent('profile cloudfront does exactly what its table says', twice, async () => {
  const results = await runCacheTests('cloudfront')
  const actual = Object.fromEntries(results.map(({ id, outcome }) => [id, outcome]))
  const expected = cloudfrontExpectations.flatMap(({ ids, outcome }) => ids.map((id) => [id, outcome] as const))
  expect(new Set(expected.map(([id]) => id)).size).toBe(expected.length)
  expect(actual).toEqual(Object.fromEntries(expected))
})
