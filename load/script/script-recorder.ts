/** Takes down what k6 says of a user's script, and what the edge says of the requests that reached it. */
import type { RequestRecord } from '../../edge/log/request-record.ts'
import type { Sample } from '../k6/sample.ts'
import type { LiveLines } from '../measurement/live-lines.ts'
import { Measurement } from '../measurement/measurement.ts'
import { TimeSeries } from '../measurement/time-series.ts'
import type { ScriptPlan } from './inspect-script.ts'
import { IterationLateness } from './iteration-lateness.ts'
import type { ScriptEvent } from './script-events.ts'

export interface ScriptCounts {
  /** Requests that k6 sent to the edge, and those to anywhere else. */
  requests: number
  elsewhere: number
  /** Requests that the edge answered. */
  answered: number
  iterations: number
  /** The script's own checks. */
  checks: number
  failedChecks: Map<string, number>
}

export class ScriptRecorder {
  readonly series: TimeSeries
  /** Requests, hits and misses with their times as the edge logged them; `request` and `iteration` are k6's. */
  readonly measured = new Measurement()
  readonly counts: ScriptCounts = {
    requests: 0,
    elsewhere: 0,
    answered: 0,
    iterations: 0,
    checks: 0,
    failedChecks: new Map(),
  }
  readonly #lateness: IterationLateness
  readonly #isOurs: (url: string) => boolean
  readonly #live: LiveLines | null

  constructor(plan: ScriptPlan, segments: number, isOurs: (url: string) => boolean, live: LiveLines | null) {
    this.series = new TimeSeries(plan.seconds, 0)
    this.#lateness = new IterationLateness(plan.scenarios, segments)
    this.#isOurs = isOurs
    this.#live = live
  }

  addK6(event: ScriptEvent, segment: number): void {
    if (event.kind === 'request') this.#addRequest(event)
    else if (event.kind === 'check') this.#addCheck(event.name, event.held)
    else if (event.kind === 'iteration') {
      this.counts.iterations += 1
      this.measured.recordTime('iteration', event.durationMs)
      this.#lateness.addIteration(event.scenario, segment, event.startMs, event.durationMs)
    } else if (event.kind === 'dropped') {
      this.measured.dropped += event.count
      this.series.addDropped(event.at, event.count)
      this.#lateness.addDropped(event.scenario, segment, event.at)
    } else this.measured.recordTime(event.kind, event.durationMs)
  }

  addEdge(record: RequestRecord): void {
    const sample = sampleOf(record)
    this.counts.answered += 1
    this.series.begin(record.at)
    this.series.addSample(sample)
    this.measured.add(sample, false)
    this.#live?.add(sample)
    if (record.coldStart) {
      this.measured.recordTime('cold-start', record.timeTakenMs)
      this.series.addColdStart(record.at)
    } else if (record.functionMs !== null) this.measured.recordTime('authorizer', record.functionMs)
  }

  /** To be called once, after the last event. */
  finish(): void {
    for (const { lateMs, intendedMs } of this.#lateness.times()) {
      this.measured.recordTime('late', lateMs)
      this.measured.recordTime('intended-iteration', intendedMs)
    }
  }

  #addRequest({ durationMs, status, url, error }: ScriptEvent & { kind: 'request' }): void {
    if (!this.#isOurs(url)) {
      this.counts.elsewhere += 1
      return
    }
    this.counts.requests += 1
    if (status === 0) this.measured.addFault(`unanswered: ${error}`, 'script')
    else if (status >= 500) this.measured.addFault(`error: ${status} (${url})`, 'script')
    else this.measured.recordTime('request', durationMs)
  }

  #addCheck(name: string, held: boolean): void {
    this.counts.checks += 1
    if (!held) this.counts.failedChecks.set(name, (this.counts.failedChecks.get(name) ?? 0) + 1)
  }
}

function sampleOf({ at, timeTakenMs, xCache, pop, id, status, bodyBytes }: RequestRecord): Sample {
  return {
    at,
    durationMs: timeTakenMs,
    intendedMs: null,
    lateMs: null,
    connectMs: 0,
    tlsMs: 0,
    class: 'script',
    route: '',
    cache: xCache.split(' ', 1)[0] ?? '',
    pop,
    id,
    status,
    bytes: bodyBytes,
    fault: null,
  }
}
