/** The published JSON Schemas (draft 2020-12), generated from the schemas that the code itself reads and writes by. */
import * as z from 'zod'
import { resultSchema } from '../result/result.ts'
import { comparisonSchema } from './comparison/compare.ts'
import { keptRunSchema } from './history/kept-run.ts'
import { reportSchema } from './report.ts'

const published = {
  'result.schema.json': [resultSchema, 'What every command of edgeproof writes: <out>/<command>.json'],
  'report.schema.json': [reportSchema, 'What edgeproof report --json prints'],
  'history.schema.json': [keptRunSchema, 'A run in the directory of --history'],
  'comparison.schema.json': [comparisonSchema, 'comparison.json of edgeproof report --compare'],
} as const

/** File name in `reports/schemas/` to content. */
export function jsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(published).map(([name, [schema, title]]) => [
      name,
      `${JSON.stringify({ title, ...z.toJSONSchema(schema, { reused: 'ref' }) }, null, 2)}\n`,
    ]),
  )
}
