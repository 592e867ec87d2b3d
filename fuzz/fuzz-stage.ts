/** `edgeproof fuzz`: attacks one handler and reports what it found. */

import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { type Stage, type StageContext, stageResult } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { writeWholeFile } from '../config/write-file.ts'
import { type Check, check } from '../result/result.ts'
import { attacks } from './attacks/attacks.ts'
import { readCase, writeFindings } from './corpus.ts'
import type { CampaignReport } from './engine/campaign.ts'
import { merge } from './engine/plan.ts'
import { ensureLoads } from './engine/probe.ts'
import { replayCase } from './engine/replay-report.ts'
import type { Finding } from './finding.ts'
import { findingsMarkdown } from './findings-markdown.ts'
import type { FuzzOptions } from './fuzz-options.ts'
import { measureRates } from './rates.ts'
import type { Target } from './sandbox/handler-under-test.ts'
import { TargetRefused } from './sandbox/sandbox.ts'
import { isRecorded } from './shipped/recorded-differences.ts'
import { buildShipped } from './shipped/shipped-handlers.ts'
import { soak } from './soak/soak.ts'
import { createWorld } from './world/make-world.ts'
import { wycheproofCases, wycheproofPolicies } from './wycheproof.ts'

export const fuzzStage: Stage<FuzzOptions> = async (context, options) => {
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-fuzz-'))
  try {
    const target = await targetOf(context, options, directory)
    return await stageResult('fuzz', inputsOf(context, options, target), async () => {
      if (options.rates) return { checks: await measureRates(target, options.seed ?? '1', context.signal) }
      const report = options.wycheproof
        ? await presentWycheproof(target, context, options, directory)
        : options.replay
          ? await replay(target, options)
          : await soak(target, context, options, directory)
      if (report === null) return { checks: [withoutVectors] }
      const differences = report.found.filter((finding) => isRecorded(target.name, finding))
      const others = report.found.filter((finding) => !isRecorded(target.name, finding))
      const found = writeFindings(context.out, others, handlerOptions(options))
      const page = join(context.out, 'fuzz-findings', 'findings.md')
      if (found.length > 0) writeWholeFile(page, findingsMarkdown(target.name, found))
      // An earlier run's page would be read as this one's; its cases stay, to be replayed.
      else if (!options.replay) rmSync(page, { force: true })
      for (const finding of found) context.progress.log(line(finding))
      return {
        checks: checksOf({ ...report, found }, differences),
        data: JSON.parse(JSON.stringify({ ...dataOf({ ...report, found }, differences), blame: blamed(options) })),
      }
    })
  } catch (error) {
    if (error instanceof TargetRefused) {
      throw new UsageError(`${options.handler ?? 'the handler'}: cannot be used: ${error.message}`)
    }
    throw error
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function targetOf({ config }: StageContext, options: FuzzOptions, directory: string): Promise<Target> {
  const place = { directory, runtime: options.runtime ?? 'nodejs24.x' }
  // A stored case has its own policy, with which ours is built anew.
  const policy = options.replay ? readCase(options.replay).policy : config.policy
  if (options.handler !== undefined && options.target !== undefined) {
    throw new UsageError('--handler and --target: give one of the two')
  }
  if (options.handler === undefined) return buildShipped(options.target ?? 'ours', place, policy)
  const file = resolve(options.handler)
  return { name: basename(file), whose: 'foreign', file, policy, runtime: place.runtime }
}

async function replay(target: Target, { replay: file = '', minimize = false }: FuzzOptions): Promise<CampaignReport> {
  await ensureLoads(target)
  return replayCase(target, readCase(file), minimize)
}

const withoutVectors = check({
  id: 'fuzz.wycheproof',
  title: "Project Wycheproof's vectors",
  value: null,
  unit: 'count',
  limit: 0,
  direction: 'lower',
  detail: 'skipped: WYCHEPROOF_DIR not set',
})

/** Null where there are no vectors. Ours is built for every algorithm; another handler takes those of its policy. */
async function presentWycheproof(
  target: Target,
  { signal, progress }: StageContext,
  { runtime = 'nodejs24.x' }: FuzzOptions,
  directory: string,
): Promise<CampaignReport | null> {
  const vectors = process.env.WYCHEPROOF_DIR
  if (vectors === undefined || vectors === '') {
    progress.log('skipped: WYCHEPROOF_DIR not set')
    return null
  }
  const reports: CampaignReport[] = []
  for (const policy of target.whose === 'ours' ? wycheproofPolicies(target.policy) : [target.policy]) {
    const one = target.whose === 'ours' ? await buildShipped('ours', { directory, runtime }, policy) : target
    for (const vector of wycheproofCases(vectors, await createWorld(policy, Date.now()))) {
      if (signal.aborted) break
      progress.step(`fuzz: ${vector.name}`)
      reports.push(await replayCase(one, vector, true))
    }
  }
  return merge(reports)
}

function inputsOf({ configFile }: StageContext, options: FuzzOptions, target: Target) {
  return {
    target: target.name,
    config: configFile,
    runtime: target.runtime,
    seed: options.seed ?? '1',
    workers: Math.min(options.workers ?? 1, availableParallelism()),
    ...(options.seconds === undefined ? {} : { seconds: options.seconds }),
    ...(options.runs === undefined ? {} : { runs: options.runs }),
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
    ...(options.replay === undefined ? {} : { replay: options.replay }),
  }
}

/** The file that a finding is about, for reports that show it beside the code. */
function blamed({ handler, target }: FuzzOptions): string[] {
  if (handler !== undefined) return [handler]
  if (target === undefined || target === 'ours') return ['authorizer/index.ts']
  return [target === 'naive' ? 'handlers/naive.ts' : `handlers/peers/${target}.ts`]
}

function handlerOptions({ handler, target, runtime }: FuzzOptions): string {
  const which = handler !== undefined ? ` --handler ${handler}` : target !== undefined ? ` --target ${target}` : ''
  return `${which}${runtime === undefined ? '' : ` --runtime ${runtime}`}`
}

function line({ severity, class: name, rule, cwe, story, case: { name: attack }, replay }: Finding): string {
  return `${severity} ${name} (${rule}, ${cwe}): ${story}\n    shown by ${attack.slice(0, 100)}\n    ${replay}`
}

function checksOf(report: CampaignReport, differences: readonly Finding[]): Check[] {
  const { cases, requests, seconds, cpuSeconds, found, unconfirmed, noted, fetches } = report
  const plain = { limit: null, direction: 'none' } as const
  return [
    check({ id: 'fuzz.findings', title: 'findings', value: found.length, unit: 'count', limit: 0, direction: 'lower' }),
    ...found.map((finding) =>
      check({
        id: `fuzz.finding.${finding.class}.${finding.rule.replaceAll('/', '.')}`,
        title: `${finding.severity} ${finding.class}: ${finding.story}`.slice(0, 160),
        value: 1,
        unit: 'count',
        limit: 0,
        direction: 'lower',
        weakness: { severity: finding.severity, cwe: finding.cwe },
        detail: `${finding.cwe}; ${finding.verdict.reason}; after ${finding.after.seconds.toFixed(2)} s and ${finding.after.cases} cases; ${finding.replay}`,
      }),
    ),
    check({
      id: 'fuzz.first',
      title: 'until the first finding was confirmed',
      value: report.first === null ? 'none' : Math.round(report.first.seconds * 1000) / 1000,
      unit: report.first === null ? '' : 's',
      ...plain,
    }),
    check({ id: 'fuzz.cases', title: 'cases', value: cases, unit: 'count', ...plain }),
    ...attackListChecks(report.attacks),
    check({ id: 'fuzz.requests', title: 'requests in them', value: requests, unit: 'count', ...plain }),
    check({
      id: 'fuzz.rate',
      title: 'requests per second',
      value: requests / Math.max(seconds, 0.001),
      unit: '/s',
      ...plain,
    }),
    check({
      id: 'fuzz.rate.core',
      title: 'requests per second of CPU time, oracle and target together',
      value: requests / Math.max(cpuSeconds, 0.001),
      unit: '/s',
      ...plain,
    }),
    check({ id: 'fuzz.fetches', title: 'fetches by the handler', value: fetches, unit: 'count', ...plain }),
    check({
      id: 'fuzz.notes',
      title: 'notes (lax or different, no findings)',
      value: noted.length,
      unit: 'count',
      ...plain,
    }),
    check({
      id: 'fuzz.differences',
      title: 'differences that are recorded of this peer',
      value: differences.length,
      unit: 'count',
      ...plain,
    }),
    check({
      id: 'fuzz.unconfirmed',
      title: 'observations that no fresh sandbox showed again',
      value: unconfirmed.length,
      unit: 'count',
      ...plain,
    }),
  ]
}

/** None for a replay. */
function attackListChecks(tried: number): Check[] {
  if (tried === 0) return []
  const advice = tried < attacks.length ? ': a longer run tries the others' : ''
  const title = `attacks that had their turn, of ${attacks.length} in the list${advice}`
  return [check({ id: 'fuzz.attacks', title, value: tried, unit: 'count', limit: null, direction: 'none' })]
}

function dataOf({ found, noted, unconfirmed, first }: CampaignReport, differences: readonly Finding[]) {
  return { findings: found, differences, notes: noted, unconfirmed, first }
}
