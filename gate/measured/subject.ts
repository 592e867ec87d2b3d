/** Runs inside the measured processes, which are bundled to plain JavaScript and import nothing heavy. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isDeepStrictEqual } from 'node:util'

interface Answer {
  status?: unknown
  uri?: unknown
}
export type Handler = (event: unknown) => unknown

/** Loads a deployable file as Lambda does; a new instance at each call. */
export function loadHandler(file: string, exported: string): Handler {
  const require = createRequire(file)
  delete require.cache[file]
  const { [exported]: handler } = require(file) as Record<string, Handler | undefined>
  if (typeof handler !== 'function') throw new Error(`exports no function ${exported}`)
  return handler
}

/**
 * Takes out of a measurement what belongs to Node and not to the handler: the log stream (the line is still made), and the
 * clock, which the caller moves by a second per request so that rate limits behave the same in every run.
 */
export function quietRuntime(): { tick(): void } {
  let now = Date.now()
  Date.now = () => now
  const sink = () => true
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) console[level] = sink
  process.stdout.write = sink
  return {
    tick() {
      now += 1000
    },
  }
}

/** Serialized events from a file, handed out in turn; where each may be used once, running out is an error. */
export function eventSource(file: string, once: boolean): (count: number) => string[] {
  const events = readFileSync(file, 'utf8').trimEnd().split('\n')
  let next = 0
  return (count) => {
    if (once && next + count > events.length) throw new Error(`more than ${events.length} events asked of ${file}`)
    return Array.from({ length: count }, () => events[next++ % events.length] ?? '')
  }
}

/** Throws where an answer is not the expected one, or not of its class: a function that fails fast would look quick. */
export function answerCheck({ events, expect, answers }: Expectation): (answer: unknown, event: string) => void {
  if (expect !== 'answer' || answers === undefined) {
    return (answer, event) => expectClass(answer as Answer, expect as 'allow' | 'deny', event)
  }
  const lines = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n')
  const wanted = lines(answers)
  const expected = new Map(lines(events).map((event, index) => [event, JSON.parse(wanted[index] ?? 'null') as unknown]))
  return (answer, event) => {
    // As JSON: what a function leaves undefined is not in its answer.
    const got = JSON.stringify(answer) ?? 'null'
    if (isDeepStrictEqual(JSON.parse(got), expected.get(event))) return
    throw new Error(
      `answers ${short(got)} to ${short(event)}, and has to answer ${short(JSON.stringify(expected.get(event)))}`,
    )
  }
}

interface Expectation {
  events: string
  expect: 'allow' | 'deny' | 'answer'
  answers?: string
}

function short(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}

function expectClass(answer: Answer, expected: 'allow' | 'deny', event: string): void {
  const got = typeof answer?.status === 'string' ? 'deny' : typeof answer?.uri === 'string' ? 'allow' : 'neither'
  if (got === expected) return
  const { uri } = (JSON.parse(event) as { Records: [{ cf: { request: { uri: string } } }] }).Records[0].cf.request
  throw new Error(
    `answers ${got}${got === 'deny' ? ` (${String(answer.status)})` : ''} to a request for ${uri} that it has to ${expected}`,
  )
}
