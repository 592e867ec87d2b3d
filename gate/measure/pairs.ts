/** Compares two deployed programs' CPU time, one fresh process after the other. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Coverage } from '../measured/coverage.ts'
import type { PairedReport, PairedTask } from '../measured/paired-task.ts'
import type { Deployment } from '../requests.ts'
import { calibratedSuites, pairedCopies, pairedSchedule, type Suite } from '../suites.ts'
import { requestsOf, type Workbench } from './workbench.ts'

/** The deployable file of each side for a suite. */
export interface PairedSides {
  base(suite: Suite, deployment: Deployment): string
  head(suite: Suite, deployment: Deployment): string
}

type Deployables = Record<Deployment, string>

/** The usual sides: one program each. */
export function programSides(bench: Workbench, base: Deployables, head: Deployables): PairedSides {
  // Names of one length: a path's length is visible to the program.
  const files = { base: bench.deploy(base, 'base'), head: bench.deploy(head, 'head') }
  return { base: (_, deployment) => files.base[deployment], head: (_, deployment) => files.head[deployment] }
}

/**
 * One thread, so that all of a handler's collection and compilation is in the CPU time that is read; a young generation
 * that no block fills, so that a collection falls between blocks and not on whoever was running.
 */
const flags = ['--single-threaded', '--expose-gc', '--min-semi-space-size=32', '--max-semi-space-size=32']

/** Runs one process. Throws an Error whose message names the side, the suite and the request that went wrong. */
export async function samplePair(
  bench: Workbench,
  sides: PairedSides,
  startsWithBase: boolean,
  signal: AbortSignal,
  suites: readonly Suite[] = calibratedSuites,
): Promise<PairedReport> {
  const report = await runPairedScript<PairedReport>(bench, 'paired', sides, startsWithBase, suites, signal)
  if (report.error !== undefined) throw new Error(report.error)
  return report
}

/** How often head's planted places are reached. */
export function cover(bench: Workbench, sides: PairedSides, signal: AbortSignal): Promise<Coverage> {
  return runPairedScript<Coverage>(bench, 'coverage', sides, true, calibratedSuites, signal)
}

async function runPairedScript<Report>(
  bench: Workbench,
  script: 'paired' | 'coverage',
  sides: PairedSides,
  startsWithBase: boolean,
  suites: readonly Suite[],
  signal: AbortSignal,
): Promise<Report> {
  const directory = mkdtempSync(join(bench.directory, 'pair-'))
  try {
    const task: PairedTask = {
      exported: bench.exported,
      startsWithBase,
      suites: suites.map((suite) => {
        const { deployment, ...requests } = requestsOf(bench, suite)
        const files = { base: sides.base(suite, deployment), head: sides.head(suite, deployment) }
        return { suite, ...files, ...requests, schedule: pairedSchedule(suite), copies: pairedCopies }
      }),
    }
    const taskFile = join(directory, 'task.json')
    const reportFile = join(directory, 'report.json')
    writeFileSync(taskFile, JSON.stringify(task))
    await promisify(execFile)(process.execPath, [...flags, bench.scripts[script], taskFile, reportFile], { signal })
    return JSON.parse(readFileSync(reportFile, 'utf8')) as Report
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
