import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { typedCommand } from '../command/typed-command.ts'
import { UsageError } from '../config/usage-error.ts'
import type { Result } from '../result/result.ts'
import { commandOf } from '../result/result.ts'
import { readResult } from '../result/result-file.ts'
import type { MissingStage, Report } from './report.ts'

/** What every whole run measures; without it the whole is not measured. */
export const stagesOfARun = ['build', 'size', 'fuzz', 'bench', 'signin', 'load', 'plan'] as const

/** What is measured on request, after the stages of a run. */
const furtherStages = ['gate', 'effectiveness', 'capacity', 'tokens', 'accesslogs']

/**
 * The result documents of a directory. One that cannot be read is named with the reason; it never hides the others.
 *
 * @throws UsageError where there is no directory, or nothing in it that could be a result.
 */
export function readResults(directory: string): { results: Result[]; unreadable: MissingStage[] } {
  if (!existsSync(directory)) {
    throw new UsageError(`${directory}: not found; pass --out with the directory of an earlier run`)
  }
  const present = new Set(readdirSync(directory))
  const results: Result[] = []
  const unreadable: MissingStage[] = []
  for (const command of [...stagesOfARun, ...furtherStages]) {
    if (!present.has(`${command}.json`)) continue
    try {
      results.push(readResult(join(directory, `${command}.json`)))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      // A report is passed on: it names the file, not where it was.
      unreadable.push({ command, reason: error.message.replace(join(directory, '/'), '') })
    }
  }
  if (results.length === 0 && unreadable.length === 0) {
    throw new UsageError(`${directory}: holds no result files; run "${typedCommand('run')}" first`)
  }
  return { results, unreadable }
}

/** The same for a report of a whole run: a stage that is not there is missing too. */
export function readReport(directory: string): Omit<Report, 'trends'> {
  const { results, unreadable } = readResults(directory)
  const known = [...results.map(commandOf), ...unreadable.map(({ command }) => command)]
  const absent = stagesOfARun.filter((command) => !known.includes(command))
  return {
    results,
    missing: [...unreadable, ...absent.map((command) => ({ command, reason: `no ${command}.json` }))],
  }
}
