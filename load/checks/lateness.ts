/** How late k6 itself was, and what that says about the edge. */
import { type Check, check } from '../../result/result.ts'
import type { Measurement } from '../measurement/measurement.ts'

/** Of the objective for p99: what k6 may be late itself, or the times say more about k6 than about the edge. */
const mostLate = 0.25

/**
 * How late k6 itself began the requests: what stands between its own times and those from the intended start. A run whose
 * requests were late was not the load that was asked for.
 */
export function lateness(measured: Measurement, p99Ms: number, noise: string | null, what = 'requests'): Check[] {
  if (measured.timesRecorded('late') === 0) return []
  const late = (percentile: number) => measured.percentile('late', percentile)
  const judged = check({
    id: 'load.late.p99',
    title: `how late k6 began ${what}, p99`,
    value: late(99),
    unit: 'ms',
    limit: p99Ms * mostLate,
    direction: 'lower',
    detail: `median ${text(late(50))}, at most ${text(late(100))}`,
  })
  if (judged.verdict === 'pass') return [judged]
  const why = noise ?? 'k6 was held up, or this machine is too small for the rate: lower it, or use a larger one'
  return [{ ...judged, verdict: 'inconclusive', detail: `${judged.detail}; ${why}` }]
}

/** Where k6's own times meet the objective and those from the intended start do not, it may be k6 that was late. */
export function blamed(judged: Check, measured: Measurement, limit: number | null): Check {
  const late = measured.percentile('late', 99)
  if (judged.verdict !== 'fail' || limit === null || late === null || late <= limit * mostLate) return judged
  const detail = `k6 began its requests up to ${text(late)} late (p99): the edge may be fast and k6 slow, or both slow`
  return { ...judged, verdict: 'inconclusive', detail }
}

function text(milliseconds: number | null): string {
  return `${(milliseconds ?? 0).toFixed(1)} ms`
}
