/** The plan: for each rate what every region and the distribution need, against the quotas, and what a month costs. */
import type { FleetTraffic } from '../config/fleet-schema.ts'
import { type Estimate, exactly, overScenarios, type Ranges } from './estimate.ts'
import { hitRatio } from './hit-ratio.ts'
import { type SpikePlan, spikePlan } from './launch-spike.ts'
import { type MonthlyCost, type MonthlyUse, monthlyCost, monthlyUse } from './monthly-cost.ts'
import { type Increase, increasesFor } from './quota-increases.ts'
import { type RegionPlan, regionPlan } from './region-plan.ts'
import { lifecycle, type PlanInputs, type Scenario, scenarios } from './scenario.ts'

/** Reasons for denial that turn up in each region, each of which is a metric. */
const reasons = 5

const defaultTraffic: Required<FleetTraffic> = {
  rates: [100, 10_000, 1_000_000],
  spike: { from: 1000, to: 100_000, seconds: 900 },
  regions: [0.5, 0.3, 0.2],
  pops: [1, 10, 50, 400],
  objects: 100_000,
  ttlSeconds: 86_400,
  denied: 0.02,
}

export function trafficOf(...sections: readonly (FleetTraffic | undefined)[]): Required<FleetTraffic> {
  return Object.assign({}, defaultTraffic, ...sections)
}

export interface RatePlan {
  rate: number
  regions: RegionPlan[]
  /** Of CloudFront's quota of requests per second for a distribution. */
  distributionUse: number
  /** JWKS fetches when every sandbox is replaced at once. */
  deployStorm: Estimate
  hitRatios: { pops: number; ratio: Estimate }[]
  /** The number of points of presence that the cost is worked out for. */
  costedPops: number
  use: { [Name in keyof MonthlyUse]: Estimate | null }
  /** US dollars for a month; `init` is null where INIT was not measured, and the total is then without it. */
  cost: { [Name in keyof MonthlyCost]: Estimate | null }
  increases: Increase[]
}

export interface FleetPlan {
  rates: RatePlan[]
  spike: SpikePlan
}

/** Null where no service time was measured or given. */
export function fleetPlan(inputs: PlanInputs): FleetPlan | null {
  const { service } = inputs.times
  if (!service) return null
  const { traffic } = inputs
  return {
    rates: traffic.rates.map((rate) => ratePlan(inputs, service.range, rate)),
    spike: spikePlan(
      inputs,
      scenarios(inputs, service.range, exactly(0)),
      ratePlan(inputs, service.range, traffic.spike.to).increases,
    ),
  }
}

function ratePlan(inputs: PlanInputs, service: Ranges<Scenario>['service'], rate: number): RatePlan {
  const { traffic, book } = inputs
  const hitRatios = traffic.pops.map((pops) => ({ pops, ratio: hitRatioRange(inputs, rate, pops) }))
  const costed = hitRatios[Math.min(2, hitRatios.length - 1)]
  const ranges = scenarios(inputs, service, costed?.ratio ?? exactly(0))
  const regions = traffic.regions.map((share) => regionPlan(inputs, ranges, share, rate * share))
  const whole = overScenarios(ranges, (scenario) => monthOf(inputs, scenario, rate))
  const { deployStorm, requests, gigabyteSeconds, initGigabyteSeconds, logGigabytes, ...cost } = whole
  return {
    rate,
    regions,
    distributionUse: rate / book.quotas.distributionRequests,
    deployStorm: deployStorm ?? exactly(0),
    hitRatios,
    costedPops: costed?.pops ?? 1,
    use: { requests, gigabyteSeconds, initGigabyteSeconds, logGigabytes },
    cost,
    increases: increasesFor(book, regions, rate),
  }
}

function hitRatioRange({ traffic, book }: PlanInputs, rate: number, pops: number): Estimate {
  const { objects, ttlSeconds, denied } = traffic
  const { ratio } = overScenarios({ zipf: book.assumptions.zipf }, ({ zipf }) => ({
    ratio: hitRatio({ rate: rate * (1 - denied), objects, ttlSeconds, zipf }, pops),
  }))
  return ratio ?? exactly(0)
}

function monthOf({ config, traffic, book }: PlanInputs, scenario: Scenario, rate: number) {
  const { service, initMs } = scenario
  const perRegion = traffic.regions.map((share) => lifecycle(scenario, rate * share))
  const alive = perRegion.reduce((sum, each) => sum + each.sandboxes, 0)
  const starts = perRegion.reduce((sum, each) => sum + each.starts, 0)
  const month = {
    requestsPerSecond: rate,
    billedDuration: service.billedMs,
    coldStarts: starts / rate,
    billedInit: Math.ceil(initMs ?? 0),
    denied: traffic.denied,
    misses: (1 - traffic.denied) * (1 - scenario.hitRatio),
    sandboxes: alive,
    regions: config.site?.operations?.regions.length ?? 0,
    reasons,
    additionalMetrics: config.site?.additionalMetrics ?? false,
  }
  const cost = monthlyCost(month, book.prices)
  const use = monthlyUse(month)
  return {
    ...use,
    ...cost,
    initGigabyteSeconds: initMs === null ? null : use.initGigabyteSeconds,
    init: initMs === null ? null : cost.init,
    deployStorm: alive,
  }
}
