/** HDR histograms of times, in microseconds up to a minute; longer ones count as that. */
import { build, type Histogram } from 'hdr-histogram-js'

const highest = 60_000_000

/** Each digit more takes some ten times the memory. */
export function latencyHistogram(significantDigits: 2 | 3): Histogram {
  return build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: highest,
    numberOfSignificantValueDigits: significantDigits,
  })
}

export function recordMilliseconds(histogram: Histogram, milliseconds: number): void {
  histogram.recordValue(Math.min(highest, Math.max(1, Math.round(milliseconds * 1000))))
}

export function percentileMs(histogram: Histogram, percentile: number): number {
  return histogram.getValueAtPercentile(percentile) / 1000
}
