/** `--history DIR`: a file for each run, never changed once it is written, so that branches and machines can be merged by copying. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { UsageError } from '../../config/usage-error.ts'
import { writeWholeFile } from '../../config/write-file.ts'
import type { Result } from '../../result/result.ts'
import { readDocument } from '../../result/result-file.ts'
import { keptRun, parseKeptRun, runId } from './kept-run.ts'

export interface HistoryRun {
  id: string
  results: readonly Result[]
}

export interface History {
  /** In order of time. */
  runs: HistoryRun[]
  /** One line for each file that could not be read; the others stand. */
  unreadable: string[]
}

/** Adds a run; the same run again changes nothing. */
export function keepRun(directory: string, results: readonly Result[]): void {
  if (results.length === 0) return
  const run = keptRun(results)
  const file = join(directory, `${runId(run)}.json`)
  if (!existsSync(file)) writeWholeFile(file, `${JSON.stringify(run)}\n`)
}

export function readHistory(directory: string): History {
  const history: History = { runs: [], unreadable: [] }
  if (!existsSync(directory)) return history
  for (const name of readdirSync(directory).sort()) {
    if (!name.endsWith('.json')) continue
    try {
      history.runs.push(readRun(join(directory, name)))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      history.unreadable.push(error.message)
    }
  }
  return history
}

/** One kept run. */
export function readRun(file: string): HistoryRun {
  return { id: basename(file, '.json'), results: readDocument(file, parseKeptRun).results }
}
