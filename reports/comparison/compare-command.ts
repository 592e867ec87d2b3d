/** `edgeproof report --compare A B`. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../config/usage-error.ts'
import { requireWritable, writeWholeFile } from '../../config/write-file.ts'
import { readHistory, readRun } from '../history/history-directory.ts'
import { readResults } from '../read-report.ts'
import { appendStepSummary } from '../step-summary.ts'
import { type Comparison, compare, type NamedRun } from './compare.ts'
import { comparisonMarkdown, comparisonTable } from './comparison-text.ts'

export interface CompareOptions {
  compare: string[]
  out: string
  history?: string
  json?: boolean
}

export function compareCommand({ compare: names, out, history, json }: CompareOptions): void {
  requireWritable(out)
  const [a, b, ...more] = names.map((name) => readNamed(name, history))
  if (!a || !b || more.length > 0) throw new UsageError('--compare: needs two runs, "--compare A B"')
  const comparison = compare(a, b)
  const document = JSON.stringify(comparison, null, 2)
  const markdown = comparisonMarkdown(comparison)
  writeWholeFile(join(out, 'comparison.json'), `${document}\n`)
  writeWholeFile(join(out, 'comparison.md'), markdown)
  appendStepSummary(markdown)
  process.stdout.write(`${json ? document : comparisonTable(comparison)}\n`)
  process.exitCode = comparisonExitCode(comparison)
}

/** A directory of results, a file of a history, or the beginning of an id in one. */
function readNamed(name: string, history: string | undefined): NamedRun {
  const found = statSync(name, { throwIfNoEntry: false })
  if (found?.isDirectory()) {
    const { results, unreadable } = readResults(name)
    return { name, results, unreadable: unreadable.map(({ reason }) => reason) }
  }
  if (found) return { name, results: readRun(name).results }
  if (history === undefined) {
    throw new UsageError(`${name}: not found; name a results directory, a kept run, or an id together with --history`)
  }
  const runs = readHistory(history).runs.filter(({ id }) => id.startsWith(name))
  const [run, other] = runs
  if (!run) throw new UsageError(`${name}: no run in ${history} has an id that begins so`)
  if (other)
    throw new UsageError(`${name}: ${runs.length} runs in ${history} have an id that begins so; write more of it`)
  return { name: run.id, results: run.results }
}

/** 1: a check that did not fail before does now; 3: nothing could be compared. Slower is no failure: `edgeproof gate` decides that. */
function comparisonExitCode({ checks }: Comparison): 0 | 1 | 3 {
  if (checks.some(({ a, b }) => a && a.verdict !== 'fail' && b?.verdict === 'fail')) return 1
  const said = ['same', 'better', 'worse', 'different', 'within-noise']
  return checks.some(({ outcome }) => said.includes(outcome)) ? 0 : 3
}
