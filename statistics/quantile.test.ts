import { expect, test } from 'vitest'
import { mixedQuantile, percentiles, quantile } from './quantile.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index)

test('by nearest rank, the smallest sample that the share does not exceed', () => {
  expect(percentiles(upTo(100))).toEqual({ p50: 50, p95: 95, p99: 99, samples: 100 })
  expect([quantile([7], 0.01), quantile(upTo(4), 0.75), quantile(upTo(4), 0.76), quantile([], 0.5)]).toEqual([
    7,
    3,
    4,
    Number.NaN,
  ])
})

test('of a mixture, each sample weighs as much as its side', () => {
  // A tenth of the values is from ten times as many samples.
  expect(mixedQuantile([1, 2], upTo(20), 0.1, 0.5)).toBe(2)
  expect(mixedQuantile([1, 2], upTo(20), 0, 0.99)).toBe(2)
  expect(mixedQuantile([1, 2], upTo(20), 0.1, 0.99)).toBe(18)
})
