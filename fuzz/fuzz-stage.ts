/** `edgeproof fuzz run`: attacks one handler and reports what it found. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Stage, stageResult } from '../command/stage.ts'
import { campaignResult, forgetFindingsPage } from './campaign-result.ts'
import { withHandler } from './chosen-handler.ts'
import { checkFit } from './engine/fit.ts'
import { fitCheck, fitLines } from './fit-report.ts'
import type { FuzzOptions } from './fuzz-options.ts'
import { budgetOf, soak } from './soak/soak.ts'
import { readSuppressions } from './suppressions.ts'

export const fuzzStage: Stage<FuzzOptions> = (context, options) =>
  withHandler(options, context, (target, directory) => {
    const { seed = '1', workers = 1, seconds, runs, shard, checkpoint } = options
    const inputs = {
      target: target.name,
      config: context.configFile,
      runtime: target.runtime,
      seed,
      workers: Math.min(workers, availableParallelism()),
      ...(seconds === undefined ? {} : { seconds }),
      ...(runs === undefined ? {} : { runs }),
      ...(shard === undefined ? {} : { shard }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    }
    if (options.suppressions !== undefined) readSuppressions(options.suppressions)
    return stageResult('fuzz', inputs, async () => {
      const fit = await checkFit(target)
      for (const line of fitLines(fit)) context.progress.log(line)
      const report = await soak(target, context, options, directory)
      const findings = join(context.out, 'fuzz-findings')
      forgetFindingsPage(findings)
      const asked = budgetOf(options)
      const { checks, data } = campaignResult(report, { context, target, options, directory: findings, asked })
      return { checks: [fitCheck(fit), ...checks], data: { ...(data as object), fit: JSON.parse(JSON.stringify(fit)) } }
    })
  })
