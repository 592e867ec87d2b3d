import type { Result } from '../../result/result.ts'
import { keepRun, readHistory } from './history-directory.ts'
import type { Trend } from './trend.ts'
import { trendsOf } from './trends.ts'

/** `--history`: keeps a run and returns the trends of all; what cannot be read of them is named on standard error. */
export function keptTrends(directory: string, results: readonly Result[]): Trend[] {
  keepRun(directory, results)
  const { runs, unreadable } = readHistory(directory)
  for (const line of unreadable) process.stderr.write(`left out of the history: ${line}\n`)
  return trendsOf(runs)
}
