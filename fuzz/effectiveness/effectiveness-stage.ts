/** `edgeproof fuzz effectiveness`: how surely and how soon the fuzzer finds known flaws, and how simpler strategies fare. */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stage, stageResult } from '../../command/stage.ts'
import { UsageError } from '../../config/usage-error.ts'
import { writeWholeFile } from '../../config/write-file.ts'
import { type Check, check } from '../../result/result.ts'
import { median } from '../../statistics/median.ts'
import { contenders, wholeFuzzer } from './contenders.ts'
import { flaws } from './flaws/catalogue.ts'
import type { Flaw } from './flaws/flaw.ts'
import type { Run, Task } from './run.ts'
import { openRunLog } from './run-log.ts'
import { lineOf, markdownOf, rounded, rowOf, shareInterval, timeInterval } from './table.ts'
import { runAll } from './worker-pool.ts'

export interface EffectivenessOptions {
  /** Runs of the whole fuzzer for each flaw. Default 20. */
  seeds?: number
  /** Limit of each of them, in seconds. Default 10. */
  seconds?: number
  /** Runs of each simpler strategy for each flaw. Default 1: most of them find nothing and last the full time. */
  baselineSeeds?: number
  /** Limit of each of those, in seconds. Default 5. */
  baselineSeconds?: number
  /** Only the flaws whose names contain this. */
  flaw?: string
  /** Runs under way at a time, each with its own processes. Default 1, which is what times are quoted for. */
  workers?: number
  /** Whatever breaks a rule counts as found, and not only what somebody without the issuer's key gains by. Default false. */
  strict?: boolean
  /** Keep the runs that an earlier measurement with the same limits left in the output directory. */
  resume?: boolean
}

