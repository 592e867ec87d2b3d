/** Runs inside the measured processes, which are bundled to plain JavaScript and import nothing heavy. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export interface Answer {
  status?: unknown
  uri?: unknown
}
export type Handler = (event: unknown) => Promise<Answer> | Answer

/** Loads a deployable file as Lambda does; a new instance at each call. */
export function loadHandler(file: string): Handler {
  const require = createRequire(file)
  delete require.cache[file]
  const { handler } = require(file) as { handler?: Handler }
  if (typeof handler !== 'function') throw new Error('exports no handler')
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

/** Throws where an answer is not of the expected class: a handler that fails fast would look quick. */
export function expectAnswer(answer: Answer, expected: 'allow' | 'deny', event: string): void {
  const got = typeof answer?.status === 'string' ? 'deny' : typeof answer?.uri === 'string' ? 'allow' : 'neither'
  if (got === expected) return
  const { uri } = (JSON.parse(event) as { Records: [{ cf: { request: { uri: string } } }] }).Records[0].cf.request
  throw new Error(
    `answers ${got}${got === 'deny' ? ` (${String(answer.status)})` : ''} to a request for ${uri} that it has to ${expected}`,
  )
}
