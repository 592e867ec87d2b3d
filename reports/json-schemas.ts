/** The published JSON Schemas (draft 2020-12), generated from the schemas that the code itself reads and writes by. */
import * as z from 'zod'
import { configSchema } from '../config/config.ts'
import { policySchema } from '../config/policy-schema.ts'
import { resultSchema } from '../result/result.ts'
import { comparisonSchema } from './comparison/compare.ts'
import { fieldDescriptions } from './field-descriptions.ts'
import { keptRunSchema } from './history/kept-run.ts'
import { reportSchema } from './report.ts'

/** What users write. */
const read = {
  'policy.schema.json': [policySchema, 'A policy: whose tokens an authorizer accepts, and what they open'],
  'config.schema.json': [configSchema, 'edgeproof.config.json: the policy, and what edgeproof is told besides'],
} as const

/** What commands write. */
const written = {
  'result.schema.json': [resultSchema, 'What every command of edgeproof writes: <out>/<command>.json'],
  'report.schema.json': [reportSchema, 'What edgeproof report --json prints'],
  'history.schema.json': [keptRunSchema, 'A run in the directory of --history'],
  'comparison.schema.json': [comparisonSchema, 'comparison.json of edgeproof report --compare'],
} as const

/** File name in `reports/schemas/` to content. */
export function jsonSchemas(): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, [schema, title]] of Object.entries(written))
    texts[name] = text({ title, ...z.toJSONSchema(schema, { reused: 'ref' }) })
  const described = describer()
  for (const [name, [schema, title]] of Object.entries(read))
    texts[name] = text({ title, ...z.toJSONSchema(schema, { override: described }) })
  return texts
}

function text(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}

/** Describes the fields of a schema that is named after an interface of the policy. */
function describer(): (context: { jsonSchema: z.core.JSONSchema.BaseSchema }) => void {
  const { Provider, Route, SitePolicy, ProvidersPolicy } = fieldDescriptions(
    new URL('../authorizer/policy.ts', import.meta.url),
  )
  const described: Record<string, Record<string, string>> = {
    Provider: { ...Provider },
    Route: { ...Route },
    Policy: { ...Provider, ...SitePolicy, ...ProvidersPolicy },
  }
  return ({ jsonSchema }) => {
    const texts = described[jsonSchema.id ?? '']
    for (const [field, description] of Object.entries(texts ?? {})) {
      const property = jsonSchema.properties?.[field]
      if (typeof property === 'object') property.description ??= description
    }
  }
}
