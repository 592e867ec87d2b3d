/** `edgeproof plan --validate`: the model, fitted at low loads on the local edge, against loads that it has not seen. */

import type { StageContext } from '../../command/stage.ts'
import { objectivesOf } from '../../config/objectives-schema.ts'
import { findK6 } from '../../load/k6/find-k6.ts'
import { loadRun } from '../../load/load-run.ts'
import { startLocalTarget } from '../../load/local-distribution.ts'
import type { Scenario } from '../../load/scenarios/scenario.ts'
import type { Check } from '../../result/result.ts'
import { quantile } from '../../statistics/quantile.ts'
import { type EdgeModel, fitEdgeModel, predict } from './edge-model.ts'
import { type ObservedLoad, observeLoad } from './observe-load.ts'
import { type Comparison, validationChecks } from './validation-checks.ts'

export interface ValidationOptions {
  /** Rates that the model is fitted at, and rates that it is compared at; requests per second. */
  fit: readonly number[]
  heldBack: readonly number[]
  /** Each round runs every rate once, so that a drift of the machine falls on all of them. */
  rounds: number
  /** Length of each run; the first quarter is warm-up. */
  seconds: number
  /** Length of the climb to the highest rate before the first round. */
  climbSeconds: number
}

/** Twenty runs of six seconds and the climb: a little more than two minutes. */
const defaults: ValidationOptions = { fit: [40, 80], heldBack: [160, 320], rounds: 5, seconds: 6, climbSeconds: 8 }

/**
 * What the local edge serves while the model is held against it: each request occupies its sandbox for 5 to 50 ms, evenly
 * distributed, and uses next to no processor, as a function does whose sandbox is a machine of its own.
 */
const sleepingHandler = `
const { setTimeout: sleep } = require('node:timers/promises')
exports.handler = async (event) => {
  await sleep(5 + 45 * Math.random())
  const { request } = event.Records[0].cf
  delete request.headers.authorization
  return request
}
`

/** Lambda's way: nobody waits for a busy sandbox. */
const sandboxOptions = { waitMs: 0, idleMs: 300_000, limit: 64 }

const scenario: Scenario = {
  name: 'plan-validation',
  title: 'one kind of request, at a constant rate',
  rate: 1,
  seconds: 1,
  warmUp: 0.25,
  arrival: 'constant',
  mix: { valid: 1 },
  users: 1,
  objects: 1,
  zipf: 0,
  tokens: 'per-user',
}

/**
 * Sandboxes started one by one: at once they would take the processor from each other, and from those that answer, as
 * those of Lambda do not.
 */
const climb: Scenario = { ...scenario, name: 'plan-climb', arrival: [{ share: 1, to: 1 }] }

/** A little beyond the highest rate, so that its runs start none. */
const climbTo = 1.25

export async function validate(
  { config, progress, signal }: StageContext,
  options: ValidationOptions = defaults,
): Promise<{ checks: Check[]; data: object }> {
  const { fit, heldBack, rounds, seconds, climbSeconds } = options
  const highest = Math.max(...heldBack)
  const k6 = await findK6({ log: progress.log, signal })
  const longest = rounds * (fit.length + heldBack.length) * (seconds + 15)
  const requests = highest * seconds
  const local = { config, scenario, requests, seconds: longest, program: sleepingHandler, sandboxes: sandboxOptions }
  const target = await startLocalTarget({ ...local, signal })
  const common = { k6, target, segments: 1, seed: 1, progress, signal }
  const loads: ObservedLoad[] = []
  const comparisons: Comparison[] = []
  const observe = async (rate: number): Promise<ObservedLoad> => {
    progress.step('plan: validation runs', loads.length, rounds * (fit.length + heldBack.length))
    const load = await observeLoad({ ...common, scenario, rate, seconds })
    signal.throwIfAborted()
    loads.push(load)
    return load
  }
  try {
    await loadRun({ ...common, scenario: climb, rate: Math.ceil(climbTo * highest), seconds: climbSeconds })
    for (let round = 0; round < rounds; round++) {
      const low: ObservedLoad[] = []
      for (const rate of fit) low.push(await observe(rate))
      const model = fitEdgeModel(low)
      for (const rate of heldBack) comparisons.push(compare(model, await observe(rate)))
    }
  } finally {
    progress.clear()
    await target.close()
  }
  const checks = validationChecks(comparisons, loads, objectivesOf(config.objectives))
  return {
    checks,
    data: {
      ...options,
      comparisons,
      machine: loads.map(({ rate, foreign, steal, dropped, faults }) => ({ rate, foreign, steal, dropped, faults })),
    },
  }
}

function compare(model: EdgeModel, { rate, busy, warm, cold }: ObservedLoad): Comparison {
  const times = [...warm, ...cold]
  return {
    predicted: predict(model, rate, sandboxOptions.idleMs / 1000),
    busy,
    p99Ms: quantile(times, 0.99),
    requests: times.length,
    coldStarts: cold.length,
  }
}
