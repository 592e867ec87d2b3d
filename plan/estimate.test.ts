import { expect, test } from 'vitest'
import { exactly, overScenarios } from './estimate.ts'

test('the band holds every combination of the ends, whichever way a figure goes', () => {
  const ranges = { up: { value: 2, low: 1, high: 4 }, down: { value: 10, low: 5, high: 20 }, fixed: exactly(3) }
  const figures = overScenarios(ranges, ({ up, down, fixed }) => ({
    ratio: up / down,
    fixed,
    unmeasured: null as number | null,
  }))
  expect(figures).toEqual({
    ratio: { value: 0.2, low: 1 / 20, high: 4 / 5 },
    fixed: { value: 3, low: 3, high: 3 },
    unmeasured: null,
  })
})
