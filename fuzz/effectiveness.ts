/** `edgeproof fuzz --effectiveness`: how surely and how soon the fuzzer finds known flaws, and how simpler strategies fare. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stage, stageResult } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { type Check, check } from '../reports/result.ts'
import { medianInterval, median as medianOf, proportionInterval } from './effectiveness-statistics.ts'
import { baselines, type Contender, wholeFuzzer } from './effectiveness-strategies.ts'
import { runCampaign } from './engine/campaign.ts'
import { flaws } from './flaws/catalogue.ts'
import type { Flaw } from './flaws/flaw.ts'
import { flawedHandler } from './flaws/flawed-handler.ts'

export interface EffectivenessOptions {
  /** Runs of the whole fuzzer for each flaw. Default 20. */
  seeds?: number
  /** Runs of each simpler strategy for each flaw. Default 3: most of their runs find nothing and last the full time. */
  baselineSeeds?: number
  /** Limit of each run, in seconds. Default 10. */
  seconds?: number
  /** Only the flaws whose names contain this. */
  flaw?: string
}

/** One run against one flawed handler. */
interface Run {
  seed: number
  found: boolean
  /** To the first confirmed finding, or until the run ended without one. */
  seconds: number
  cases: number
  /** Only because the handler did not answer in time. */
  byTimeout: boolean
  /** Class and rule of the finding and the attack that made it; empty without one. */
  finding: string
}

interface Row {
  flaw: Pick<Flaw, 'name' | 'class' | 'cwe' | 'source'>
  /** By the contender's name. */
  runs: Record<string, Run[]>
}

export const effectivenessStage: Stage<EffectivenessOptions> = async ({ progress, signal }, options) => {
  const { seeds = 20, baselineSeeds = 3, seconds = 10 } = options
  const chosen = flaws.filter(({ name }) => name.includes(options.flaw ?? ''))
  if (chosen.length === 0) throw new UsageError(`--flaw ${options.flaw}: no flaw of the catalogue has this in its name`)
  const inputs = { seeds, baselineSeeds, seconds, flaws: chosen.length }
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-flaws-'))
  try {
    return await stageResult('effectiveness', inputs, async () => {
      const rows: Row[] = []
      for (const [index, flaw] of chosen.entries()) {
        if (signal.aborted) break
        progress.step(flaw.name, index, chosen.length)
        const runs: Row['runs'] = {}
        for (const contender of [wholeFuzzer, ...baselines]) {
          const count = contender === wholeFuzzer ? seeds : baselineSeeds
          runs[contender.name] = await runAll(flaw, contender, count, { directory, seconds, signal })
        }
        rows.push({ flaw, runs })
        progress.log(line({ flaw, runs }))
      }
      return { checks: checksOf(rows, seconds), data: JSON.parse(JSON.stringify({ rows: rows.map(summary) })) }
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Place {
  directory: string
  seconds: number
  signal: AbortSignal
}

async function runAll(flaw: Flaw, { name, strategy }: Contender, count: number, place: Place): Promise<Run[]> {
  const { code, policy } = flawedHandler(flaw)
  const file = join(place.directory, `${flaw.name}.cjs`)
  writeFileSync(file, code)
  const target = { name: flaw.name, whose: 'foreign', file, policy, runtime: 'nodejs24.x' } as const
  const runs: Run[] = []
  for (let seed = 1; seed <= count && !place.signal.aborted; seed++) {
    const report = await runCampaign({
      target,
      strategy,
      seed: `${name} ${seed}`,
      seconds: place.seconds,
      signal: place.signal,
      stopAtFirst: true,
    })
    const [finding] = report.found
    runs.push({
      seed,
      found: report.first !== null,
      seconds: report.first?.seconds ?? report.seconds,
      cases: report.first?.cases ?? report.cases,
      byTimeout: finding?.answer.result.kind === 'timeout',
      finding: finding ? `${finding.class} ${finding.rule} by ${finding.case.name}` : '',
    })
  }
  return runs
}

function checksOf(rows: readonly Row[], limitSeconds: number): Check[] {
  const whole = rows.map(({ runs }) => runs[wholeFuzzer.name] ?? [])
  const found = whole.flat().filter((run) => run.found)
  const times = found.map((run) => run.seconds)
  const interval = medianInterval(times)
  return [
    check({
      id: 'effectiveness.flaws',
      title: `flaws found in every run within ${limitSeconds} s, of ${rows.length}`,
      value:
        rows.length === 0 ? null : whole.filter((runs) => runs.length > 0 && runs.every((run) => run.found)).length,
      unit: 'count',
      limit: rows.length,
      direction: 'higher',
    }),
    check({
      id: 'effectiveness.median',
      title: 'median time to the first finding',
      value: times.length === 0 ? null : round(medianOf(times)),
      unit: 's',
      limit: 1,
      direction: 'lower',
      ...(interval ? { interval: { ...interval, low: round(interval.low), high: round(interval.high) } } : {}),
      samples: times.map(round),
    }),
    check({
      id: 'effectiveness.slowest',
      title: 'slowest first finding',
      value: times.length === 0 ? null : round(Math.max(...times)),
      unit: 's',
      limit: limitSeconds,
      direction: 'lower',
    }),
    check({
      id: 'effectiveness.by-timeout',
      title: 'of these, found because the handler did not answer',
      value: found.filter((run) => run.byTimeout).length,
      unit: 'count',
      limit: null,
      direction: 'none',
    }),
    ...[wholeFuzzer, ...baselines].map((contender) => share(contender, rows)),
  ]
}

/** The share of a strategy's runs that found the flaw. */
function share({ name, title }: Contender, rows: readonly Row[]): Check {
  const runs = rows.flatMap((row) => row.runs[name] ?? [])
  const hits = runs.filter((run) => run.found).length
  return check({
    id: `effectiveness.${name}`,
    title: `runs that found the flaw: ${title}`,
    value: runs.length === 0 ? null : round(hits / runs.length),
    unit: '1',
    limit: null,
    direction: 'none',
    ...(runs.length === 0 ? {} : { interval: proportionInterval(hits, runs.length) }),
    detail: `${hits} of ${runs.length} runs`,
  })
}

/** A row of the table: each strategy's hits, times and cases. */
function summary({ flaw: { name, class: attackClass, cwe, source }, runs }: Row) {
  const byStrategy = Object.entries(runs).map(([contender, all]) => {
    const found = all.filter((run) => run.found)
    const seconds = found.map((run) => run.seconds)
    return {
      strategy: contender,
      found: found.length,
      runs: all.length,
      foundInterval: all.length === 0 ? null : proportionInterval(found.length, all.length),
      byTimeout: found.filter((run) => run.byTimeout).length,
      medianSeconds: seconds.length === 0 ? null : round(medianOf(seconds)),
      medianSecondsInterval: medianInterval(seconds),
      slowestSeconds: seconds.length === 0 ? null : round(Math.max(...seconds)),
      medianCases: found.length === 0 ? null : medianOf(found.map((run) => run.cases)),
      findings: [...new Set(found.map((run) => run.finding))],
    }
  })
  return { flaw: name, class: attackClass, cwe, source, strategies: byStrategy }
}

function line(row: Row): string {
  const { flaw, strategies } = summary(row)
  const cells = strategies.map(
    ({ strategy, found, runs, medianSeconds }) =>
      `${strategy} ${found}/${runs}${medianSeconds === null ? '' : ` ${medianSeconds} s`}`,
  )
  return `${flaw}: ${cells.join(', ')}`
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
