/** `edgeproof fuzz run`: attacks one handler and reports what it found. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Stage, type StageContext, stageResult } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { campaignResult, forgetFindingsPage } from './campaign-result.ts'
import { withHandler } from './chosen-handler.ts'
import type { CampaignReport } from './engine/campaign.ts'
import { checkFit } from './engine/fit.ts'
import { inSequence } from './engine/plan.ts'
import { fitCheck, fitLines } from './fit-report.ts'
import type { FuzzOptions } from './fuzz-options.ts'
import type { Target } from './sandbox/handler-under-test.ts'
import { runSessionStage } from './sessions/session-stage.ts'
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
      ...(options.sessions ? { sessions: true } : {}),
    }
    if (options.suppressions !== undefined) readSuppressions(options.suppressions)
    return stageResult('fuzz', inputs, async () => {
      const fit = await checkFit(target)
      for (const line of fitLines(fit)) context.progress.log(line)
      const report = await attack(target, context, options, directory)
      const findings = join(context.out, 'fuzz-findings')
      forgetFindingsPage(findings)
      const asked = budgetOf(options)
      const { checks, data } = campaignResult(report, { context, target, options, directory: findings, asked })
      return { checks: [fitCheck(fit), ...checks], data: { ...(data as object), fit: JSON.parse(JSON.stringify(fit)) } }
    })
  })

/** Requests one by one, and where the policy or the handler's description says how visitors sign in, stories of theirs. */
async function attack(
  target: Target,
  context: StageContext,
  options: FuzzOptions,
  directory: string,
): Promise<CampaignReport> {
  const stories = (share: number) => runSessionStage(target, context, options, { share, directory })
  const hasSignIn = target.policy.signIn !== undefined || target.handler?.signIn !== undefined
  if (options.sessions) {
    if (hasSignIn) return stories(1)
    const add = target.handler ? "signIn to the configuration's handler" : 'signIn to the policy'
    throw new UsageError(`--sessions: nothing says how visitors sign in; leave the option out, or add ${add}`)
  }
  if (!hasSignIn) return soak(target, context, options, directory)
  const { seconds, runs } = options
  const half = seconds === undefined && runs !== undefined ? {} : { seconds: (seconds ?? 20) / 2 }
  const report = await soak(target, context, { ...options, ...half }, directory)
  return inSequence(report, await stories(1 / 2))
}
