/** Takes down what both sides report while a run goes on: k6 its samples, the local edge its log. */
import type { RequestRecord } from '../../edge/log/request-record.ts'
import type { K6Event, Sample } from '../k6/sample.ts'
import { IdJoin, type JoinCounts, type Seen } from './id-join.ts'
import { Measurement, merged } from './measurement.ts'
import { TimeSeries } from './time-series.ts'

export interface RecorderOptions {
  segments: number
  /** The edge's log is joined with k6's samples. */
  withEdge: boolean
  /** The planned length and, from its start, how much of it is warm-up. */
  seconds: number
  warmUpSeconds: number
  /** Told of the first answer. */
  onBegin: () => void
  /** Told of each sample, the warm-up's too. */
  onSample?: (sample: Sample) => void
}

type MeasuredSample = Sample & { warmUp: boolean }
type EdgeRecord = Seen & Pick<RequestRecord, 'functionMs' | 'coldStart'>

export class RunRecorder {
  readonly series: TimeSeries
  readonly #options: RecorderOptions
  readonly #parts: Measurement[]
  readonly #functions = new Measurement()
  readonly #join: IdJoin<MeasuredSample, EdgeRecord> | null
  /** When the first and the last answer came, in milliseconds since the epoch. */
  #first: number | null = null
  #last = 0

  constructor(options: RecorderOptions) {
    this.#options = options
    this.series = new TimeSeries(options.seconds, options.warmUpSeconds)
    this.#parts = Array.from({ length: options.segments }, () => new Measurement())
    this.#join = options.withEdge ? new IdJoin((sample, record) => this.#addFunctionTimes(sample, record)) : null
  }

  addK6(event: K6Event, segment: number): void {
    const part = this.#parts[segment]
    if (!part) return
    if (event.kind === 'dropped') {
      part.dropped += event.count
      this.series.addDropped(event.at, event.count)
      return
    }
    if (event.kind === 'run') return
    const { sample } = event
    if (this.#first === null) {
      this.#first = sample.at
      this.series.begin(sample.at)
      this.#options.onBegin()
    }
    // Another segment's first answer may be older than the first that was read.
    this.#first = Math.min(this.#first, sample.at)
    this.#last = Math.max(this.#last, sample.at)
    const warmUp = sample.at - this.#first < this.#options.warmUpSeconds * 1000
    part.add(sample, warmUp)
    this.series.addSample(sample)
    this.#options.onSample?.(sample)
    this.#join?.addK6({ ...sample, warmUp })
  }

  addEdge({ id, xCache, status, functionMs, coldStart }: RequestRecord): void {
    this.#join?.addEdge({ id, cache: xCache.split(' ', 1)[0] ?? '', status, functionMs, coldStart })
  }

  /** Seconds from the first answer to the last. */
  get elapsed(): number {
    return this.#first === null ? 0 : (this.#last - this.#first) / 1000
  }

  /** All segments merged. */
  get measured(): Measurement {
    return merged([...this.#parts, this.#functions])
  }

  /** Null for a real target. */
  get join(): JoinCounts | null {
    return this.#join?.counts() ?? null
  }

  /** What only the edge's log tells: how long the authorizer took, and for whom its sandbox had to be started. */
  #addFunctionTimes({ warmUp, durationMs, at }: MeasuredSample, { coldStart, functionMs }: EdgeRecord): void {
    if (coldStart) {
      // Most cold starts are in the warm-up, and they are the same ones later.
      this.#functions.recordTime('cold-start', durationMs)
      this.series.addColdStart(at)
    } else if (!warmUp && functionMs !== null) this.#functions.recordTime('authorizer', functionMs)
  }
}
