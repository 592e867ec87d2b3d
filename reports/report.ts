/** What every renderer is given whole: `reportPage(report)`, `summary(report)`, `junit(report)`. */
import * as z from 'zod'
import { resultSchema, type Verdict, verdictSchema, worst } from '../result/result.ts'
import { trendSchema } from './history/trend.ts'

/** A stage of the run without a result that can be read. */
const missingStageSchema = z.strictObject({
  command: z.string(),
  /** One line: not run, truncated, written by a newer edgeproof. */
  reason: z.string(),
})
export type MissingStage = z.infer<typeof missingStageSchema>

const parts = {
  /** In the order in which a run makes them. */
  results: z.array(resultSchema).readonly(),
  missing: z.array(missingStageSchema).readonly(),
  /** Empty without `--history`. */
  trends: z.array(trendSchema).readonly(),
}
export type Report = z.infer<z.ZodObject<typeof parts>>

/** What `edgeproof report --json` prints. */
export const reportSchema = z.strictObject({
  schema: z.literal('edgeproof/report@1'),
  verdict: verdictSchema,
  ...parts,
})
export type ReportDocument = z.infer<typeof reportSchema>

/** The worst verdict; a missing stage was not measured. */
export function verdictOf({ results, missing }: Pick<Report, 'results' | 'missing'>): Verdict {
  return worst([...results.map(({ verdict }) => verdict), ...missing.map(() => 'not-measured' as const)])
}
