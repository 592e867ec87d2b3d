/** How one check moved from run to run. */
import * as z from 'zod'
import { checkSchema } from '../../result/result.ts'

const { interval, verdict, direction } = checkSchema.shape

/** One run's figure. */
const trendPointSchema = z.strictObject({
  /** The kept run's id. */
  run: z.string(),
  /** ISO 8601, of the stage that measured it. */
  startedAt: z.string(),
  /** Git commit, `-dirty` where the tree was changed; null where it is not known. */
  commit: z.string().nullable(),
  value: z.number(),
  interval,
  verdict,
})
export type TrendPoint = z.infer<typeof trendPointSchema>

/** From this point on the figure is another one. */
const changePointSchema = z.strictObject({
  /** Index into `points` of the first run of the new level. */
  at: z.number(),
  /** Medians of the runs from the change point before, and up to the next one. */
  before: z.number(),
  after: z.number(),
  /** Chance of so clear a step among as many runs that are all alike. */
  pValue: z.number(),
  /** null where the check has no better and worse. */
  worse: z.boolean().nullable(),
})
export type ChangePoint = z.infer<typeof changePointSchema>

/**
 * The runs of one check under the same conditions: the same machine and the same inputs. Other conditions make a trend
 * of their own.
 */
export const trendSchema = z.strictObject({
  /** The stage that measured it: `bench`, `gate`, `load`. */
  command: z.string(),
  /** Of the check, with its title, unit and direction as of the last run. */
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  direction,
  /** The last run's limit; null where there is none. */
  limit: z.number().nullable(),
  /** One line: machine and inputs. */
  conditions: z.string(),
  /** In order of time. */
  points: z.array(trendPointSchema),
  changePoints: z.array(changePointSchema),
  /** Why nothing is said about changes, for example `4 of the 14 runs that …`; null where it was looked for. */
  unsaid: z.string().nullable(),
})
export type Trend = z.infer<typeof trendSchema>
