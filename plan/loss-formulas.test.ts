import { describe, expect, test } from 'vitest'
import { seededRandom } from '../statistics/seeded-random.ts'
import { exponential, simulateFleet } from './fleet-simulation.ts'
import { erlangB, serversFor } from './loss-formulas.ts'

/** Offered erlangs at which so many trunks refuse 1 % and 2 %, as printed in traffic tables (Boucher, Traffic System Design Handbook). */
const printed: [servers: number, atOnePercent: number, atTwoPercent: number][] = [
  [1, 0.0101, 0.0204],
  [5, 1.361, 1.657],
  [10, 4.461, 5.084],
  [15, 8.108, 9.01],
  [20, 12.03, 13.18],
  [50, 37.9, 40.26],
  [100, 84.06, 87.97],
]

test.each(printed)('Erlang B gives the printed loads of %i trunks', (servers, one, two) => {
  for (const [offered, refused] of [
    [one, 0.01],
    [two, 0.02],
  ] as const) {
    // The tables print four digits of the load; the loss at a neighbouring load shows how much that leaves open.
    const open = Math.abs(erlangB(servers, offered * 1.001) - erlangB(servers, offered * 0.999))
    expect(Math.abs(erlangB(servers, offered) - refused)).toBeLessThanOrEqual(open + refused * 0.003)
  }
})

test('Erlang B holds its recursion up to 100,000 servers and at the ends', () => {
  expect(erlangB(0, 5)).toBe(1)
  expect(erlangB(10, 0)).toBe(0)
  expect(erlangB(100_000, 50_000)).toBeLessThan(1e-300)
  // At full load c = a the loss tends to sqrt(2 / (pi c)) (Jagerman 1974).
  expect(erlangB(100_000, 100_000) / Math.sqrt(2 / (Math.PI * 100_000))).toBeCloseTo(1, 2)
  // Far above it, all that is beyond the servers is refused.
  expect(erlangB(100_000, 400_000)).toBeCloseTo(0.75, 4)
  expect(() => erlangB(1.5, 1)).toThrow(RangeError)
  expect(serversFor(84.06, 0.01)).toBe(100)
})

describe('the simulation agrees with the formulas whatever the distribution of the service times (mean 20 ms)', () => {
  const distributions: [name: string, draw: (random: () => number) => number][] = [
    ['constant', () => 0.02],
    ['exponential', (random) => exponential(50, random)],
    // Pareto with shape 2.5: infinite third moment.
    ['heavy-tailed', (random) => 0.012 * (1 - random()) ** -0.4],
  ]
  test.each(distributions)('%s', (_, draw) => {
    const random = seededRandom(11).uniform
    const common = { rate: 500, serviceSeconds: () => draw(random), random, seconds: 410, warmUp: 10 }
    const free = simulateFleet(common)
    expect(Math.abs(free.busy.mean - 10)).toBeLessThan(1.5 * free.busy.halfWidth)
    expect(free.busy.halfWidth).toBeLessThan(0.2)
    expect(free.refused.mean).toBe(0)
    const limited = simulateFleet({ ...common, quota: 12 })
    expect(Math.abs(limited.refused.mean - erlangB(12, 10))).toBeLessThan(1.5 * limited.refused.halfWidth)
    expect(limited.refused.halfWidth).toBeLessThan(0.01)
    expect(Math.abs(limited.busy.mean - 10 * (1 - erlangB(12, 10)))).toBeLessThan(1.5 * limited.busy.halfWidth)
  })
})
