import { expect, test } from 'vitest'
import { seededRandom } from '../statistics/seeded-random.ts'
import { exponential, simulateFleet } from './fleet-simulation.ts'
import { sandboxes } from './sandbox-lifecycle.ts'

const cases = [
  { rate: 2, serviceSeconds: 0.02, idleSeconds: 60 },
  { rate: 50, serviceSeconds: 0.02, idleSeconds: 30 },
  { rate: 400, serviceSeconds: 0.02, idleSeconds: 5 },
  { rate: 400, serviceSeconds: 0.05, idleSeconds: 10 },
]

test.each(cases)('sandboxes alive and started at $rate/s, idle for $idleSeconds s', (inputs) => {
  const random = seededRandom(5).uniform
  const simulated = simulateFleet({
    ...inputs,
    serviceSeconds: () => exponential(1 / inputs.serviceSeconds, random),
    random,
    warmUp: 10 * inputs.idleSeconds,
    seconds: Math.max(10 * inputs.idleSeconds + 300_000 / inputs.rate, 60 * inputs.idleSeconds),
  })
  const formula = sandboxes({ ...inputs, lifetimeSeconds: Number.POSITIVE_INFINITY })
  expect(formula.startsByAge).toBe(0)
  expect(Math.abs(formula.alive / simulated.alive.mean - 1)).toBeLessThan(0.1)
  const { mean, halfWidth } = simulated.starts
  expect(Math.abs(formula.startsOnDemand - mean)).toBeLessThan(0.25 * mean + halfWidth)
})

test('a busy fleet replaces its sandboxes by age alone', () => {
  const fleet = { rate: 10_000, serviceSeconds: 0.02, idleSeconds: 600, lifetimeSeconds: 7200 }
  const { alive, startsByAge, startsOnDemand } = sandboxes(fleet)
  expect(alive).toBeGreaterThan(200)
  expect(startsByAge).toBeCloseTo(alive / 7200, 12)
  expect(startsOnDemand).toBeLessThan(startsByAge)
})
