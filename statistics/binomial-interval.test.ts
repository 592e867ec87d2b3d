import { expect, test } from 'vitest'
import { binomialInterval } from './binomial-interval.ts'

test('no event in n trials leaves the bound that n allows', () => {
  expect(binomialInterval(0, 300)).toMatchObject({ low: 0 })
  expect(binomialInterval(0, 300).high).toBeCloseTo(1 - 0.025 ** (1 / 300), 9)
  expect(binomialInterval(300, 300).low).toBeCloseTo(0.025 ** (1 / 300), 9)
  expect(binomialInterval(0, 0)).toEqual({ low: 0, high: 1 })
})

test('agrees with the published interval of 8 in 10', () => {
  const { low, high } = binomialInterval(8, 10)
  expect(low).toBeCloseTo(0.4439, 4)
  expect(high).toBeCloseTo(0.9748, 4)
})

test('does not underflow with thousands of trials', () => {
  const { low, high } = binomialInterval(2500, 5000)
  expect(low).toBeCloseTo(0.486, 3)
  expect(high).toBeCloseTo(0.514, 3)
})