export const effectivenessStage: Stage<EffectivenessOptions> = async ({ progress, signal, out }, options) => {
  const { seeds = 20, seconds = 10, baselineSeeds = 1, baselineSeconds = 5, strict = false, resume = false } = options
  const workers = Math.min(options.workers ?? 1, availableParallelism())
  const chosen = flaws.filter(({ name }) => name.includes(options.flaw ?? ''))
  if (chosen.length === 0) throw new UsageError(`--flaw ${options.flaw}: no flaw of the catalogue has this in its name`)
  const inputs = { seeds, seconds, baselineSeeds, baselineSeconds, strict, workers, flaws: chosen.length }
  const tasks = tasksFor(chosen, { seeds, seconds, baselineSeeds, baselineSeconds, strict })
  const log = openRunLog(out, resume)
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-flaws-'))
  try {
    return await stageResult('effectiveness', inputs, async () => {
      const done = () => tasks.flatMap((task) => log.runOf(task) ?? [])
      const left = tasks.filter((task) => log.runOf(task) === undefined)
      let over = tasks.length - left.length
      await runAll({
        tasks: left,
        workers,
        directory,
        signal,
        onRun(run) {
          log.add(run)
          over++
          progress.step('runs', over, tasks.length, `${run.strategy} ${run.seed}: ${run.flaw}`)
          if (run.strategy === wholeFuzzer.name && !run.found)
            progress.log(`${run.flaw}: not found with seed ${run.seed}`)
        },
      })
      const runs = done()
      const rows = chosen.map((flaw) => rowOf(flaw, runs)).filter(({ strategies }) => strategies.length > 0)
      for (const row of rows) progress.log(lineOf(row))
      writeWholeFile(join(out, 'effectiveness.md'), `${markdownOf(rows, runs)}\n`)
      return {
        checks: checksOf(runs, tasks, { limitSeconds: seconds, interrupted: signal.aborted }),
        data: JSON.parse(JSON.stringify({ rows })),
      }
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Extent {
  seeds: number
  seconds: number
  baselineSeeds: number
  baselineSeconds: number
  strict: boolean
}

/** Every flaw with one seed before any with the next, the whole fuzzer first: a measurement that is cut short has something of each. */
function tasksFor(chosen: readonly Flaw[], extent: Extent): Task[] {
  const { seeds, seconds, baselineSeeds, baselineSeconds, strict } = extent
  const tasks: Task[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    for (const { name } of chosen) tasks.push({ flaw: name, strategy: wholeFuzzer.name, seed, seconds, strict })
  }
  for (let seed = 1; seed <= baselineSeeds; seed++) {
    for (const { name } of contenders.filter((contender) => contender !== wholeFuzzer)) {
      // Single requests say nothing of sessions.
      const single = chosen.filter(({ signsIn }) => !signsIn)
      for (const flaw of single) tasks.push({ flaw: flaw.name, strategy: name, seed, seconds: baselineSeconds, strict })
    }
  }
  return tasks
}

function checksOf(
  runs: readonly Run[],
  tasks: readonly Task[],
  { limitSeconds, interrupted }: { limitSeconds: number; interrupted: boolean },
): Check[] {
  const whole = runs.filter(({ strategy }) => strategy === wholeFuzzer.name)
  const tried = new Set(whole.map(({ flaw }) => flaw))
  const missed = new Set(whole.filter(({ found }) => !found).map(({ flaw }) => flaw))
  const found = whole.filter((run) => run.found)
  const answered = found.filter((run) => !run.byTimeout)
  const plain = { limit: null, direction: 'none' } as const
  return [
    check({
      id: 'effectiveness.flaws',
      title: `flaws found in every run within ${limitSeconds} s`,
      value: tried.size === 0 ? null : tried.size - missed.size,
      unit: 'count',
      limit: new Set(tasks.map(({ flaw }) => flaw)).size,
      direction: 'higher',
      ...(missed.size === 0 ? {} : { detail: `not always: ${[...missed].join(', ')}` }),
    }),
    overCheck(runs.length, tasks.length, interrupted),
    time('median', 'median time to the first finding', median, found, 1),
    time('slowest', 'slowest first finding', (values) => Math.max(...values), found, limitSeconds),
    time(
      'slowest-answered',
      'slowest first finding that is no time-out',
      (values) => Math.max(...values),
      answered,
      limitSeconds,
    ),
    check({
      id: 'effectiveness.median-cpu',
      title: 'median CPU time to the first finding',
      value: found.length === 0 ? null : rounded(median(found.map((run) => run.afterCpuSeconds))),
      unit: 's',
      ...plain,
    }),
    check({
      id: 'effectiveness.by-timeout',
      title: 'runs that found the flaw because the handler did not answer',
      value: found.filter((run) => run.byTimeout).length,
      unit: 'count',
      ...plain,
    }),
    ...contenders
      .filter(({ name }) => tasks.some(({ strategy }) => strategy === name))
      .map(({ name, title }) =>
        share(
          name,
          title,
          runs.filter(({ strategy }) => strategy === name),
        ),
      ),
  ]
}

/** What was interrupted decides nothing. */
function overCheck(over: number, asked: number, interrupted: boolean): Check {
  const judged = check({
    id: 'effectiveness.runs',
    title: 'runs that are over, of those asked for',
    value: over,
    unit: 'count',
    limit: asked,
    direction: 'higher',
  })
  if (!interrupted || judged.verdict === 'pass') return judged
  return { ...judged, verdict: 'inconclusive', detail: 'interrupted; the same command with --resume goes on' }
}

function time(
  id: string,
  title: string,
  of: (values: readonly number[]) => number,
  found: readonly Run[],
  limit: number,
): Check {
  const seconds = found.map((run) => run.afterSeconds)
  const interval = id === 'median' ? timeInterval(seconds) : null
  return check({
    id: `effectiveness.${id}`,
    title,
    value: seconds.length === 0 ? null : rounded(of(seconds)),
    unit: 's',
    limit,
    direction: 'lower',
    ...(interval ? { interval } : {}),
  })
}

/** The share of a strategy's runs that found the flaw. */
function share(name: string, title: string, runs: readonly Run[]): Check {
  const hits = runs.filter((run) => run.found).length
  const interval = shareInterval(hits, runs.length)
  return check({
    id: `effectiveness.${name}`,
    title: `runs that found the flaw: ${title}`,
    value: runs.length === 0 ? null : rounded(hits / runs.length),
    unit: '1',
    limit: null,
    direction: 'none',
    ...(interval ? { interval } : {}),
    detail: `${hits} of ${runs.length} runs${runs[0] ? ` of up to ${runs[0].seconds} s` : ''}`,
  })
}
