import { expect, test } from 'vitest'
import { normalQuantile } from './normal-quantile.ts'

test('gives the quantiles that tables give', () => {
  for (const [probability, z] of [
    [0.5, 0],
    [0.8, 0.841621],
    [0.975, 1.959964],
    [0.025, -1.959964],
    [0.999, 3.090232],
  ] as const) {
    expect(normalQuantile(probability)).toBeCloseTo(z, 4)
  }
})
