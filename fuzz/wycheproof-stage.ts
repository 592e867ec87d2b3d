/** `edgeproof fuzz wycheproof`: Project Wycheproof's vectors instead of new cases. */
import { join } from 'node:path'
import { type Stage, type StageContext, stageResult } from '../command/stage.ts'
import { check } from '../result/result.ts'
import { campaignResult, forgetFindingsPage } from './campaign-result.ts'
import { withHandler } from './chosen-handler.ts'
import type { CampaignReport } from './engine/campaign.ts'
import { merge } from './engine/plan.ts'
import { replayCase } from './engine/replay-report.ts'
import type { HandlerOptions } from './fuzz-options.ts'
import type { HandlerUnderTest } from './sandbox/handler-under-test.ts'
import { buildShipped } from './shipped/shipped-handlers.ts'
import { createWorld } from './world/make-world.ts'
import { wycheproofCases, wycheproofPolicies } from './wycheproof.ts'

/** Not measured where `WYCHEPROOF_DIR` is not set. */
export const wycheproofStage: Stage<HandlerOptions> = (context, options) =>
  withHandler(options, context, (tested, directory) => {
    const inputs = { target: tested.name, config: context.configFile, runtime: tested.runtime }
    return stageResult('fuzz', inputs, async () => {
      const vectors = process.env.WYCHEPROOF_DIR
      if (!vectors) {
        context.progress.log('skipped: WYCHEPROOF_DIR not set')
        return { checks: [withoutVectors] }
      }
      const report = await presented(vectors, tested, context, directory)
      const findings = join(context.out, 'fuzz-findings')
      forgetFindingsPage(findings)
      return campaignResult(report, { context, tested, options, directory: findings })
    })
  })

const withoutVectors = check({
  id: 'fuzz.wycheproof',
  title: "Project Wycheproof's vectors",
  value: null,
  unit: 'count',
  limit: 0,
  direction: 'lower',
  detail: 'skipped: WYCHEPROOF_DIR not set',
})

/** Ours is built for every algorithm; another handler takes those of its policy. */
async function presented(
  vectors: string,
  tested: HandlerUnderTest,
  { signal, progress }: StageContext,
  directory: string,
): Promise<CampaignReport> {
  const { whose, policy: own, runtime } = tested
  const reports: CampaignReport[] = []
  for (const policy of whose === 'ours' ? wycheproofPolicies(own) : [own]) {
    const one = whose === 'ours' ? await buildShipped('ours', { directory, runtime }, policy) : tested
    for (const vector of wycheproofCases(vectors, await createWorld(policy, Date.now()))) {
      if (signal.aborted) break
      progress.step('fuzz', undefined, undefined, vector.name)
      reports.push(await replayCase(one, vector, true))
    }
  }
  return merge(reports)
}
