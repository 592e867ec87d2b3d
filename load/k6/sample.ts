/** One request as k6 saw it, and how it is read from k6's JSON output. */

export interface Sample {
  /** When the answer had arrived, in milliseconds since the epoch. */
  at: number
  /** Sending, waiting and receiving (k6's http_req_duration), in milliseconds. */
  durationMs: number
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
export type K6Event = { kind: 'sample'; sample: Sample } | { kind: 'dropped'; at: number; count: number }

const samplePrefix = Buffer.from('{"metric":"edge_request","type":"Point"')
const droppedPrefix = Buffer.from('{"metric":"dropped_iterations","type":"Point"')

/**
 * Reads k6's JSON output (https://grafana.com/docs/k6/latest/results-output/real-time/json/) chunk by chunk. k6 writes
 * a dozen lines of its own metrics for each request; those are passed over as bytes, never parsed.
 */
export function k6EventReader(emit: (event: K6Event) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      if (begins(data, start, samplePrefix))
        emit({ kind: 'sample', sample: parseSample(data.toString('utf8', start, end)) })
      else if (begins(data, start, droppedPrefix)) emit(parseDropped(data.toString('utf8', start, end)))
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

function parseDropped(line: string): K6Event {
  const { time, value } = point(line)
  return { kind: 'dropped', at: Date.parse(time), count: value }
}

function parseSample(line: string): Sample {
  const { time, value, tags, metadata = {} } = point(line)
  const [id = '', status = 0, bytes = 0, route = '', fault = ''] = (metadata.answer ?? '').split('\t')
  return {
    at: Date.parse(time),
    durationMs: value,
    class: tags.class ?? '',
    route,
    cache: tags.cache ?? '',
    pop: tags.pop ?? '',
    id,
    status: Number(status),
    bytes: Number(bytes),
    fault: fault === '' ? null : fault,
  }
}
