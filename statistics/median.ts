/** The middle value, or the mean of the two middle ones; NaN for none. Does not change its argument. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2
}

/**
 * The scatter about `centre` (default: the median) that a few outliers do not move: the median deviation, scaled so that
 * it is the standard deviation of a normal distribution.
 */
export function medianDeviation(values: readonly number[], centre: number = median(values)): number {
  return 1.4826 * median(values.map((value) => Math.abs(value - centre)))
}
