import { expect, test } from 'vitest'
import { medianInterval } from './median-interval.ts'
import { seededRandom } from './seeded-random.ts'

test('ten samples: the second and the ninth, which cover the median with 97.9 %', () => {
  const interval = medianInterval([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect(interval).toMatchObject({ median: 5.5, low: 2, high: 9 })
  expect(interval.level).toBeCloseTo(1 - 22 / 1024, 12)
})

test('five samples cannot reach 95 %: smallest and largest, with the level they have', () => {
  expect(medianInterval([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 1, high: 5, level: expect.closeTo(0.9375, 12) })
})

test('thousands of samples, of which half to the power of their number is no longer a number', () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
  // n = 20: the 6th and the 15th (Conover 3.2); n = 3660: the normal approximation, 1830 - 1.96 * sqrt(3660) / 2, rounded down.
  expect(medianInterval(upTo(20))).toMatchObject({ low: 6, high: 15 })
  expect(medianInterval(upTo(3660))).toMatchObject({ median: 1830.5, low: 1771, high: 3660 + 1 - 1771 })
})

test('the interval covers the true median as often as its level says', () => {
  const { uniform } = seededRandom(12345)
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
