/** Which quotas a rate exceeds, and what to ask for instead. */

import type { FleetBook } from './quotas-and-prices.ts'
import type { RegionPlan } from './region-plan.ts'

/** A quota that is not enough, and what to ask for. */
export interface Increase {
  quota: string
  from: number
  to: number
  why: string
}

export function increasesFor(
  { quotas, assumptions }: FleetBook,
  regions: readonly RegionPlan[],
  rate: number,
): Increase[] {
  const headroom = assumptions.headroom.value
  const increases: Increase[] = []
  for (const [index, { rate: regional, highConcurrency, requestsUse, concurrencyUse }] of regions.entries()) {
    if (requestsUse.value <= 1 && concurrencyUse.high <= 1) continue
    const forRequests = regional / quotas.requestsPerConcurrency
    const needed = Math.max(forRequests, highConcurrency.high)
    increases.push({
      quota: `concurrent executions, region ${index + 1} of ${regions.length}`,
      from: quotas.concurrency,
      to: roundUp(needed * headroom),
      why:
        forRequests >= highConcurrency.high
          ? `${count(regional)} requests/s, of which each unit of concurrency allows ${quotas.requestsPerConcurrency}`
          : `up to ${count(highConcurrency.high)} requests in service`,
    })
  }
  if (rate > quotas.distributionRequests) {
    increases.push({
      quota: 'requests per second of the distribution',
      from: quotas.distributionRequests,
      to: roundUp(rate * headroom),
      why: `${count(rate)} requests/s`,
    })
  }
  return increases
}

/** To two digits, as quotas are asked for. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1)
  return Math.ceil(value / unit) * unit
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
