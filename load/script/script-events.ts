/** What k6 reports of a user's script, by the metrics that it has for every script (k6 documentation, "Built-in metrics"). */

export type ScriptEvent =
  | { kind: 'request'; at: number; durationMs: number; status: number; url: string; error: string }
  | { kind: 'connect' | 'tls'; durationMs: number }
  | { kind: 'check'; name: string; held: boolean }
  | { kind: 'iteration'; scenario: string; startMs: number; durationMs: number }
  | { kind: 'dropped'; scenario: string; at: number; count: number }

interface Point {
  time: string
  value: number
  tags: Record<string, string>
}

const readers: Record<string, (point: Point) => ScriptEvent | null> = {
  http_req_duration: ({ time, value, tags }) => ({
    kind: 'request',
    at: Date.parse(time),
    durationMs: value,
    status: Number(tags.status ?? 0),
    url: tags.url ?? tags.name ?? '',
    error: tags.error ?? '',
  }),
  // 0: a connection was there.
  http_req_connecting: ({ value }) => (value > 0 ? { kind: 'connect', durationMs: value } : null),
  http_req_tls_handshaking: ({ value }) => (value > 0 ? { kind: 'tls', durationMs: value } : null),
  checks: ({ value, tags }) => ({ kind: 'check', name: tags.check ?? '', held: value === 1 }),
  iteration_duration: ({ time, value, tags }) => ({
    kind: 'iteration',
    scenario: tags.scenario ?? 'default',
    startMs: exactly(time) - value,
    durationMs: value,
  }),
  dropped_iterations: ({ time, value, tags }) => ({
    kind: 'dropped',
    scenario: tags.scenario ?? 'default',
    at: exactly(time),
    count: value,
  }),
}

const prefixes = Object.entries(readers).map(
  ([metric, read]) => [Buffer.from(`{"metric":"${metric}","type":"Point"`), read] as const,
)

/** Reads k6's JSON output chunk by chunk; lines of other metrics are passed over as bytes. */
export function scriptEventReader(emit: (event: ScriptEvent) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      const line = data.subarray(start, end)
      const found = prefixes.find(
        ([prefix]) => line.length > prefix.length && line.compare(prefix, 0, prefix.length, 0, prefix.length) === 0,
      )
      const event = found?.[1]((JSON.parse(line.toString('utf8')) as { data: Point }).data)
      if (event) emit(event)
      start = end + 1
    }
    rest = data.subarray(start)
  }
}

/** Milliseconds since the epoch with what is below them, which Date leaves out. */
function exactly(time: string): number {
  const [, fraction = '0'] = /\.\d{3}(\d+)/.exec(time) ?? []
  return Date.parse(time) + Number(`0.${fraction}`)
}
