/** `edgeproof fuzz run`: attacks one handler and reports what it found. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Stage, type StageContext, stageResult } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { check } from '../result/result.ts'
import { campaignResult, forgetFindingsPage } from './campaign-result.ts'
import { withHandler } from './chosen-handler.ts'
import type { CampaignReport } from './engine/campaign.ts'
import { checkFit } from './engine/fit.ts'
import { inSequence } from './engine/plan.ts'
import { fitCheck, fitLines } from './fit-report.ts'
import type { FuzzOptions } from './fuzz-options.ts'
import type { HandlerUnderTest } from './sandbox/handler-under-test.ts'
import { runSessionStage, signInMisfit } from './sessions/session-stage.ts'
import { budgetOf, soak } from './soak/soak.ts'
import { readSuppressions } from './suppressions.ts'

export const fuzzStage: Stage<FuzzOptions> = (context, options) =>
  withHandler(options, context, (tested, directory) => {
    const { seed = '1', workers = 1, seconds, runs, shard, checkpoint } = options
    const inputs = {
      target: tested.name,
      ...(options.handler === undefined ? {} : { handler: options.handler }),
      config: context.configFile,
      runtime: tested.runtime,
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
      const fit = await checkFit(tested)
      for (const line of fitLines(fit)) context.progress.log(line)
      const misfit = hasSignIn(tested) ? await signInMisfit(tested, directory) : null
      if (misfit !== null && options.sessions) throw new UsageError(misfit)
      if (misfit !== null) context.progress.log(`stories of sign-in are left out: ${misfit}`)
      const attacked = misfit === null ? tested : { ...tested, playsSignIn: false }
      const report = await attack(attacked, context, options, { directory, tellsStories: misfit === null })
      const findings = join(context.out, 'fuzz-findings')
      forgetFindingsPage(findings)
      const asked = budgetOf(options)
      const { checks, data } = campaignResult(report, { context, tested, options, directory: findings, asked })
      return {
        checks: [
          fitCheck(fit),
          ...checks,
          // Of one that lets nobody in it says nothing new.
          ...(misfit === null || fit.isDenyOnly ? [] : [withoutStories(misfit)]),
        ],
        data: { ...(data as object), fit: JSON.parse(JSON.stringify(fit)) },
      }
    })
  })

const hasSignIn = ({ policy, handler }: HandlerUnderTest) =>
  policy.signIn !== undefined || handler?.signIn !== undefined

const withoutStories = (detail: string) =>
  check({
    id: 'fuzz.stories',
    title: 'stories of sign-in',
    value: null,
    unit: 'count',
    limit: 1,
    direction: 'higher',
    detail,
  })

/** Requests one by one, and where the policy or the handler's description says how visitors sign in, stories of theirs. */
async function attack(
  tested: HandlerUnderTest,
  context: StageContext,
  options: FuzzOptions,
  { directory, tellsStories }: { directory: string; tellsStories: boolean },
): Promise<CampaignReport> {
  const stories = (share: number) => runSessionStage(tested, context, options, { share, directory })
  if (options.sessions) {
    if (hasSignIn(tested)) return stories(1)
    const add = tested.handler ? "signIn to the configuration's handler" : 'signIn to the policy'
    throw new UsageError(`--sessions: nothing says how visitors sign in; leave the option out, or add ${add}`)
  }
  if (!hasSignIn(tested) || !tellsStories) return soak(tested, context, options, directory)
  const { seconds, runs } = options
  const half = seconds === undefined && runs !== undefined ? {} : { seconds: (seconds ?? 20) / 2 }
  const report = await soak(tested, context, { ...options, ...half }, directory)
  return inSequence(report, await stories(1 / 2))
}
