/** `edgeproof plan`: the fleet that a rate of requests needs, from measured service times. */
import { type Stage, stageResult } from '../command/stage.ts'
import { parseFleet } from '../config/config.ts'
import type { FleetConfig } from '../config/fleet-schema.ts'
import { readJson } from '../config/load-config.ts'
import { edgeFunction } from '../infra/limits.ts'
import { type Estimate, rounded } from './estimate.ts'
import { flatRatePlans, lambdaEdgeInFlatRate } from './flat-rate-plans.ts'
import { fleetPlan, trafficOf } from './fleet-plan.ts'
import { slowdownAt } from './memory.ts'
import { planChecks } from './plan-checks.ts'
import { assumptions, fleetBook, jwksQuota, prices, quotas } from './quotas-and-prices.ts'
import { serviceTimes } from './service-times.ts'

export interface PlanOptions {
  /** Milliseconds; default from the result files of the output directory. */
  serviceMs?: number
  initMs?: number
  /** Requests per second; default the configuration's. */
  rates?: number[]
  /** Of the function, in megabytes; default the configuration's, else 128. */
  memory?: number
  /** A JSON file like the configuration's `fleet` section, which it takes precedence over. */
  quotas?: string
  /** Also holds the model against the local edge. */
  validate?: boolean
}

export const planStage: Stage<PlanOptions> = async (context, options) => {
  const { config, out } = context
  const own = options.quotas === undefined ? undefined : readFleet(options.quotas)
  const book = fleetBook(config.fleet, own)
  const given = options.rates === undefined ? undefined : { rates: options.rates }
  const named = [config.fleet?.traffic, own?.traffic, given]
  const traffic = trafficOf(...named)
  const asked = {
    rates: named.some((one) => one?.rates),
    spike: named.some((one) => one && 'spike' in one && one.spike),
  }
  const memoryMegabytes =
    options.memory ?? own?.memoryMegabytes ?? config.fleet?.memoryMegabytes ?? edgeFunction.memoryMegabytes
  const inputs = {
    config: context.configFile,
    quotas: options.quotas ?? null,
    traffic: JSON.parse(JSON.stringify(traffic)),
    memoryMegabytes,
  }
  return stageResult('plan', inputs, async () => {
    const timesAt = (megabytes: number) => serviceTimes(out, options, slowdownAt(book.assumptions.slowdown, megabytes))
    const times = timesAt(memoryMegabytes)
    const plan = fleetPlan({ config, traffic, book, times, memoryMegabytes, timesAt })
    const checks = planChecks(plan, times, book, asked)
    const data = {
      times,
      plan: JSON.parse(JSON.stringify(plan), roundEstimate),
      book,
      sources: {
        quotas: { ...quotas, jwksRequests: jwksQuota },
        prices,
        assumptions,
        flatRatePlans,
        lambdaEdgeInFlatRate,
      },
    }
    if (!options.validate) return { checks, data: JSON.parse(JSON.stringify(data)) }
    const { validate } = await import('./validation/validate.ts')
    const validation = await validate(context)
    return {
      checks: [...checks, ...validation.checks],
      data: JSON.parse(JSON.stringify({ ...data, validation: validation.data })),
    }
  })
}

function readFleet(file: string): FleetConfig {
  return parseFleet(readJson(file, 'pass --quotas FILE'), file)
}

/** For JSON.parse: estimates as the checks have them. */
function roundEstimate(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('low' in value)) return value
  return Object.fromEntries(Object.entries(value as Estimate).map(([end, figure]) => [end, rounded(figure)]))
}
