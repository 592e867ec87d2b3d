import type { Reason } from './denials.ts'

/** Where a line about denials goes: one line of JSON, which never holds a token, a claim, a path or a query. */
export type LogLine = (line: string) => void

/** Lines that are written at most within each window, in milliseconds: an attack must not become a log bill. */
const maxLines = 20
const window = 10_000

/**
 * Logs denials by reason, sampled above a rate: `count` says how many denials of that reason the line stands for, so that
 * a metric filter which sums it loses nothing but the last few.
 */
export function createDenialLog(write: LogLine, now: () => number) {
  const unlogged = new Map<Reason, number>()
  let windowStart = -Infinity
  let lines = 0

  return function log(reason: Reason, status: string, distributionId: unknown, requestId: unknown): void {
    const count = (unlogged.get(reason) ?? 0) + 1
    const time = now()
    // A clock that went back starts a window too.
    if (time < windowStart || time >= windowStart + window) {
      windowStart = time
      lines = 0
    }
    if (lines++ >= maxLines) {
      unlogged.set(reason, count)
      return
    }
    unlogged.delete(reason)
    write(JSON.stringify({ edgeproof: 'denied', reason, status, count, distributionId, requestId }))
  }
}
