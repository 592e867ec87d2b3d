export interface MedianInterval {
  median: number
  low: number
  high: number
  /** The probability that the interval covers the true median; at most 0.95 is asked for, few samples give less. */
  level: number
}

/**
 * The median of independent samples and its distribution-free interval: the narrowest pair of order statistics
 * x(k), x(n+1-k) that covers the true median with at least 95 %, because the number of samples below it is binomial
 * (n, 1/2). Up to five samples cannot reach 95 %: then smallest and largest, with the level they do reach.
 * (Conover, Practical Nonparametric Statistics, 3.2.)
 */
export function medianInterval(samples: readonly number[]): MedianInterval {
  if (samples.length === 0) throw new RangeError('no samples')
  const sorted = [...samples].sort((a, b) => a - b)
  const n = sorted.length
  // tail: the probability of at most `outside` samples on one side.
  let outside = 0
  let probability = 0.5 ** n
  let tail = probability
  while (outside + 1 < n / 2) {
    const next = (probability * (n - outside)) / (outside + 1)
    if (1 - 2 * (tail + next) < 0.95) break
    outside++
    probability = next
    tail += next
  }
  return { median: median(sorted), low: at(sorted, outside), high: at(sorted, n - 1 - outside), level: 1 - 2 * tail }
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2
}

function at(sorted: readonly number[], index: number): number {
  const value = sorted[index]
  if (value === undefined) throw new RangeError(`no sample ${index}`)
  return value
}
