/** What every renderer is given. */
import type { Trend } from './history/trend.ts'
import type { Result } from './result.ts'

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
