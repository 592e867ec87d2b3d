/** The plan: for each rate what every region and the distribution need, against the quotas, and what a month costs. */
import type { FleetTraffic } from '../config/fleet-schema.ts'
import { type Estimate, exactly, overScenarios, type Ranges } from './estimate.ts'
import { type FlatRatePlan, flatRateMonth, flatRatePlanFor } from './flat-rate-plans.ts'
import { hitRatio } from './hit-ratio.ts'
import { type SpikePlan, spikePlan } from './launch-spike.ts'
import { memorySizes } from './memory.ts'
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
  /** Of the quota that is used most, in any region or of the distribution: 1 is all of it. */
  quotaUse: Estimate
  /** JWKS fetches per second after a deployment. */
  deployRate: Estimate
  /** What other sizes of the function's memory would do. */
  memory: MemoryChoice[]
  /** The cheapest flat-rate plan for so many requests, and a month in it; null: none has so many. */
  flatRate: { plan: FlatRatePlan; month: Estimate } | null
}

export interface MemoryChoice {
  megabytes: number
  /** Milliseconds; null where INIT was not measured. */
  initMs: Estimate | null
  meanMs: Estimate
  /** US dollars for a month, all in all. */
  month: Estimate
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
  const { deployStorm: storm, requests, gigabyteSeconds, initGigabyteSeconds, logGigabytes, ...cost } = whole
  const deployStorm = storm ?? exactly(0)
  const hits = costed?.ratio ?? exactly(0)
  return {
    rate,
    regions,
    quotaUse: mostUsed(regions, rate / book.quotas.distributionRequests),
    deployRate: perSecond(deployStorm, book.assumptions.deploySeconds),
    memory: memorySizes.map((megabytes) => memoryChoice(inputs, rate, hits, megabytes)),
    flatRate: flatRateOf(requests?.value ?? 0, cost),
    distributionUse: rate / book.quotas.distributionRequests,
    deployStorm,
    hitRatios,
    costedPops: costed?.pops ?? 1,
    use: { requests, gigabyteSeconds, initGigabyteSeconds, logGigabytes },
    cost,
    increases: increasesFor(book, regions, rate),
  }
}

/** Everything spread over the time that it takes, and the worst of it in the least. */
function perSecond(storm: Estimate, seconds: Estimate): Estimate {
  return { value: storm.value / seconds.value, low: storm.low / seconds.high, high: storm.high / seconds.low }
}

function mostUsed(regions: readonly RegionPlan[], distributionUse: number): Estimate {
  const most = (end: keyof Estimate) =>
    Math.max(
      distributionUse,
      ...regions.flatMap(({ requestsUse, concurrencyUse }) => [requestsUse[end], concurrencyUse[end]]),
    )
  return { value: most('value'), low: most('low'), high: most('high') }
}

function memoryChoice(inputs: PlanInputs, rate: number, hits: Estimate, megabytes: number): MemoryChoice {
  const times = inputs.timesAt(megabytes)
  const service = times.service?.range ?? exactly({ meanMs: 0, billedMs: 0 })
  const own = { ...inputs, times, memoryMegabytes: megabytes }
  const { total } = overScenarios(scenarios(own, service, hits), (scenario) => ({
    total: monthOf(own, scenario, rate).total,
  }))
  const { value, low, high } = service
  return {
    megabytes,
    initMs: times.init?.range ?? null,
    meanMs: { value: value.meanMs, low: low.meanMs, high: high.meanMs },
    month: total ?? exactly(0),
  }
}

/** What a plan replaces are CloudFront's own requests; the function, the bucket and the watching are counted beside it. */
function flatRateOf(requests: number, cost: RatePlan['cost']): RatePlan['flatRate'] {
  const plan = flatRatePlanFor(requests)
  if (plan === null) return null
  const { invocations, duration, init, originRequests, denialLogs, monitoring } = cost
  return { plan, month: flatRateMonth(plan, [invocations, duration, init, originRequests, denialLogs, monitoring]) }
}

function hitRatioRange({ traffic, book }: PlanInputs, rate: number, pops: number): Estimate {
  const { objects, ttlSeconds, denied } = traffic
  const { ratio } = overScenarios({ zipf: book.assumptions.zipf }, ({ zipf }) => ({
    ratio: hitRatio({ rate: rate * (1 - denied), objects, ttlSeconds, zipf }, pops),
  }))
  return ratio ?? exactly(0)
}

function monthOf({ config, traffic, book, memoryMegabytes }: PlanInputs, scenario: Scenario, rate: number) {
  const { service, initMs } = scenario
  const perRegion = traffic.regions.map((share) => lifecycle(scenario, rate * share))
  const alive = perRegion.reduce((sum, each) => sum + each.sandboxes, 0)
  const starts = perRegion.reduce((sum, each) => sum + each.starts, 0)
  const month = {
    requestsPerSecond: rate,
    memoryMegabytes,
    billedDuration: service.billedMs,
    coldStarts: starts / rate,
    billedInit: Math.ceil(initMs ?? 0) * scenario.billedInit,
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
