import { expect, test } from 'vitest'
import { poisson, quantileOf } from './poisson.ts'

test('the Poisson distribution has its mean, its variance and its tails, small and large', () => {
  for (const mean of [0, 0.02, 1, 44.9, 50_000]) {
    const { from, probabilities } = poisson(mean)
    const moment = (power: number) =>
      probabilities.reduce((sum, each, index) => sum + each * (from + index - (power === 2 ? mean : 0)) ** power, 0)
    expect(moment(1)).toBeCloseTo(mean, 6)
    expect(moment(2) / Math.max(mean, 1e-9)).toBeCloseTo(mean === 0 ? 0 : 1, 6)
  }
  expect(poisson(1).probabilities[0]).toBeCloseTo(Math.exp(-1), 14)
  expect(quantileOf(poisson(1), 0.99)).toBe(4)
  expect(quantileOf(poisson(10), 0.999)).toBe(21)
  expect(quantileOf(poisson(0), 0.999)).toBe(0)
})
