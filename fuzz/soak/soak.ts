/** A run of any length, chapter after chapter, in constant memory; a long one saves where it is. */
import { join } from 'node:path'
import type { StageContext } from '../../command/stage.ts'
import { UsageError } from '../../config/usage-error.ts'
import type { FuzzCase } from '../case.ts'
import { readCorpus } from '../corpus.ts'
import type { CampaignProgress, CampaignReport } from '../engine/campaign.ts'
import { inSequence, runPlan } from '../engine/plan.ts'
import type { FuzzOptions } from '../fuzz-options.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { buildShipped } from '../shipped/shipped-handlers.ts'
import { type Budget, chapters } from './chapters.ts'
import { readState, writeState } from './soak-state.ts'

const defaultSeconds = 20
const roundCases = 100_000
const roundSeconds = 60

/** Ours is attacked under its own policy and under policies of every shape in turn; any other handler has just one. */
export async function soak(
  tested: HandlerUnderTest,
  { out, progress, signal }: StageContext,
  options: FuzzOptions,
  directory: string,
): Promise<CampaignReport> {
  const { seed = '1', workers = 1, checkpoint = roundCases } = options
  const budget = budgetOf(options)
  const round: Budget = { cases: checkpoint, seconds: roundSeconds }
  const inputs = {
    target: tested.name,
    policy: tested.policy,
    seed,
    shard: options.shard,
    workers,
    checkpoint,
    ...budget,
  }
  const state = options.resume ? readState(out, inputs) : undefined
  let report: CampaignReport = state?.report ?? nothing
  let number = 0
  const plan = chapters({
    seed: `${seed}${suffixOf(options.shard)}`,
    budget,
    changesPolicy: tested.whose === 'ours',
    round,
  })
  for (const chapter of plan) {
    if (number++ < (state?.chapters ?? 0)) continue
    const left = secondsLeft(budget, chapter.budget, report.seconds)
    if (signal.aborted || (left !== undefined && left <= 0)) break
    // Beside the handler's own file, which later chapters attack again.
    const place = { directory: join(directory, 'other-policy'), runtime: tested.runtime }
    const attacked = chapter.policy ? await buildShipped('ours', place, chapter.policy) : tested
    const before = report
    const part = await runPlan({
      tested: attacked,
      strategy: 'full',
      seed: chapter.seed,
      ...chapter.budget,
      ...(left === undefined ? {} : { seconds: left }),
      workers,
      corpus: number === 1 ? corpusFor(attacked) : [],
      known: report.found,
      signal,
      onProgress: (now) => progress.step('fuzz', ...howFar(budget, before, now), statusLine(before, now)),
    })
    report = inSequence(report, part)
    const isLong = (budget.cases ?? 0) > checkpoint || (budget.seconds ?? 0) > roundSeconds
    if (chapter.endsRound && isLong && !signal.aborted) writeState(out, { inputs, chapters: number, report })
  }
  return report
}

const nothing: CampaignReport = {
  cases: 0,
  requests: 0,
  seconds: 0,
  cpuSeconds: 0,
  findings: 0,
  notes: 0,
  fetches: 0,
  attacks: 0,
  found: [],
  noted: [],
  unconfirmed: [],
  first: null,
}

/** ` shard 2 of 4`: shards have seeds of their own. */
function shardOf(shard: string): string {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(shard) ?? []
  if (index === undefined || count === undefined || Number(index) < 1 || Number(index) > Number(count)) {
    throw new UsageError(`--shard: "${shard}" should be i/n with 1 <= i <= n, such as 2/4`)
  }
  return ` shard ${index} of ${count}`
}

function suffixOf(shard: string | undefined): string {
  return shard === undefined ? '' : shardOf(shard)
}

/** Default: 20 s. */
export function budgetOf({ seconds, runs }: FuzzOptions): Budget {
  if (seconds === undefined && runs === undefined) return { seconds: defaultSeconds }
  return { ...(seconds === undefined ? {} : { seconds }), ...(runs === undefined ? {} : { cases: runs }) }
}

/** Where cases are counted and time is limited too, a chapter has all the time that is left. */
function secondsLeft(whole: Budget, chapter: Budget, used: number): number | undefined {
  if (whole.seconds === undefined) return undefined
  return Math.min(chapter.seconds ?? Number.POSITIVE_INFINITY, whole.seconds - used)
}

/** Stored cases hold tokens for their own policy; another policy's handler has nothing to say about them. */
function corpusFor({ policy }: HandlerUnderTest): FuzzCase[] {
  const wanted = JSON.stringify(policy)
  return readCorpus()
    .map((stored) => stored.case)
    .filter((stored) => JSON.stringify(stored.policy) === wanted)
}

function statusLine(before: CampaignProgress, now: CampaignProgress): string {
  const rate = Math.round(now.cases / Math.max(now.seconds, 0.001))
  const total = (field: 'cases' | 'findings') => before[field] + now[field]
  // Findings are what is left of these at the end: one for each cause, and hardening apart.
  return `${total('cases')} cases, ${rate}/s, ${total('findings')} observations`
}

function howFar(budget: Budget, before: CampaignProgress, now: CampaignProgress): [done: number, total: number] {
  return budget.cases === undefined
    ? [
        Math.min(Math.round(before.seconds + now.seconds), Math.round(budget.seconds ?? 0)),
        Math.round(budget.seconds ?? 0),
      ]
    : [before.cases + now.cases, budget.cases]
}
