import { describe, expect, it } from 'vitest'
import type { RunDescription } from './run-description.ts'
import { type K6Event, k6EventReader, type Sample } from './sample.ts'

const began = Date.UTC(2026, 0, 1)
const about: RunDescription = {
  scenario: 'steady',
  seconds: 10,
  arrival: { executor: 'constant-arrival-rate', rate: 100, timeUnit: '1s' },
}

describe('times from the intended start', () => {
  it('hold what a stopped k6 leaves out of its own: those of each stop are late by what is left of it', () => {
    // Stopped for the last 0.4 s of each second; each request then takes 5 ms.
    const lines = Array.from({ length: 1000 }, (_, iteration) => {
      const due = iteration * 10
      const start = due % 1000 >= 600 ? Math.ceil((due + 1) / 1000) * 1000 : due
      return { iteration, ended: start + 5, duration: 5 }
    })
    const samples = read([run(), ...lines.map(sampleLine)])
    expect(samples.map(({ intendedMs }) => intendedMs)).toEqual(
      lines.map(({ iteration, ended }) => expect.closeTo(ended - iteration * 10, 6)),
    )
    expect(Math.max(...samples.map(({ lateMs }) => lateMs ?? 0))).toBeCloseTo(400, 6)
    expect(new Set(samples.map(({ durationMs }) => durationMs))).toEqual(new Set([5]))
  })

  it('begin with the schedule, which k6 begins some milliseconds after its clock', () => {
    const samples = read([
      run(),
      ...[0, 1, 2].map((iteration) => sampleLine({ iteration, ended: 13 + 10 * iteration, duration: 5 })),
    ])
    expect(samples.map(({ lateMs }) => lateMs)).toEqual([0, 0, 0])
    expect(samples.map(({ intendedMs }) => intendedMs)).toEqual([5, 5, 5])
  })

  it('count a new connection, and so does k6 being blocked by it', () => {
    const [first] = read([
      run(),
      sampleLine({ iteration: 0, ended: 9, duration: 5, connecting: 1, handshake: 2, blocked: 4 }),
    ])
    expect(first).toMatchObject({ connectMs: 1, tlsMs: 2, intendedMs: 9, lateMs: 0 })
  })

  it('pass over the requests that k6 dropped, which take no number', () => {
    const dropped = Array.from({ length: 5 }, (_, index) => droppedLine(10 + index * 10))
    const samples = read([
      run(),
      sampleLine({ iteration: 0, ended: 5, duration: 5 }),
      ...dropped,
      sampleLine({ iteration: 1, ended: 65, duration: 5 }),
    ])
    expect(samples.map(({ lateMs }) => lateMs)).toEqual([0, 0])
  })

  it('are not known where the output does not say what was run', () => {
    expect(read([sampleLine({ iteration: 0, ended: 5, duration: 5 })])).toMatchObject([
      { intendedMs: null, lateMs: null },
    ])
  })
})

function read(lines: readonly string[]): Sample[] {
  const events: K6Event[] = []
  k6EventReader((event) => events.push(event))(Buffer.from(`${lines.join('\n')}\n`))
  return events.flatMap((event) => (event.kind === 'sample' ? [event.sample] : []))
}

function run(): string {
  return line('edge_run', 1, 0, { run: JSON.stringify(about) })
}

function droppedLine(at: number): string {
  return line('dropped_iterations', 1, at)
}

function sampleLine(given: { iteration: number; ended: number; duration: number; [timing: string]: number }): string {
  const { iteration, ended, duration, blocked = 0, connecting = 0, handshake = 0 } = given
  const answer = ['id', 200, 10, '/users/{sub}/*', iteration, ended, blocked, connecting, handshake, ''].join('\t')
  return line('edge_request', duration, ended, { answer })
}

function line(metric: string, value: number, at: number, metadata?: Record<string, string>): string {
  const time = new Date(began + at).toISOString()
  return JSON.stringify({ metric, type: 'Point', data: { time, value, tags: {}, ...(metadata && { metadata }) } })
}
