import { expect, test } from 'vitest'
import { changePoints, fewestRuns } from './change-points.ts'
import { seededRandom } from './seeded-random.ts'

const { uniform } = seededRandom(7)

/** Figures as timings are: skewed, with an outlier now and then. */
function figures(count: number, level = 1): number[] {
  return Array.from({ length: count }, () => {
    const noise = uniform() ** 3 * 0.05
    return level * (1 + noise) * (uniform() < 0.03 ? 3 : 1)
  })
}

test('of series whose level never changes, no more are taken for changed than stated', () => {
  const series = 400
  const alarms = Array.from({ length: series }, () => changePoints(figures(25), 0.05)).filter(
    ({ length }) => length > 0,
  )
  // 5 % of 400 is 20; more than 34 would be seen in less than one of a thousand right methods.
  expect(alarms.length).toBeLessThanOrEqual(34)
  expect(alarms.length).toBeGreaterThan(2)
})

test('a step of a tenth is found where it is, up and down again, and one slow run is no step', () => {
  const cuts = changePoints([...figures(20), ...figures(20, 1.1), ...figures(20)], 0.001)
  expect(cuts).toHaveLength(2)
  expect(Math.abs(Number(cuts[0]?.at) - 20)).toBeLessThanOrEqual(2)
  expect(Math.abs(Number(cuts[1]?.at) - 40)).toBeLessThanOrEqual(2)
  const steady = Array.from({ length: 40 }, (_, index) => 1 + ((index * 7) % 5) / 1000)
  expect(changePoints(steady.with(39, 9), 0.05)).toEqual([])
})

test('with so few runs that chance could do it, nothing is said, and with one more a clean step is', () => {
  const step = (runs: number) => Array.from({ length: runs }, (_, index) => (index < runs / 2 ? 10 : 11) + index / 1000)
  for (const level of [0.05, 0.001]) {
    const fewest = fewestRuns(level)
    expect(changePoints(step(fewest - 1), level)).toEqual([])
    expect(changePoints(step(fewest + 2), level)).toHaveLength(1)
  }
})

test('the same series gives the same answer', () => {
  const series = [...figures(15), ...figures(15, 1.05)]
  expect(changePoints(series, 0.05)).toEqual(changePoints(series, 0.05))
})
