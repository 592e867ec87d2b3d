/** `edgeproof fuzz run`: attacks one handler and reports what it found. */
import { availableParallelism } from 'node:os'
import { type Stage, stageResult } from '../command/stage.ts'
import { campaignResult, forgetFindingsPage } from './campaign-result.ts'
import { withHandler } from './chosen-handler.ts'
import type { FuzzOptions } from './fuzz-options.ts'
import { soak } from './soak/soak.ts'

export const fuzzStage: Stage<FuzzOptions> = (context, options) =>
  withHandler(options, context.config.policy, (target, directory) => {
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
    return stageResult('fuzz', inputs, async () => {
      const report = await soak(target, context, options, directory)
      forgetFindingsPage(context)
      return campaignResult(report, { context, target, options })
    })
  })
