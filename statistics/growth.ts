import { median } from './median.ts'
import { normalQuantile } from './normal-quantile.ts'

export interface Growth {
  /** Of the median, over all samples looked at: 0.1 is a tenth more at the end than at the beginning. */
  growth: number
  /** 95 % interval. */
  low: number
  high: number
}

/** Neighbouring samples are alike, which would make the interval too narrow: the medians of so many blocks are less so. */
const blocks = 30

/**
 * How much a series grew from its second quarter to its end (in the first quarter caches fill): the median of the slopes
 * between all pairs of points, with Sen's interval from the variance of Kendall's statistic (P. K. Sen, "Estimates of the
 * regression coefficient based on Kendall's tau", 1968). A few outliers, such as a collection's peak, do not move it.
 * Null for fewer than 40 samples.
 */
export function growth(samples: readonly number[]): Growth | null {
  const settled = samples.slice(Math.floor(samples.length / 4))
  if (settled.length < blocks) return null
  const points = Array.from({ length: blocks }, (_, block) =>
    median(
      settled.slice(Math.floor((block * settled.length) / blocks), Math.floor(((block + 1) * settled.length) / blocks)),
    ),
  )
  const slopes = points
    .flatMap((from, index) => points.slice(index + 1).map((to, distance) => (to - from) / (distance + 1)))
    .sort((a, b) => a - b)
  const spread = normalQuantile(0.975) * Math.sqrt((blocks * (blocks - 1) * (2 * blocks + 5)) / 18)
  const scale = (blocks - 1) / median(points)
  const at = (rank: number) => (slopes[rank] ?? 0) * scale
  return {
    growth: median(slopes) * scale,
    low: at(Math.floor((slopes.length - spread) / 2)),
    high: at(Math.ceil((slopes.length + spread) / 2)),
  }
}
