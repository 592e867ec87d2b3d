/** What a plan is made from, and what of it is uncertain. */
import type { Config } from '../config/config.ts'
import type { FleetTraffic } from '../config/fleet-schema.ts'
import { type Estimate, exactly, type Ranges } from './estimate.ts'
import type { FleetBook } from './quotas-and-prices.ts'
import { sandboxes } from './sandbox-lifecycle.ts'
import type { Service, ServiceTimes } from './service-times.ts'

export interface PlanInputs {
  config: Config
  traffic: Required<FleetTraffic>
  book: FleetBook
  times: ServiceTimes
  /** Of the function. */
  memoryMegabytes: number
  /** The times with so much memory. */
  timesAt: (memoryMegabytes: number) => ServiceTimes
}

/** What is uncertain, between its ends. */
export interface Scenario {
  service: Service
  /** Null: not measured. */
  initMs: number | null
  idleSeconds: number
  lifetimeSeconds: number
  hitRatio: number
  /** Share of INIT that is billed. */
  billedInit: number
  /** A sandbox serves no more requests per second than this: Infinity, or the quota's own figure taken at its word. */
  requestsPerSandbox: number
}

export function scenarios(
  { book, times }: PlanInputs,
  service: Ranges<Scenario>['service'],
  hits: Estimate,
): Ranges<Scenario> {
  const { idleSeconds, lifetimeSeconds, billedInit } = book.assumptions
  return {
    service,
    initMs: times.init?.range ?? exactly(null),
    idleSeconds,
    lifetimeSeconds,
    hitRatio: hits,
    billedInit,
    requestsPerSandbox: {
      value: Number.POSITIVE_INFINITY,
      low: Number.POSITIVE_INFINITY,
      high: book.quotas.requestsPerConcurrency,
    },
  }
}

/** Sandboxes alive, and started in a second. */
export function lifecycle({ service, idleSeconds, lifetimeSeconds, requestsPerSandbox }: Scenario, rate: number) {
  const serviceSeconds = service.meanMs / 1000
  const { alive, startsOnDemand } = sandboxes({ rate, serviceSeconds, idleSeconds, lifetimeSeconds })
  const needed = Math.max(alive, rate / requestsPerSandbox)
  return { sandboxes: needed, starts: startsOnDemand + needed / lifetimeSeconds }
}
