/** A run as the history keeps it: its results without the samples and data that only their own report draws. */
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { type Migrations, upToDate } from '../../result/document-version.ts'
import { type Result, resultSchema } from '../../result/result.ts'
import { parsed } from '../../result/result-file.ts'

export const keptRunSchema = z.strictObject({
  schema: z.literal('edgeproof/history@1'),
  results: z.array(resultSchema).min(1),
})
type KeptRun = z.infer<typeof keptRunSchema>

/** The version that is written; each older one has its step here. */
const version = 1
const migrations: Migrations = {}

export function keptRun(results: readonly Result[]): KeptRun {
  return {
    schema: `edgeproof/history@${version}`,
    results: results.map(({ data, ...result }) => ({
      ...result,
      checks: result.checks.map(({ samples, detail, ...check }) => check),
    })),
  }
}

/** When it began and what it holds: two names are equal where the runs are, and sort by time. */
export function runId(run: KeptRun): string {
  const begun = run.results.map(({ startedAt }) => startedAt).sort()[0] ?? ''
  const digest = createHash('sha256').update(JSON.stringify(run)).digest('hex').slice(0, 8)
  return `${begun.slice(0, 19).replaceAll(':', '')}Z-${digest}`
}

/** @throws UsageError in one line where the document is no kept run, or a newer edgeproof's. */
export function parseKeptRun(json: unknown): KeptRun {
  return parsed(keptRunSchema, upToDate(json, version, migrations))
}
