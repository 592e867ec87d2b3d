/** The fleet's model of the local edge, fitted at low loads, and what it says of higher ones. */
import { mixedQuantile } from '../../statistics/quantile.ts'
import { sandboxes } from '../sandbox-lifecycle.ts'
import type { ObservedLoad } from './observe-load.ts'

export interface EdgeModel {
  /** How long a request occupies a sandbox, the edge's own share included; mean. */
  occupiedSeconds: number
  /** Response times of requests that found a sandbox, and of those that started one; milliseconds. */
  warm: readonly number[]
  cold: readonly number[]
}

export interface Prediction {
  rate: number
  concurrency: number
  p99Ms: number
}

/** With nobody waiting, busy sandboxes are rate x time occupied (Little), and response times do not depend on the rate. */
export function fitEdgeModel(low: readonly ObservedLoad[]): EdgeModel {
  const sum = (pick: (load: ObservedLoad) => number) => low.reduce((total, load) => total + pick(load), 0)
  return {
    occupiedSeconds: sum(({ busy }) => busy) / sum(({ rate }) => rate),
    warm: low.flatMap(({ warm }) => warm),
    cold: low.flatMap(({ cold }) => cold),
  }
}

/** Cold starts are as many as `sandbox-lifecycle.ts` says for a pool that has run at this rate for long. */
export function predict({ occupiedSeconds, warm, cold }: EdgeModel, rate: number, idleSeconds: number): Prediction {
  const fleet = { rate, serviceSeconds: occupiedSeconds, idleSeconds, lifetimeSeconds: Number.POSITIVE_INFINITY }
  const coldShare = cold.length === 0 ? 0 : sandboxes(fleet).startsOnDemand / rate
  return { rate, concurrency: rate * occupiedSeconds, p99Ms: mixedQuantile(warm, cold, coldShare, 0.99) }
}
