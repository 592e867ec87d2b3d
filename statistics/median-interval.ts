import { binomialCumulative } from './binomial-interval.ts'
import { median } from './median.ts'

export interface MedianInterval {
  median: number
  low: number
  high: number
  /** The probability that the interval covers the true median: at least 0.95, but for few samples. */
  level: number
}

/**
 * The median of independent samples and its distribution-free interval: the narrowest pair of order statistics
 * x(k), x(n+1-k) that covers the true median with at least 95 %, because the number of samples below it is binomial
 * (n, 1/2). Up to five samples cannot reach 95 %: then smallest and largest, with the level they do reach.
 * (Conover, Practical Nonparametric Statistics, 3.2.)
 * @throws RangeError for no samples
 */
export function medianInterval(samples: readonly number[]): MedianInterval {
  const sorted = samples.toSorted((a, b) => a - b)
  const levelWithout = (outside: number) => 1 - 2 * binomialCumulative(outside, sorted.length, 0.5)
  let outside = 0
  while (levelWithout(outside + 1) >= 0.95) outside++
  const [low, high] = [sorted[outside], sorted.at(-1 - outside)]
  if (low === undefined || high === undefined) throw new RangeError('no samples')
  return { median: median(sorted), low, high, level: levelWithout(outside) }
}
