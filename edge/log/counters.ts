/** The edge's own count of what it answered: the truth that a load generator's measurement is checked against. */

import type { EdgeAnswer } from '../edge-answer.ts'
import type { EdgeResult } from './edge-result.ts'

export class AnswerCounters {
  requests = 0
  bodyBytes = 0
  hitBodyBytes = 0
  readonly results = new Map<string, number>()
  readonly statuses = new Map<number, number>()

  count({ result, status, body }: EdgeAnswer): void {
    this.requests++
    const bytes = body?.length ?? 0
    this.bodyBytes += bytes
    if (result === 'Hit' || result === 'RefreshHit') this.hitBodyBytes += bytes
    this.results.set(result, (this.results.get(result) ?? 0) + 1)
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
  }
}

interface Family {
  name: string
  help: string
  type: 'counter' | 'gauge'
  samples(metrics: EdgeMetrics): [labels: string, value: number][]
}

const families: readonly Family[] = [
  {
    name: 'edgeproof_edge_requests_total',
    help: 'Answered requests by x-edge-result-type.',
    type: 'counter',
    samples: ({ results }) => Object.entries(results).map(([name, value]) => [`{result="${name}"}`, value]),
  },
  {
    name: 'edgeproof_edge_responses_total',
    help: 'Answered requests by status code.',
    type: 'counter',
    samples: ({ statuses }) => Object.entries(statuses).map(([code, value]) => [`{status="${code}"}`, value]),
  },
  single('edgeproof_edge_body_bytes_total', 'Body bytes of answers.', 'counter', (m) => m.bodyBytes),
  single('edgeproof_edge_hit_body_bytes_total', 'Those of them that a cache held.', 'counter', (m) => m.hitBodyBytes),
  single('edgeproof_edge_cache_entries', 'Stored responses.', 'gauge', (m) => m.cache.entries),
  single('edgeproof_edge_cache_bytes', 'Bytes they take.', 'gauge', (m) => m.cache.bytes),
  single('edgeproof_edge_cache_evictions_total', 'Responses evicted for room.', 'counter', (m) => m.cache.evictions),
  single(
    'edgeproof_edge_collapsed_total',
    'Requests that waited for another one.',
    'counter',
    (m) => m.cache.collapsed,
  ),
  single('edgeproof_edge_origin_requests_total', 'Requests to the origin.', 'counter', (m) => m.origin.requests),
  single('edgeproof_edge_origin_failures_total', 'Those without an answer.', 'counter', (m) => m.origin.failures),
  single('edgeproof_edge_origin_bytes_total', 'Body bytes from the origin.', 'counter', (m) => m.origin.bytes),
  single('edgeproof_edge_sandboxes', 'Sandboxes that exist.', 'gauge', (m) => m.sandboxes.running),
  single('edgeproof_edge_sandboxes_busy', 'Sandboxes that hold events.', 'gauge', (m) => m.sandboxes.busy),
  single('edgeproof_edge_sandbox_starts_total', 'Cold starts.', 'counter', (m) => m.sandboxes.started),
  single('edgeproof_edge_sandbox_removals_total', 'Idle sandboxes removed.', 'counter', (m) => m.sandboxes.removed),
  single('edgeproof_edge_sandbox_failures_total', 'Sandboxes that ended early.', 'counter', (m) => m.sandboxes.failed),
  single('edgeproof_edge_throttles_total', 'Events turned away.', 'counter', (m) => m.sandboxes.throttles),
  single(
    'edgeproof_edge_invocations_total',
    'Events that ran to their end.',
    'counter',
    (m) => m.sandboxes.invocations,
  ),
  single(
    'edgeproof_edge_function_seconds_total',
    'Time in the function.',
    'counter',
    (m) => m.sandboxes.functionMs / 1000,
  ),
  single(
    'edgeproof_edge_refused_connections_total',
    'Connections refused to functions.',
    'counter',
    (m) => m.sandboxes.refusedConnections,
  ),
  single('edgeproof_edge_jwks_fetches_total', 'Requests for the JWK Set.', 'counter', (m) => m.issuer.fetches),
]

function single(name: string, help: string, type: Family['type'], value: (metrics: EdgeMetrics) => number): Family {
  return { name, help, type, samples: (metrics) => [['', value(metrics)]] }
}

/** Prometheus' text exposition format, version 0.0.4. */
export function prometheusText(metrics: EdgeMetrics): string {
  return families
    .map(({ name, help, type, samples }) =>
      [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...samples(metrics).map(([labels, value]) => `${name}${labels} ${value}`),
        '',
      ].join('\n'),
    )
    .join('')
}

export interface EdgeMetrics {
  requests: number
  /** Requests by x-edge-result-type. */
  results: Partial<Record<EdgeResult, number>>
  /** Requests by status code. */
  statuses: Record<string, number>
  /** Body bytes sent to viewers, and those of them that came from a cache. */
  bodyBytes: number
  hitBodyBytes: number
  cache: { entries: number; bytes: number; evictions: number; collapsed: number }
  origin: { requests: number; failures: number; bytes: number }
  sandboxes: {
    running: number
    /** Of these, the ones that hold events now. */
    busy: number
    /** The most that existed at once, summed over points of presence. */
    peak: number
    started: number
    removed: number
    /** INITs that ended in an error, and sandboxes that ended while they held an event. */
    failed: number
    throttles: number
    invocations: number
    /** Sum over invocations. */
    functionMs: number
    /** Connections a function tried to open to a host other than the issuer's. */
    refusedConnections: number
  }
  issuer: { fetches: number; failures: number }
}
