import type { Reason } from './denials.ts'

/** Where a line about denials goes: one line of JSON, which never holds a token, a claim, a path or a query. */
export type LogLine = (line: string) => void

/** Lines of each reason within a window, which is in milliseconds: an attack must not become a log bill. */
const maxLines = 5
const window = 10_000

/**
 * Logs denials. Each reason has lines of its own, so that a flood of one cannot keep another out of the log: an alarm
 * waits for some of them. What a window left out is told by the first denial after it, whatever its reason: one line for
 * each reason, with the count and the window's start, and no request's id, for it stands for many. A metric filter that
 * sums `count` loses what a sandbox leaves out in the last window of its life, and nothing else.
 */
export function createDenialLog(write: LogLine, now: () => number) {
  const denials = new Map<Reason, number>()
  let since = -Infinity

  return function log(reason: Reason, status: string, distributionId: unknown, requestId: unknown): void {
    const time = now()
    // A clock that went back starts a window too.
    if (time < since || time >= since + window) {
      for (const [reason, count] of denials) {
        if (count > maxLines) writeLine({ reason, count: count - maxLines, since })
      }
      denials.clear()
      since = time
    }
    const count = (denials.get(reason) ?? 0) + 1
    denials.set(reason, count)
    if (count <= maxLines) writeLine({ reason, status, count: 1, distributionId, requestId })
  }

  function writeLine(fields: object): void {
    write(JSON.stringify({ edgeproof: 'denied', ...fields }))
  }
}
