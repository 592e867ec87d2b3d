import { describe, expect, it } from 'vitest'
import type { Sample } from '../k6/sample.ts'
import { sampleFixture } from '../k6/sample-fixture.ts'
import { TimeSeries } from './time-series.ts'

const start = 1_700_000_000_000

const sample = (seconds: number, changes: Partial<Sample> = {}): Sample =>
  sampleFixture({ at: start + seconds * 1000, ...changes })

describe('the time series of a run', () => {
  it('counts each answer in the second in which it came, and times those that were allowed', () => {
    const series = new TimeSeries(60, 15)
    series.begin(start)
    series.addSample(sample(0.2))
    series.addSample(sample(2.1, { durationMs: 40 }))
    series.addSample(sample(2.9, { cache: 'Miss', durationMs: 80 }))
    series.addSample(sample(2.5, { cache: 'LambdaGeneratedResponse', durationMs: 900 }))
    series.addDropped(start + 2000, 7)
    const { bucketSeconds, warmUpSeconds, buckets } = series.toDocument()
    expect({ bucketSeconds, warmUpSeconds }).toEqual({ bucketSeconds: 1, warmUpSeconds: 15 })
    expect(buckets).toMatchObject([
      { at: 0, requests: 1, hits: 1, p50Ms: expect.closeTo(5, 1), dropped: 0 },
      { at: 1, requests: 0, p50Ms: null, p99Ms: null },
      { at: 2, requests: 3, hits: 1, misses: 1, denials: 1, dropped: 7, p99Ms: expect.closeTo(80, 0) },
    ])
  })

  it('has no more buckets for ten hours than for ten minutes, nor for answers long after the end', () => {
    const lengths = [600, 36_000].map((seconds) => {
      const series = new TimeSeries(seconds, 0)
      series.begin(start)
      for (const at of [0, seconds - 1, seconds * 10]) series.addSample(sample(at))
      const { buckets } = series.toDocument()
      expect(buckets.reduce((sum, { requests }) => sum + requests, 0)).toBe(3)
      return buckets.length
    })
    expect(lengths[0]).toBe(lengths[1])
    expect(lengths[0]).toBeLessThanOrEqual(140)
  })

  it('shows the most sandboxes of a bucket and the events turned away since the bucket before', () => {
    const series = new TimeSeries(10, 0)
    series.begin(start)
    const reading = { sandboxes: 2, sandboxesBusy: 1, throttles: 0, loopDelayMs: 12, edgeBytes: 100, k6Bytes: 50 }
    series.addReading(start + 100, reading)
    series.addReading(start + 600, { ...reading, sandboxes: 1, sandboxesBusy: 2, throttles: 3, edgeBytes: 110 })
    series.addReading(start + 1100, { ...reading, throttles: 5 })
    expect(series.toDocument().buckets).toMatchObject([
      { sandboxes: 2, sandboxesBusy: 2, throttles: 3, edgeBytes: 110 },
      { sandboxes: 2, sandboxesBusy: 1, throttles: 2 },
    ])
  })
})
