/** What a share of samples does not exceed, in the samples' unit. */
export interface Percentiles {
  p50: number
  p95: number
  p99: number
  samples: number
}

/** By nearest rank: the smallest sample that at least this share of the samples does not exceed; NaN for none. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), samples: sorted.length }
}
