/** The shape of edgeproof.config.ts: the policy, and a section for each folder that can be told something. */
import * as z from 'zod'
import type { Policy } from '../authorizer/policy.ts'
import { type BenchConfig, benchSchema } from './bench-schema.ts'
import { type FleetConfig, fleetSchema } from './fleet-schema.ts'
import { type GateConfig, gateSchema } from './gate-schema.ts'
import { type Objectives, objectivesSchema } from './objectives-schema.ts'
import { policySchema } from './policy-schema.ts'
import { type SiteConfig, siteSchema } from './site-schema.ts'
import { type SizeConfig, sizeSchema } from './size-schema.ts'
import { UsageError } from './usage-error.ts'

export interface Config {
  policy: Policy
  gate?: GateConfig
  objectives?: Objectives
  site?: SiteConfig
  size?: SizeConfig
  bench?: BenchConfig
  fleet?: FleetConfig
}

const configSchema = z.strictObject({
  policy: policySchema,
  gate: gateSchema.exactOptional(),
  objectives: objectivesSchema.exactOptional(),
  site: siteSchema.exactOptional(),
  size: sizeSchema.exactOptional(),
  bench: benchSchema.exactOptional(),
  fleet: fleetSchema.exactOptional(),
})

/**
 * For edgeproof.config.ts: types and completion, nothing else; it is checked when it is read.
 *
 * @example
 * export default defineConfig({
 *   policy: { issuer: 'https://issuer.example.com', clientIds: ['portal'], routes: [{ path: '/files/*' }] },
 *   size: { raw: 12_288 },
 * })
 */
export function defineConfig(config: Config): Config {
  return config
}

/** Checks a configuration; throws a UsageError that names the file, the field's path, and what it should be. */
export function parseConfig(value: unknown, file: string): Config {
  return parse(configSchema, value, file)
}

/** Checks a policy alone, as `--policy FILE` reads it. */
export function parsePolicy(value: unknown, file = 'policy'): Policy {
  return parse(policySchema, value, file)
}

/** Checks a `fleet` section alone, as `--quotas FILE` reads it. */
export function parseFleet(value: unknown, file: string): FleetConfig {
  return parse(fleetSchema, value, file)
}

/** Checks a value against any schema; throws a UsageError that begins with `file`, or whatever else names the value's place. */
export function parse<Output>(schema: z.ZodType<Output>, value: unknown, file: string): Output {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  if (!issue) throw parsed.error
  throw new UsageError(`${file}: ${describeIssue(issue, value)}`)
}

/** One line: the field's path, what is wrong there, and what it should be. */
function describeIssue(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'unrecognized_keys')
    return `${fieldPath([...issue.path, issue.keys[0] ?? ''])}: unknown field; remove or rename it`
  const path = fieldPath(issue.path)
  if (issue.code === 'invalid_type') {
    const found = issue.path.reduce<unknown>(
      (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
      value,
    )
    return `${path}: ${found === undefined ? 'is missing, ' : ''}should be ${article(issue.expected)}`
  }
  return `${path}: ${issue.message}`
}

function article(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
}

function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  )
  return text === '' ? 'the whole' : text
}
