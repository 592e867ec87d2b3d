import { expect, test } from 'vitest'
import { refusedInSpike } from './launch-spike.ts'

const limits = { requests: 10_000, step: 10_000, stepSeconds: 10 }

/** The same in small steps of time, without a closed formula. */
function summed(spike: Parameters<typeof refusedInSpike>[0], given: typeof limits, refills: (time: number) => number) {
  const stepSeconds = 0.001
  let refused = 0
  for (let time = stepSeconds / 2; time < spike.seconds; time += stepSeconds) {
    const allowed = spike.from + given.step * (1 + refills(time / given.stepSeconds))
    refused += Math.max(0, spike.to - Math.min(allowed, given.requests)) * stepSeconds
  }
  return refused
}

test.each([
  ['within the first step', { from: 1000, to: 9000, seconds: 60 }, limits],
  ['beyond the quota for good', { from: 500, to: 50_000, seconds: 60 }, limits],
  ['slower than the quota, then at it', { from: 500, to: 50_000, seconds: 60 }, { ...limits, requests: 30_000 }],
  ['a quota that is high enough', { from: 500, to: 50_000, seconds: 60 }, { ...limits, requests: 100_000 }],
  ['over before the scaling is', { from: 500, to: 50_000, seconds: 5 }, { ...limits, requests: 100_000 }],
])('%s', (_, spike, given) => {
  const { low, high } = refusedInSpike(spike, given)
  for (const [found, expected] of [
    [low, summed(spike, given, (refills) => refills)],
    [high, summed(spike, given, Math.floor)],
  ] as const)
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-3 * expected)
})
