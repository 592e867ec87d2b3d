/** One request as k6 saw it, and how it is read from k6's JSON output. */
import { type ArrivalTimes, arrivalTimes } from './arrival-times.ts'
import type { RunDescription } from './run-description.ts'

export interface Sample {
  /** When the answer had arrived, in milliseconds since the epoch. */
  at: number
  /** Sending, waiting and receiving (k6's http_req_duration), in milliseconds. */
  durationMs: number
  /** From the moment that the arrival rate meant the request to begin to its answer, in milliseconds; null: not known. */
  intendedMs: number | null
  /** Of these, what passed before k6 began the request. */
  lateMs: number | null
  /** Connecting and the TLS handshake, in milliseconds; 0 where a connection was there. */
  connectMs: number
  tlsMs: number
  class: string
  /** Pattern of the deciding route; empty: none. */
  route: string
  /** First word of X-Cache; empty: no such header. */
  cache: string
  pop: string
  /** X-Amz-Cf-Id; empty where no answer came. */
  id: string
  status: number
  /** Body bytes. */
  bytes: number
  /** What was wrong, as `kind: words`; null: nothing. */
  fault: string | null
}

/** What one k6 reports, in order. */
export type K6Event =
  | { kind: 'sample'; sample: Sample }
  | { kind: 'dropped'; at: number; count: number }
  | { kind: 'run'; run: RunDescription }

const samplePrefix = Buffer.from('{"metric":"edge_request","type":"Point"')
const runPrefix = Buffer.from('{"metric":"edge_run","type":"Point"')
const droppedPrefix = Buffer.from('{"metric":"dropped_iterations","type":"Point"')

/**
 * Reads k6's JSON output (https://grafana.com/docs/k6/latest/results-output/real-time/json/) chunk by chunk. k6 writes
 * a dozen lines of its own metrics for each request; those are passed over as bytes, never parsed. `segments`: how many k6
 * share the run.
 */
export function k6EventReader(emit: (event: K6Event) => void, segments = 1): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  let intended: ArrivalTimes | null = null
  const drops = new Drops()
  let scheduleBegan = Number.POSITIVE_INFINITY
  const timed = ({ sample, iteration, endedMs, occupiedMs }: ParsedSample): K6Event => {
    if (intended === null || Number.isNaN(endedMs)) return { kind: 'sample', sample }
    // A dropped iteration takes no number: those after it stand for later arrivals than their numbers say.
    const dropped = drops.before(sample.at - occupiedMs)
    const sinceDue = endedMs - occupiedMs - intended(iteration + segments * dropped)
    // Before a drop nothing can begin too early: the least that was seen is what k6's schedule began after its clock.
    if (dropped === 0) scheduleBegan = Math.min(scheduleBegan, sinceDue)
    const lateMs = Math.max(0, sinceDue - (Number.isFinite(scheduleBegan) ? scheduleBegan : 0))
    return { kind: 'sample', sample: { ...sample, intendedMs: lateMs + occupiedMs, lateMs } }
  }
  const read = (line: string): K6Event => {
    const event = line.startsWith('{"metric":"edge_run"') ? parseRun(line) : parseDropped(line)
    if (event.kind === 'run') intended = arrivalTimes(event.run.arrival)
    else if (event.kind === 'dropped') drops.add(event.at, event.count)
    return event
  }
  return (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      if (begins(data, start, samplePrefix)) emit(timed(parseSample(data.toString('utf8', start, end))))
      else if (begins(data, start, droppedPrefix) || begins(data, start, runPrefix))
        emit(read(data.toString('utf8', start, end)))
      start = end + 1
    }
    rest = data.subarray(start)
  }
}

function begins(data: Buffer, at: number, prefix: Buffer): boolean {
  return data.length >= at + prefix.length && data.compare(prefix, 0, prefix.length, at, at + prefix.length) === 0
}

interface Point {
  time: string
  value: number
  tags: Record<string, string>
  metadata?: Record<string, string>
}

function point(line: string): Point {
  return (JSON.parse(line) as { data: Point }).data
}

/** How many iterations were dropped until when; those of a millisecond are one entry. */
class Drops {
  readonly #until: { at: number; count: number }[] = []

  add(at: number, count: number): void {
    const last = this.#until.at(-1)
    if (last?.at === at) last.count += count
    else this.#until.push({ at, count: (last?.count ?? 0) + count })
  }

  /** Asked for about now, so the search begins at the end. */
  before(time: number): number {
    let index = this.#until.length - 1
    while (index >= 0 && (this.#until[index]?.at ?? 0) > time) index -= 1
    return this.#until[index]?.count ?? 0
  }
}

function parseRun(line: string): K6Event & { kind: 'run' } {
  return { kind: 'run', run: JSON.parse(point(line).metadata?.run ?? '{}') as RunDescription }
}

function parseDropped(line: string): K6Event & { kind: 'dropped' } {
  const { time, value } = point(line)
  return { kind: 'dropped', at: Date.parse(time), count: value }
}

interface ParsedSample {
  sample: Sample
  iteration: number
  /** Milliseconds since the scenario's start; NaN: not told. */
  endedMs: number
  /** From the wish for a connection to the answer's last byte. */
  occupiedMs: number
}

function parseSample(line: string): ParsedSample {
  const { time, value, tags, metadata = {} } = point(line)
  const [id = '', status = '', bytes = '', route = '', iteration, ended, blocked, connecting, handshake, fault = ''] = (
    metadata.answer ?? ''
  ).split('\t')
  const connectMs = Number(connecting ?? 0)
  const tlsMs = Number(handshake ?? 0)
  return {
    iteration: Number(iteration ?? Number.NaN),
    endedMs: Number(ended ?? Number.NaN),
    // k6 counts connecting as blocked, and sending from the moment that it was connected.
    occupiedMs: value + Math.max(Number(blocked ?? 0), connectMs + tlsMs),
    sample: {
      at: Date.parse(time),
      durationMs: value,
      intendedMs: null,
      lateMs: null,
      connectMs,
      tlsMs,
      class: tags.class ?? '',
      route,
      cache: tags.cache ?? '',
      pop: tags.pop ?? '',
      id,
      status: Number(status),
      bytes: Number(bytes),
      fault: fault === '' ? null : fault,
    },
  }
}
