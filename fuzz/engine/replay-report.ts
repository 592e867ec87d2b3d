/** Replays one stored case and reports it in the form of a run. */
import type { FuzzCase } from '../case.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import type { CampaignReport } from './campaign.ts'
import { Confirmation } from './confirmation.ts'
import { cpuSeconds } from './cpu-time.ts'
import { replayFresh } from './replay.ts'
import { isSuspect } from './request-cost.ts'

export async function replayCase(
  tested: HandlerUnderTest,
  fuzzCase: FuzzCase,
  minimizes: boolean,
): Promise<CampaignReport> {
  const started = performance.now()
  const cpuStarted = cpuSeconds()
  const effort = () => ({
    cases: 1,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: cpuSeconds() - cpuStarted,
  })
  await using confirmation = new Confirmation(tested, effort)
  const judged = await replayFresh(tested, fuzzCase)
  for (const observation of judged.flatMap(({ observations }) => observations)) {
    if (confirmation.wants(observation)) await confirmation.confirm(observation, fuzzCase, [fuzzCase])
  }
  const last = judged.at(-1)
  if (last && isSuspect(last, last.answer.clock)) await confirmation.confirmCost(fuzzCase, last)
  const found = await confirmation.conclude(() => minimizes)
  const noted = judged.flatMap(({ remarks }) => remarks.map((remark) => ({ ...remark, count: 1 })))
  return {
    ...effort(),
    requests: judged.filter(({ step }) => step.kind === 'request').length,
    findings: found.length,
    notes: noted.length,
    fetches: judged.reduce((sum, { answer }) => sum + answer.fetches.length, 0),
    attacks: 0,
    found,
    noted,
    unconfirmed: confirmation.unconfirmed,
    first: found[0]?.after ?? null,
  }
}
