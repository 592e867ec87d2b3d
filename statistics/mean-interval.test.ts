import { expect, test } from 'vitest'
import { mean, meanInterval } from './mean-interval.ts'

test('gives the interval that Student t tables give', () => {
  // Standard deviation 1.5811, t = 2.776 for four degrees of freedom.
  expect(meanInterval([1, 2, 3, 4, 5])).toEqual({ mean: 3, halfWidth: expect.closeTo(1.963, 3) })
  expect(() => meanInterval([1])).toThrow(RangeError)
  expect(() => meanInterval(Array.from({ length: 11 }, () => 1))).toThrow(RangeError)
  expect(mean([1, 2, 6])).toBe(3)
})
