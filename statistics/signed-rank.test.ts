import { expect, test } from 'vitest'
import { seededRandom } from './seeded-random.ts'
import { cumulativeNull, signedRank } from './signed-rank.ts'

test('the null distribution agrees with published critical values', () => {
  // Hollander, Wolfe and Chicken, table A.4: for n = 10, P(T+ >= 47) = P(T+ <= 8) = .024; for n = 15, P(T+ >= 95) = .024.
  expect(cumulativeNull(5)[0]).toBeCloseTo(1 / 32, 12)
  expect(cumulativeNull(10)[8]).toBeCloseTo(0.0244, 4)
  expect(cumulativeNull(15)[25]).toBeCloseTo(0.024, 3)
  expect(cumulativeNull(60).at(-1)).toBeCloseTo(1, 10)
})

test('one sample is its own estimate and shows nothing', () => {
  const rank = signedRank([0.3])
  expect(rank.estimate).toBe(0.3)
  expect(rank.lowerBound(0.05)).toBe(Number.NEGATIVE_INFINITY)
  expect(rank.upperBound(0.05)).toBe(Number.POSITIVE_INFINITY)
})

test('bounds are where the test begins to reject', () => {
  const samples = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3]
  const rank = signedRank(samples)
  const low = rank.lowerBound(0.025)
  expect(rank.pGreater(low - 1e-9)).toBeLessThanOrEqual(0.025)
  expect(rank.pGreater(low + 1e-9)).toBeGreaterThan(0.025)
  const high = rank.upperBound(0.025)
  expect(rank.pLess(high + 1e-9)).toBeLessThanOrEqual(0.025)
  expect(rank.pLess(high - 1e-9)).toBeGreaterThan(0.025)
  expect(rank.estimate).toBeGreaterThan(low)
  expect(rank.estimate).toBeLessThan(high)
})

test('the interval holds the true median as often as it says, whatever the scale', () => {
  const random = seededRandom(7).uniform
  let held = 0
  const rounds = 1000
  for (let round = 0; round < rounds; round++) {
    const scale = 10 ** (round % 5)
    const rank = signedRank(Array.from({ length: 15 }, () => 5 + scale * (random() + random() + random() - 1.5) ** 3))
    if (rank.lowerBound(0.025) <= 5 && 5 <= rank.upperBound(0.025)) held++
  }
  // At least 95 % by construction (the distribution is discrete); 97.5 % would be too wide to be exact.
  expect(held / rounds).toBeGreaterThan(0.935)
  expect(held / rounds).toBeLessThan(0.975)
})
