/** `edgeproof load`: one k6 scenario against the local edge, every answer checked, hits counted on both sides. */

import { type Stage, stageResult } from '../command/stage.ts'
import { objectivesOf } from '../config/objectives-schema.ts'
import { fillCache } from './cache-fill.ts'
import { type FunctionOptions, functionUnderLoad } from './function-under-load.ts'
import { findK6 } from './k6/find-k6.ts'
import { peakRate } from './k6/k6-options.ts'
import { loadChecks } from './load-checks.ts'
import { loadRun, runData } from './load-run.ts'
import { startLocalTarget } from './local-distribution.ts'
import { authorizerShare } from './measurement/authorizer-share.ts'
import { denialReasons } from './measurement/denial-reasons.ts'
import { scenarioNamed } from './scenarios/catalogue.ts'
import { eventsOf } from './scenarios/run-schedule.ts'
import { lengthOf } from './scenarios/scenario.ts'

export interface LoadOptions extends FunctionOptions {
  /** A name from `scenarios/`. Default `smoke`. */
  scenario?: string
  /** Length of the load. Default the scenario's. */
  seconds?: number
  /** Requests per second. Default the scenario's. */
  rate?: number
  /** k6 processes that share the load. Default 1. */
  segments?: number
  /** Points of presence of the local edge. Default 1. */
  pops?: number
  /** Outputs of k6's, as its `--out` takes them. Default none. */
  k6Out?: string[]
  /** Says each second how it goes. Default false. */
  live?: boolean
  /** HTTP/2 over TLS instead of plain HTTP/1.1. Default false. */
  http2?: boolean
  /** Of the random choice of users and objects. Default 1. */
  seed?: number
  /** Also measures hits without the authorizer, in eight short runs more. Default false. */
  authorizerShare?: boolean
}

/** Length of each run that compares hits with and without the authorizer. */
const shareSeconds = 3

export const loadStage: Stage<LoadOptions> = async ({ config: given, progress, signal }, options) => {
  const named = scenarioNamed(options.scenario ?? 'smoke')
  const underLoad = await functionUnderLoad(options, given, named)
  const { config, scenario } = underLoad
  const { seconds = scenario.seconds, rate = scenario.rate, segments = 1, seed = 1, pops = 1, http2 = false } = options
  const { handler = null, template = null, policy = null } = options
  return stageResult(
    'load',
    { scenario: scenario.name, seconds, rate, segments, pops, http2, seed, handler, template, policy },
    async () => {
      const k6 = await findK6({ log: progress.log, signal })
      progress.step('load: starting the local edge')
      const requests = Math.ceil(peakRate(scenario, rate) * lengthOf(scenario, seconds))
      const local = { ...underLoad, requests, seconds, pops, http2, signal }
      const target = await startLocalTarget(local)
      try {
        if (scenario.filled) {
          progress.step('load: filling the cache')
          await fillCache(target, signal)
        }
        progress.step('load: making tokens and the plan')
        const shared = { k6, rate, segments, seed, progress, signal }
        const { k6Out: outputs = [], live = false } = options
        const run = await loadRun({ ...shared, target, scenario, seconds, outputs, live })
        const edge = target.edge.metrics()
        const denials = denialReasons(target.functionLog, edge.results.LambdaGeneratedResponse ?? 0)
        const objectives = objectivesOf(config.objectives)
        const checks = loadChecks({ run, scenario, objectives, edge, seconds })
        if (options.authorizerShare && !run.interrupted) {
          checks.push(...(await authorizerShare({ local, run: shared, objectives, seconds: shareSeconds })))
        }
        const data = { ...runData(run), denials, edge, events: eventsOf(scenario, seconds) }
        return { checks, data: JSON.parse(JSON.stringify(data)) }
      } finally {
        await target.close()
      }
    },
  )
}
