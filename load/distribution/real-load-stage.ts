/** `edgeproof load --target`: the same load, or a probe, against a distribution that is not ours. */
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Stage, stageResult } from '../../command/stage.ts'
import { objectivesOf } from '../../config/objectives-schema.ts'
import { type Check, check } from '../../result/result.ts'
import { findK6 } from '../k6/find-k6.ts'
import type { Sample } from '../k6/sample.ts'
import { loadChecks } from '../load-checks.ts'
import { loadRun, runData } from '../load-run.ts'
import type { LoadOptions } from '../load-stage.ts'
import { scenarioNamed } from '../scenarios/catalogue.ts'
import { requestsFile } from './access-logs-stage.ts'
import {
  type Distribution,
  explainLoadTesting,
  isLoopback,
  loadTestingReasons,
  probeRate,
} from './load-testing-policy.ts'
import { forRealTarget, type RealTargetOptions, realTarget, whyNotMeasurable } from './real-distribution.ts'
import { startTokenRenewal } from './token-renewal.ts'

export interface RealLoadOptions extends LoadOptions, RealTargetOptions {
  /** Why the user may send more than a probe, in the user's own words. */
  iMayLoadTest?: string
}

export const realLoadStage: Stage<RealLoadOptions> = async ({ config, out, progress, signal }, options) => {
  const scenario = forRealTarget(scenarioNamed(options.scenario ?? 'smoke'))
  const { seconds = scenario.seconds, segments = 1, seed = 1, iMayLoadTest, tokens } = options
  const wanted = options.rate ?? scenario.rate
  const target = await realTarget(config.policy, options)
  const inputs = {
    target: target.url,
    scenario: scenario.name,
    seconds,
    rate: wanted,
    seed,
    iMayLoadTest: iMayLoadTest ?? null,
  }
  return stageResult('load', inputs, async () => {
    const k6 = await findK6({ log: progress.log, signal })
    const obstacle = await whyNotMeasurable(target, signal)
    if (obstacle !== null) return { checks: [notMeasurable(obstacle)] }
    const { rate, permission } = await permitted(target.distribution, wanted, iMayLoadTest)
    if (permission.detail !== undefined) progress.log(`load: ${permission.detail}`)
    const ids = requestLog(out)
    const renewal =
      tokens === undefined
        ? {}
        : { renewal: (credentials: Parameters<typeof startTokenRenewal>[1]) => startTokenRenewal(tokens, credentials) }
    try {
      const run = await loadRun({
        k6,
        target: { ...target, ...renewal },
        scenario,
        rate,
        seconds,
        segments,
        seed,
        progress,
        signal,
        onSample: ids.write,
        outputs: options.k6Out ?? [],
        live: options.live ?? false,
      })
      const checks = loadChecks({ run, scenario, objectives: objectivesOf(config.objectives), seconds })
      return { checks: [permission, ...checks], data: JSON.parse(JSON.stringify(runData(run))) }
    } finally {
      await ids.end()
    }
  })
}

/** The rate that may be sent, and what was found out about it. */
async function permitted(
  distribution: Distribution,
  wanted: number,
  statement: string | undefined,
): Promise<{ rate: number; permission: Check }> {
  const local = isLoopback(distribution.host)
  const rate = local || statement !== undefined ? wanted : Math.min(wanted, probeRate)
  const detail = local
    ? undefined
    : explainLoadTesting(distribution.host, await loadTestingReasons(distribution), statement)
  const permission = check({
    id: 'load.rate',
    title: rate < wanted ? 'requests per second: a probe, not a load test' : 'requests per second',
    value: rate,
    unit: '1/s',
    limit: null,
    direction: 'none',
    ...(detail === undefined ? {} : { detail }),
  })
  return { rate, permission }
}

function notMeasurable(detail: string): Check {
  return check({
    id: 'load.hit-ratio',
    title: 'cache hits, of cacheable requests',
    value: null,
    unit: '%',
    limit: null,
    direction: 'none',
    detail,
  })
}

/** One line for each request, for CloudFront's own logs to be joined with when they arrive, hours later. */
function requestLog(out: string): { write(sample: Sample): void; end(): Promise<void> } {
  mkdirSync(out, { recursive: true })
  const stream = createWriteStream(join(out, requestsFile))
  return {
    write: ({ id, cache, status }) => void stream.write(`${JSON.stringify({ id, cache, status })}\n`),
    end: () => new Promise((resolve) => stream.end(resolve)),
  }
}
