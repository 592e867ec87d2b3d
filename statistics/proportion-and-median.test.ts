import { describe, expect, it } from 'vitest'
import { median, medianInterval, proportionInterval } from './proportion-and-median.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('intervals of the effectiveness table', () => {
  it('takes the middle of an odd number of values and the mean of the two of an even one', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('gives the order statistics that tables of the sign test give', () => {
    // n = 20: the 6th and the 15th value (Conover 3.2).
    expect(medianInterval(upTo(20))).toEqual({ low: 6, high: 15, level: 0.95 })
    expect(medianInterval(upTo(6))).toEqual({ low: 1, high: 6, level: 0.95 })
  })

  it('gives intervals of thousands of values', () => {
    // Normal approximation: 1830 - 1.96 * sqrt(3660) / 2, rounded down.
    expect(medianInterval(upTo(3660))).toEqual({ low: 1771, high: 3660 + 1 - 1771, level: 0.95 })
  })

  it('gives no interval of the median where five values cannot have one', () => {
    expect(medianInterval(upTo(5))).toBeNull()
  })

  it('gives the published Wilson intervals, and stays inside 0 and 1', () => {
    expect(proportionInterval(20, 20)).toMatchObject({ low: expect.closeTo(0.839, 3), high: 1 })
    expect(proportionInterval(0, 20)).toMatchObject({ low: 0, high: expect.closeTo(0.161, 3) })
    expect(proportionInterval(10, 20)).toMatchObject({ low: expect.closeTo(0.299, 3), high: expect.closeTo(0.701, 3) })
  })
})
