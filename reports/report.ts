/** What every renderer is given whole: `reportPage(report)`, `summary(report)`, `junit(report)`, `sarif(report)`. */
import type { Trend } from './history/trend.ts'
import { type Result, type Verdict, worst } from './result.ts'

/** A stage of the run without a result that can be read. */
export interface MissingStage {
  command: string
  /** One line: not run, truncated, written by a newer edgeproof. */
  reason: string
}

export interface Report {
  /** In the order in which a run makes them. */
  results: readonly Result[]
  missing: readonly MissingStage[]
  /** Empty without `--history`. */
  trends: readonly Trend[]
}

/** The worst verdict; a missing stage was not measured. */
export function verdictOf({ results, missing }: Pick<Report, 'results' | 'missing'>): Verdict {
  return worst([...results.map(({ verdict }) => verdict), ...missing.map(() => 'not-measured' as const)])
}
