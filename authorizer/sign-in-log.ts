import type { LogLine } from './denial-log.ts'

/** What a step of a sign-in was and came to; `ms` is what it took. */
export interface StepTaken {
  step: 'start' | 'refresh' | 'callback' | 'sign-out'
  outcome: 'done' | 'refused' | 'unavailable'
  ms: number
  /** The provider's error code, of letters alone. */
  detail?: string
}

const maxLines = 5
const window = 10_000

/** Logs steps as denials are logged: so many lines of each reason within a window, and the rest counted with the next. */
export function createSignInLog(write: LogLine, now: () => number) {
  const counts = new Map<string, number>()
  let since = -Infinity

  return function log(
    taken: StepTaken,
    reason: string,
    status: string,
    distributionId: unknown,
    requestId: unknown,
  ): void {
    const time = now()
    if (time < since || time >= since + window) {
      for (const [name, count] of counts) {
        const [step, reason] = name.split(' ')
        if (count > maxLines) writeLine({ step, reason, count: count - maxLines, since })
      }
      counts.clear()
      since = time
    }
    const name = `${taken.step} ${reason}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    if (count <= maxLines) writeLine({ ...taken, reason, status, count: 1, distributionId, requestId })
  }

  function writeLine(fields: object): void {
    write(JSON.stringify({ edgeproof: 'sign-in', ...fields }))
  }
}
