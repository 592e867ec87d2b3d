import { expect, test } from 'vitest'
import { medianInterval } from './median-interval.ts'

test('ten samples: the second and the ninth, which cover the median with 97.9 %', () => {
  const interval = medianInterval([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect(interval).toMatchObject({ median: 5.5, low: 2, high: 9 })
  expect(interval.level).toBeCloseTo(1 - 22 / 1024, 12)
})

test('five samples cannot reach 95 %: smallest and largest, with the level they have', () => {
  expect(medianInterval([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 1, high: 5, level: 0.9375 })
})

test('the interval covers the true median as often as its level says', () => {
  // A multiplicative congruential sequence: uniform, and the same on every run.
  let state = 12345
  const uniform = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  for (const n of [7, 15, 30]) {
    let covered = 0
    let level = 0
    for (let trial = 0; trial < 4000; trial++) {
      const interval = medianInterval(Array.from({ length: n }, uniform))
      level = interval.level
      if (interval.low <= 0.5 && 0.5 <= interval.high) covered++
    }
    expect(level).toBeGreaterThanOrEqual(0.95)
    expect(covered / 4000).toBeCloseTo(level, 1.5)
  }
})
