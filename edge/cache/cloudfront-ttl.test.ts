import { describe, expect, test } from 'vitest'
import type { CachePolicy, Selection } from '../template/distribution.ts'
import { cloudfrontRules } from './cloudfront-rules.ts'
import type { Ask, UpstreamResponse } from './upstream.ts'

const none: Selection = { kind: 'none', names: new Set() }
const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
const anHourLater = 'Thu, 01 Jan 2026 01:00:00 GMT'

function policy(minTtl = 0, defaultTtl = 86_400, maxTtl = 31_536_000): CachePolicy {
  return { minTtl, defaultTtl, maxTtl, headers: none, cookies: none, queryStrings: none, gzip: false, brotli: false }
}

/** How an answer that arrived at time 0 is kept: seconds until each deadline, or null. */
function kept(headers: string[], cachePolicy = policy(), status = 200, errorTtl = 10) {
  const ask: Ask = {
    method: 'GET',
    key: '/',
    viewer: {},
    upstream: { method: 'GET', uri: '/', querystring: '', headers: [], body: null },
    requestId: '',
    clientIp: '',
    policy: cachePolicy,
    errorTtl: () => errorTtl,
  }
  const body = Buffer.alloc(0)
  const response: UpstreamResponse = { status, statusText: '', headers, body, requestTime: 0, responseTime: 0 }
  const storage = cloudfrontRules.storage(ask, response)
  return (
    storage && {
      fresh: storage.freshUntil / 1000,
      refresh: storage.refreshUntil / 1000,
      error: storage.errorUntil / 1000,
    }
  )
}

const control = (value: string) => ['Cache-Control', value]

describe('seconds an object stays fresh', () => {
  test.each<[string, string[], CachePolicy, number | null]>([
    ['max-age', control('max-age=60'), policy(), 60],
    ['s-maxage before max-age', control('max-age=60, s-maxage=30'), policy(), 30],
    ['max-age before Expires', [...control('max-age=60'), 'Expires', anHourLater, 'Date', date], policy(), 60],
    ['Expires against Date', ['Expires', anHourLater, 'Date', date], policy(), 3600],
    ['no more than the maximum TTL', control('max-age=600'), policy(0, 50, 100), 100],
    ['no less than the minimum TTL', control('max-age=5'), policy(20, 50, 100), 20],
    ['the default TTL without a lifetime', [], policy(0, 50, 100), 50],
    ['the minimum TTL where that is greater', [], policy(80, 50, 100), 80],
    ['no-store is not kept', control('no-store'), policy(), null],
    ['private is not kept', control('private, max-age=60'), policy(), null],
    ['no-cache is kept and asked for', control('no-cache'), policy(), 0],
    ['a minimum TTL overrides no-store', control('no-store'), policy(20, 50, 100), 20],
    ['and private', control('private, max-age=60'), policy(20, 50, 100), 20],
    ['Vary: * is not kept', ['Vary', '*'], policy(), null],
    ['but for the minimum TTL', ['Vary', '*'], policy(20, 50, 100), 50],
    ['Set-Cookie does not matter', [...control('max-age=60'), 'Set-Cookie', 'a=b'], policy(), 60],
    ['its age counts', [...control('max-age=60'), 'Age', '25'], policy(), 35],
    ['a policy that disables caching', control('max-age=60'), policy(0, 0, 0), null],
  ])('%s', (_name, headers, cachePolicy, expected) => {
    expect(kept(headers, cachePolicy)?.fresh ?? null).toBe(expected)
  })
})

describe('seconds an error stays', () => {
  test.each([404, 405, 414, 500, 501, 502, 503, 504])('%i: always, 10 unless the origin says more', (status) => {
    expect(kept([], policy(), status)?.fresh).toBe(10)
    expect(kept(control('max-age=60'), policy(), status)?.fresh).toBe(60)
    expect(kept(control('max-age=5'), policy(), status)?.fresh).toBe(10)
    expect(kept([], policy(), status, 0)).toBeNull()
  })

  test.each([400, 403, 412, 415])('%i: only with max-age or s-maxage', (status) => {
    expect(kept([], policy(), status)).toBeNull()
    expect(kept(control('s-maxage=60'), policy(), status)?.fresh).toBe(60)
  })

  test.each([401, 406, 416, 429, 505])('%i: not at all', (status) => {
    expect(kept(control('max-age=60'), policy(), status)).toBeNull()
  })
})

test('what is expired may be served for as long as the origin allows: stale-while-revalidate, stale-if-error', () => {
  expect(kept(control('max-age=60'))).toEqual({ fresh: 60, refresh: 60, error: Number.POSITIVE_INFINITY })
  expect(kept(control('max-age=60, stale-while-revalidate=30, stale-if-error=5'))).toEqual({
    fresh: 60,
    refresh: 90,
    error: 65,
  })
})
