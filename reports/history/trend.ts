/** How one check moved from run to run. */
import type { Check, Verdict } from '../result.ts'

/** One run's figure. */
export interface TrendPoint {
  /** The kept run's id. */
  run: string
  /** ISO 8601, of the stage that measured it. */
  startedAt: string
  /** Git commit, `-dirty` where the tree was changed; null where it is not known. */
  commit: string | null
  value: number
  interval?: Check['interval']
  verdict: Verdict
}

/** From this point on the figure is another one. */
export interface ChangePoint {
  /** Index into `points` of the first run of the new level. */
  at: number
  /** Medians of the runs from the change point before, and up to the next one. */
  before: number
  after: number
  /** Chance of so clear a step among as many runs that are all alike. */
  pValue: number
  /** null where the check has no better and worse. */
  worse: boolean | null
}

/**
 * The runs of one check under the same conditions: the same machine and the same inputs. Other conditions make a trend
 * of their own.
 */
export interface Trend {
  /** The stage that measured it: `bench`, `gate`, `load`. */
  command: string
  /** Of the check, with its title, unit and direction as of the last run. */
  id: string
  title: string
  unit: string
  direction: Check['direction']
  /** The last run's limit; null where there is none. */
  limit: number | null
  /** One line: machine and inputs. */
  conditions: string
  /** In order of time. */
  points: TrendPoint[]
  changePoints: ChangePoint[]
  /** Why nothing is said about changes, for example `4 runs of the 14 that a statement needs`; null where it was looked for. */
  unsaid: string | null
}
