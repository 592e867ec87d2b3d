/** Everything that counts something, added up. */

import type { IssuerServer } from '../local-issuer.ts'
import type { Origins } from '../origin/start-origins.ts'
import type { RunningPop } from '../start-pops.ts'
import type { AnswerCounters, EdgeMetrics } from './counters.ts'

export function collectMetrics(
  counters: AnswerCounters,
  pops: readonly RunningPop[],
  origins: Origins,
  issuer: IssuerServer,
): EdgeMetrics {
  const caches = [...new Set(pops.flatMap((each) => each.caches))]
  const pools = pops.flatMap((each) => each.pools)
  const sum = <Item>(items: Item[], value: (item: Item) => number) =>
    items.reduce((total, item) => total + value(item), 0)
  return {
    requests: counters.requests,
    results: Object.fromEntries(counters.results),
    statuses: Object.fromEntries(counters.statuses),
    bodyBytes: counters.bodyBytes,
    hitBodyBytes: counters.hitBodyBytes,
    cache: {
      entries: sum(caches, ({ store }) => store.count),
      bytes: sum(caches, ({ store }) => store.bytes),
      evictions: sum(caches, ({ store }) => store.evictions),
      collapsed: sum(caches, ({ collapsed }) => collapsed),
    },
    origin: { ...origins.counters },
    sandboxes: {
      running: sum(pools, ({ running }) => running),
      busy: sum(pools, ({ busy }) => busy),
      peak: sum(pools, (pool) => pool.counters.peak),
      started: sum(pools, (pool) => pool.counters.started),
      removed: sum(pools, (pool) => pool.counters.removed),
      failed: sum(pools, (pool) => pool.counters.failed),
      throttles: sum(pools, (pool) => pool.counters.throttles),
      invocations: sum(pools, (pool) => pool.counters.invocations),
      functionMs: sum(pools, (pool) => pool.counters.functionMs),
      refusedConnections: sum(pools, (pool) => pool.refusedConnections),
    },
    issuer: { ...issuer.counters },
  }
}
