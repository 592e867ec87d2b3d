/** What one region's functions need, against the quotas that count there. */

import { withDefaults } from '../config/policy-defaults.ts'
import { poisson, quantileOf } from '../statistics/poisson.ts'
import { type Estimate, exactly, overScenarios, type Ranges, times } from './estimate.ts'
import { erlangB } from './loss-formulas.ts'
import { lifecycle, type PlanInputs, type Scenario } from './scenario.ts'

/** The concurrency to plan for is exceeded for this share of the time. */
const exceeded = 1e-4
/** authorizer/README.md, "The keys' ages": the refresh begins at three quarters of `maxAge`. */
const refreshAt = 0.75

export interface RegionPlan {
  share: number
  /** Requests per second. */
  rate: number
  /** Requests in service: mean, and what is exceeded for one ten-thousandth of the time. */
  concurrency: Estimate
  highConcurrency: Estimate
  /** Of the quota: 1 is all of it. */
  concurrencyUse: Estimate
  requestsUse: Estimate
  /** Share of the requests that the concurrency quota refuses (Erlang B). */
  refused: Estimate
  sandboxes: Estimate
  coldStartsPerHour: Estimate
  jwksFetchesPerMinute: Estimate
  /** The quota that is used up further. */
  binds: 'concurrency' | 'requests'
}

export function regionPlan(inputs: PlanInputs, ranges: Ranges<Scenario>, share: number, rate: number): RegionPlan {
  const { quotas } = inputs.book
  const figures = overScenarios(ranges, (scenario) => regionFigures(inputs, scenario, rate))
  const known = Object.fromEntries(
    Object.entries(figures).map(([name, estimate]) => [name, estimate ?? exactly(0)]),
  ) as Record<keyof typeof figures, Estimate>
  const requestsUse = exactly(rate / (quotas.concurrency * quotas.requestsPerConcurrency))
  const concurrencyUse = times(known.highConcurrency, 1 / quotas.concurrency)
  return {
    ...known,
    share,
    rate,
    requestsUse,
    concurrencyUse,
    binds: concurrencyUse.value > requestsUse.value ? 'concurrency' : 'requests',
  }
}

function regionFigures({ config, book }: PlanInputs, scenario: Scenario, rate: number) {
  const concurrency = (rate * scenario.service.meanMs) / 1000
  const alive = lifecycle(scenario, rate)
  const { maxAge } = withDefaults(config.policy).jwks
  return {
    concurrency,
    highConcurrency: quantileOf(poisson(concurrency), 1 - exceeded),
    refused: erlangB(Math.floor(book.quotas.concurrency), concurrency),
    sandboxes: alive.sandboxes,
    coldStartsPerHour: alive.starts * 3600,
    jwksFetchesPerMinute: 60 * (alive.sandboxes / (refreshAt * maxAge) + alive.starts),
  }
}
