/** What happened when: a run as equal buckets of time, as many for ten minutes as for one. */
import type { Histogram } from 'hdr-histogram-js'
import type { Sample } from '../k6/sample.ts'
import { answerKind } from './answer-kind.ts'
import { latencyHistogram, percentileMs, recordMilliseconds } from './latency-histogram.ts'

interface Bucket {
  /** Seconds from the first answer to the bucket's start. */
  at: number
  requests: number
  hits: number
  misses: number
  denials: number
  errors: number
  dropped: number
  /** Of allowed requests; null where there was none. */
  p50Ms: number | null
  p99Ms: number | null
  /** The same from the intended start; null where k6 does not tell it. */
  intendedP99Ms: number | null
  /** The latest that k6 began a request. */
  lateMs: number
  coldStarts: number
  /** Sandboxes alive and, of these, running an event: the most seen at once. */
  sandboxes: number
  sandboxesBusy: number
  throttles: number
  /** The longest that the edge's event loop was late; the edge, the bucket and the reader of samples share it. */
  loopDelayMs: number
  /** Resident memory, the last reading; null where there was none. */
  edgeBytes: number | null
  k6Bytes: number | null
}

export interface TimeSeriesDocument {
  bucketSeconds: number
  /** Its samples are in the buckets, and not in any other figure but the faults. */
  warmUpSeconds: number
  buckets: Bucket[]
}

/** State of the edge and of k6 at one moment. Throttles are since the run's start. */
export interface Reading {
  sandboxes: number
  sandboxesBusy: number
  throttles: number
  loopDelayMs: number
  edgeBytes: number
  k6Bytes: number
}

const mostBuckets = 120

/** A bucket with the times of its allowed requests, k6's own and from the intended start. */
interface Times {
  bucket: Bucket
  times: Histogram
  intended: Histogram
}

export class TimeSeries {
  readonly #bucketSeconds: number
  readonly #warmUpSeconds: number
  readonly #buckets: Times[] = []
  /** Made ahead: a long run whose memory is watched must not grow by its own bookkeeping. */
  readonly #unused: Omit<Times, 'bucket'>[]
  #began: number | null = null
  #throttles = 0

  /** `seconds`: how long the run is planned to last. */
  constructor(seconds: number, warmUpSeconds: number) {
    this.#bucketSeconds = Math.max(1, Math.ceil(seconds / mostBuckets))
    this.#warmUpSeconds = warmUpSeconds
    const buckets = Math.ceil(seconds / this.#bucketSeconds) + lateBuckets
    // Two digits are enough for a line in a chart.
    this.#unused = Array.from({ length: buckets }, () => ({
      times: latencyHistogram(2),
      intended: latencyHistogram(2),
    }))
  }

  /** Time zero, in milliseconds since the epoch; what came before counts to the first bucket. */
  begin(at: number): void {
    this.#began ??= at
  }

  addSample(sample: Sample): void {
    const { bucket, times, intended } = this.#at(sample.at)
    bucket.requests += 1
    bucket.lateMs = Math.max(bucket.lateMs, sample.lateMs ?? 0)
    const kind = answerKind(sample)
    if (kind === 'denial') bucket.denials += 1
    else if (kind === 'error') bucket.errors += 1
    else if (kind !== 'uncached') {
      if (kind === 'miss') bucket.misses += 1
      else bucket.hits += 1
      recordMilliseconds(times, sample.durationMs)
      if (sample.intendedMs !== null) recordMilliseconds(intended, sample.intendedMs)
    }
  }

  addDropped(at: number, count: number): void {
    this.#at(at).bucket.dropped += count
  }

  addColdStart(at: number): void {
    this.#at(at).bucket.coldStarts += 1
  }

  addReading(at: number, reading: Reading): void {
    const { bucket } = this.#at(at)
    bucket.sandboxes = Math.max(bucket.sandboxes, reading.sandboxes)
    bucket.sandboxesBusy = Math.max(bucket.sandboxesBusy, reading.sandboxesBusy)
    bucket.loopDelayMs = Math.max(bucket.loopDelayMs, reading.loopDelayMs)
    bucket.throttles += reading.throttles - this.#throttles
    this.#throttles = reading.throttles
    bucket.edgeBytes = reading.edgeBytes
    bucket.k6Bytes = reading.k6Bytes
  }

  toDocument(): TimeSeriesDocument {
    return {
      bucketSeconds: this.#bucketSeconds,
      warmUpSeconds: this.#warmUpSeconds,
      buckets: this.#buckets.map(({ bucket, times, intended }) => ({
        ...bucket,
        p50Ms: percentileOf(times, 50),
        p99Ms: percentileOf(times, 99),
        intendedP99Ms: percentileOf(intended, 99),
      })),
    }
  }

  #at(at: number): Times {
    const index = Math.max(0, Math.floor((at - (this.#began ?? at)) / 1000 / this.#bucketSeconds))
    while (this.#buckets.length <= index) {
      const unused = this.#unused.pop()
      // The last answers may come after the planned end, and a clock may jump.
      if (!unused) break
      this.#buckets.push({ bucket: emptyBucket(this.#buckets.length * this.#bucketSeconds), ...unused })
    }
    return this.#buckets[Math.min(index, this.#buckets.length - 1)] as Times
  }
}

/** How many may come after the planned end. */
const lateBuckets = 20

function percentileOf(times: Histogram, percentile: number): number | null {
  return times.totalCount === 0 ? null : percentileMs(times, percentile)
}

function emptyBucket(at: number): Bucket {
  return {
    at,
    requests: 0,
    hits: 0,
    misses: 0,
    denials: 0,
    errors: 0,
    dropped: 0,
    p50Ms: null,
    p99Ms: null,
    intendedP99Ms: null,
    lateMs: 0,
    coldStarts: 0,
    sandboxes: 0,
    sandboxesBusy: 0,
    throttles: 0,
    loopDelayMs: 0,
    edgeBytes: null,
    k6Bytes: null,
  }
}
