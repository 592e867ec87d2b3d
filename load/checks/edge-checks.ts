/** What the local edge counted for itself. */
import type { EdgeMetrics } from '../../edge/log/counters.ts'
import { type Check, check } from '../../result/result.ts'

export function edgeChecks({ sandboxes, issuer }: EdgeMetrics): Check[] {
  const count = (id: string, title: string, value: number) =>
    check({ id: `load.${id}`, title, value, unit: 'count', limit: null, direction: 'none' })
  return [
    count('sandboxes', 'sandboxes started', sandboxes.started),
    count('throttles', 'requests refused for want of a sandbox', sandboxes.throttles),
    count('jwks-fetches', 'JWKS fetches', issuer.fetches),
    ...(sandboxes.refusedConnections > 0
      ? [
          count(
            'refused-connections',
            "connections refused to the function: only the issuer's keys are there",
            sandboxes.refusedConnections,
          ),
        ]
      : []),
  ]
}
