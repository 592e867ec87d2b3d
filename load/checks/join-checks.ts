/** Whether both sides saw the same requests, and the same of each. */
import { type Check, check } from '../../result/result.ts'
import type { JoinCounts } from '../measurement/id-join.ts'

export function joinChecks(join: JoinCounts): Check[] {
  return [
    check({
      id: 'load.join.hits',
      title: "k6's hits less the edge's own, joined by request id",
      value: Math.abs(join.k6Hits - join.edgeHits) + join.disagreements,
      unit: 'count',
      limit: 0,
      direction: 'lower',
      detail: join.example ?? `${join.joined} requests joined, ${join.k6Hits} hits on both sides`,
    }),
    oneSided(join),
  ]
}

/**
 * A viewer that gave up leaves a record of the edge's alone, and a request without an answer, which `load.error-ratio` counts.
 * An answer that the edge did not log is nobody's; a record that no request of k6's stands against is of one that k6 left off.
 */
function oneSided({ onlyK6, onlyEdge, withoutId }: JoinCounts): Check {
  const left = Math.max(0, onlyEdge - withoutId)
  const judged = check({
    id: 'load.join.one-sided',
    title: 'requests that only one side knows, less those that were given up',
    value: onlyK6 + left,
    unit: 'count',
    limit: 0,
    direction: 'lower',
    detail: `only k6 ${onlyK6}, only the edge ${onlyEdge}, without an id ${withoutId}`,
  })
  if (onlyK6 > 0 || left === 0) return judged
  const detail = `${judged.detail}: k6 ended before their answers; hits are compared without them. Run longer, or at a lower rate`
  return { ...judged, verdict: 'inconclusive', detail }
}
