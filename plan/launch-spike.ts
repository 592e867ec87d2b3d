/** A launch: what Lambda refuses and starts while it scales from one rate to another that comes at once. */
import { type Estimate, overScenarios, type Ranges } from './estimate.ts'
import type { Increase } from './quota-increases.ts'
import { lifecycle, type PlanInputs, type Scenario } from './scenario.ts'

export interface Spike {
  /** Requests per second in one region before and during the spike. */
  from: number
  to: number
  /** How long it lasts. */
  seconds: number
}

export interface ScalingLimits {
  /** The region's quota, in requests per second. */
  requests: number
  /** A function's rate may rise by so many requests per second at once ... */
  step: number
  /** ... and by as many again within this time, little by little. */
  stepSeconds: number
}

/**
 * Requests refused during the spike. What is let through begins at `from` + `step` and ends at the quota; on the way it grows
 * by `step` in each `stepSeconds`: little by little, as the page says that it is meant to be (low), or at the end of each
 * (high).
 */
export function refusedInSpike(
  { from, to, seconds }: Spike,
  { requests, step, stepSeconds }: ScalingLimits,
): { low: number; high: number } {
  const reachable = Math.min(to, Math.max(from, requests))
  let [low, high] = [0, 0]
  let allowed = Math.min(reachable, from + step)
  for (let time = 0; time < seconds && allowed < to; ) {
    if (allowed === reachable) {
      const forGood = (to - reachable) * (seconds - time)
      return { low: low + forGood, high: high + forGood }
    }
    const next = Math.min(reachable, allowed + step)
    const span = Math.min(seconds - time, stepSeconds)
    const climb = Math.min(span, ((next - allowed) / step) * stepSeconds)
    const reached = allowed + (step / stepSeconds) * climb
    low += (to - (allowed + reached) / 2) * climb + (to - reached) * (span - climb)
    high += (to - allowed) * span
    allowed = next
    time += span
  }
  return { low, high }
}

export interface SpikePlan {
  from: number
  to: number
  seconds: number
  /** In all regions: with the quotas as they are, and with the increases. */
  refused: Estimate
  refusedAfterIncrease: Estimate
  requests: number
  coldStarts: Estimate | null
  increases: Increase[]
}

/** `increases` are those that the higher rate needs. */
export function spikePlan(inputs: PlanInputs, scenarios: Ranges<Scenario>, increases: Increase[]): SpikePlan {
  const { traffic, book } = inputs
  const { from, to, seconds } = traffic.spike
  const step = book.quotas.scalingRequests
  const stepSeconds = book.quotas.scalingSeconds
  const refused = (requests: (share: number) => number): Estimate => {
    const regions = traffic.regions.map((share) =>
      refusedInSpike({ from: from * share, to: to * share, seconds }, { requests: requests(share), step, stepSeconds }),
    )
    const low = regions.reduce((sum, each) => sum + each.low, 0)
    return { value: low, low, high: regions.reduce((sum, each) => sum + each.high, 0) }
  }
  return {
    from,
    to,
    seconds,
    requests: to * seconds,
    refused: refused(() => book.quotas.concurrency * book.quotas.requestsPerConcurrency),
    refusedAfterIncrease: refused((share) => to * share),
    coldStarts: spikeColdStarts(inputs, scenarios),
    increases,
  }
}

/** Until the first sandboxes are ready every further request starts one, as far as the scaling rate allows. */
function spikeColdStarts({ traffic, book }: PlanInputs, scenarios: Ranges<Scenario>): Estimate | null {
  const { from, to } = traffic.spike
  const { scalingRequests, requestsPerConcurrency } = book.quotas
  const atOnce = scalingRequests / requestsPerConcurrency
  const { starts } = overScenarios(scenarios, (scenario) => ({
    starts:
      scenario.initMs === null
        ? null
        : traffic.regions.reduce((sum, share) => {
            const untilReady = ((to - from) * share * ((scenario.initMs ?? 0) + scenario.service.meanMs)) / 1000
            const alive = (rate: number) => lifecycle(scenario, rate * share).sandboxes
            return sum + Math.max(Math.min(untilReady, atOnce), alive(to) - alive(from))
          }, 0),
  }))
  return starts
}
