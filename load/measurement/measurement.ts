/**
 * What a run measured, in bounded memory and mergeable without loss: histograms whose buckets add up, and counts.
 * Merging the measurements of several k6 processes gives exactly what one process with all their samples would.
 */
import { decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js'
import type { Sample } from '../k6/sample.ts'
import { type AnswerKind, answerKind, isAllowed } from './answer-kind.ts'
import { latencyHistogram, percentileMs, recordMilliseconds } from './latency-histogram.ts'

export interface Counts {
  /** Also those that are none of the following: preflights. */
  requests: number
  hits: number
  /** Of the hits, those that had expired and were confirmed by the origin. */
  refreshHits: number
  misses: number
  denials: number
  errors: number
  /** Body bytes of hits and of misses. */
  hitBytes: number
  missBytes: number
}

export interface Fault {
  kind: string
  class: string
  count: number
  /** The first one's words. */
  example: string
}

/** As it goes into a result document or a file. */
export interface MeasurementDocument {
  counts: Counts
  warmUpRequests: number
  dropped: number
  by: Record<Dimension, Record<string, Counts>>
  faults: Fault[]
  /** Compressed HDR histograms in base64; microseconds, three significant digits. */
  histograms: Record<string, string>
}

const dimensions = ['class', 'route', 'pop'] as const
type Dimension = (typeof dimensions)[number]

export class Measurement {
  readonly counts: Counts = noCounts()
  readonly by: Record<Dimension, Map<string, Counts>> = { class: new Map(), route: new Map(), pop: new Map() }
  readonly faults = new Map<string, Fault>()
  readonly #histograms = new Map<string, Histogram>()
  warmUpRequests = 0
  dropped = 0

  /** Counts one sample; a fault counts during the warm-up too, times and ratios do not. */
  add(sample: Sample, warmUp: boolean): void {
    if (sample.fault !== null) this.addFault(sample.fault, sample.class)
    // Most connections are made in the warm-up, and they are the same ones later.
    if (sample.connectMs > 0) this.recordTime('connect', sample.connectMs)
    if (sample.tlsMs > 0) this.recordTime('tls', sample.tlsMs)
    if (warmUp) {
      this.warmUpRequests += 1
      return
    }
    const kind = answerKind(sample)
    addTo(this.counts, kind, sample.bytes)
    for (const dimension of dimensions)
      addTo(entry(this.by[dimension], sample[dimension], noCounts), kind, sample.bytes)
    this.recordTime(kind, sample.durationMs)
    if (isAllowed(kind)) this.recordTime('allowed', sample.durationMs)
    // Whatever the function made of it, where nobody says what it should.
    if (sample.class === 'unjudged' && kind !== 'error') this.recordTime('answered', sample.durationMs)
    this.#addArrival(sample, kind)
  }

  /** Beside k6's own times, those from the intended start. */
  #addArrival(sample: Sample, kind: AnswerKind): void {
    const { intendedMs, lateMs } = sample
    if (intendedMs === null || lateMs === null) return
    this.recordTime('late', lateMs)
    this.recordTime(`intended-${kind}`, intendedMs)
    if (isAllowed(kind)) this.recordTime('intended-allowed', intendedMs)
    if (sample.class === 'unjudged' && kind !== 'error') this.recordTime('intended-answered', intendedMs)
  }

  /** A time in milliseconds under a name of its own, for example `cold-start`. */
  recordTime(name: string, milliseconds: number): void {
    recordMilliseconds(
      entry(this.#histograms, name, () => latencyHistogram(3)),
      milliseconds,
    )
  }

  /** A percentile in milliseconds; null where there is no sample of that name. */
  percentile(name: string, percentile: number): number | null {
    const histogram = this.#histograms.get(name)
    return histogram ? percentileMs(histogram, percentile) : null
  }

  timesRecorded(name: string): number {
    return this.#histograms.get(name)?.totalCount ?? 0
  }

  merge(other: Measurement): void {
    addCounts(this.counts, other.counts)
    this.warmUpRequests += other.warmUpRequests
    this.dropped += other.dropped
    for (const dimension of dimensions) {
      for (const [name, counts] of other.by[dimension]) addCounts(entry(this.by[dimension], name, noCounts), counts)
    }
    for (const fault of other.faults.values()) this.addFault(fault.example, fault.class, fault.count)
    for (const [name, histogram] of other.#histograms) {
      entry(this.#histograms, name, () => latencyHistogram(3)).add(histogram)
    }
  }

  toDocument(): MeasurementDocument {
    return {
      counts: this.counts,
      warmUpRequests: this.warmUpRequests,
      dropped: this.dropped,
      by: {
        class: Object.fromEntries(this.by.class),
        route: Object.fromEntries(this.by.route),
        pop: Object.fromEntries(this.by.pop),
      },
      faults: [...this.faults.values()],
      histograms: Object.fromEntries(
        [...this.#histograms].map(([name, histogram]) => [name, encodeIntoCompressedBase64(histogram)]),
      ),
    }
  }

  static fromDocument(document: MeasurementDocument): Measurement {
    const measurement = new Measurement()
    addCounts(measurement.counts, document.counts)
    measurement.warmUpRequests = document.warmUpRequests
    measurement.dropped = document.dropped
    for (const dimension of dimensions) {
      for (const [name, counts] of Object.entries(document.by[dimension])) {
        measurement.by[dimension].set(name, { ...counts })
      }
    }
    for (const fault of document.faults) measurement.addFault(fault.example, fault.class, fault.count)
    for (const [name, encoded] of Object.entries(document.histograms)) {
      measurement.#histograms.set(name, decodeFromCompressedBase64(encoded, 32))
    }
    return measurement
  }

  addFault(words: string, requestClass: string, count = 1): void {
    const kind = words.slice(0, words.indexOf(':'))
    entry(this.faults, `${kind} ${requestClass}`, () => ({
      kind,
      class: requestClass,
      count: 0,
      example: words,
    })).count += count
  }
}

/** One measurement of several parts. */
export function merged(parts: readonly Measurement[]): Measurement {
  const whole = new Measurement()
  for (const part of parts) whole.merge(part)
  return whole
}

/** Share of the requests that could be cached which were; null where there was none. */
export function hitRatio({ hits, misses }: Counts): number | null {
  return hits + misses === 0 ? null : hits / (hits + misses)
}

/** The same by body bytes. */
export function byteHitRatio({ hitBytes, missBytes }: Counts): number | null {
  return hitBytes + missBytes === 0 ? null : hitBytes / (hitBytes + missBytes)
}

function noCounts(): Counts {
  return { requests: 0, hits: 0, refreshHits: 0, misses: 0, denials: 0, errors: 0, hitBytes: 0, missBytes: 0 }
}

function addTo(counts: Counts, kind: AnswerKind, bytes: number): void {
  counts.requests += 1
  if (kind === 'hit' || kind === 'refresh-hit') {
    counts.hits += 1
    if (kind === 'refresh-hit') counts.refreshHits += 1
    counts.hitBytes += bytes
  } else if (kind === 'miss') {
    counts.misses += 1
    counts.missBytes += bytes
  } else if (kind === 'denial') counts.denials += 1
  else if (kind === 'error') counts.errors += 1
}

function addCounts(sum: Counts, other: Counts): void {
  for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += other[name]
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
