import { expect, test } from 'vitest'
import { holm } from './holm.ts'

test('the smallest value is multiplied by the number of tests, the next by one less, never decreasing', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005])
  for (const [index, value] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[index]).toBeCloseTo(value, 12)
  expect(holm([0.9, 0.8])).toEqual([1, 1])
  expect(holm([])).toEqual([])
})
