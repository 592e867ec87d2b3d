/** What a share of samples does not exceed, in the samples' unit. */
export interface Percentiles {
  p50: number
  p95: number
  p99: number
  samples: number
}

/** By nearest rank: the smallest sample that at least this share of the samples does not exceed; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => quantile(sorted, share)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), samples: sorted.length }
}

/** A quantile of values of which this share is drawn from `second` and the rest from `first`. */
export function mixedQuantile(
  first: readonly number[],
  second: readonly number[],
  shareOfSecond: number,
  share: number,
): number {
  const weighted = [
    ...first.map((value) => ({ value, weight: (1 - shareOfSecond) / first.length })),
    ...second.map((value) => ({ value, weight: shareOfSecond / second.length })),
  ].sort((a, b) => a.value - b.value)
  let sum = 0
  for (const { value, weight } of weighted) {
    sum += weight
    if (sum >= share - 1e-9) return value
  }
  return weighted.at(-1)?.value ?? Number.NaN
}
