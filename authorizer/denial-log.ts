import type { Reason } from './denials.ts'

/** Where a line about denials goes: one line of JSON, which never holds a token, a claim, a path or a query. */
export type LogLine = (line: string) => void

/** Lines that may be written at once, and one more for each of these milliseconds: an attack must not become a log bill. */
const burst = 20
const refillMs = 1000

/**
 * Logs denials by reason, sampled above a rate: `count` says how many denials of that reason the line stands for, so that
 * a metric filter which sums it loses nothing but the last few.
 */
export function createDenialLog(write: LogLine, now: () => number) {
  const unlogged = new Map<Reason, number>()
  let allowance = burst
  let refilledAt = now()

  return function log(reason: Reason, status: string, distributionId: unknown, requestId: unknown): void {
    const count = (unlogged.get(reason) ?? 0) + 1
    const time = now()
    // A clock that went back refills nothing and starts anew.
    const refills = Math.max(0, Math.floor((time - refilledAt) / refillMs))
    if (refills > 0 || time < refilledAt) {
      allowance = Math.min(burst, allowance + refills)
      refilledAt = time
    }
    if (allowance === 0) {
      unlogged.set(reason, count)
      return
    }
    allowance--
    unlogged.delete(reason)
    write(JSON.stringify({ edgeproof: 'denied', reason, status: Number(status), count, distributionId, requestId }))
  }
}
