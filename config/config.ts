/** The shape of edgeproof.config.ts: the policy, and a section for each folder that can be told something. */
import * as z from 'zod'
import type { Policy } from '../authorizer/policy.ts'
import { type BenchConfig, benchSchema } from './bench-schema.ts'
import { type FleetConfig, fleetSchema } from './fleet-schema.ts'
import { type FuzzConfig, fuzzSchema, type Suppression, suppressionsSchema } from './fuzz-schema.ts'
import { type GateConfig, gateSchema } from './gate-schema.ts'
import { type HandlerConfig, handlerSchema } from './handler-schema.ts'
import { describeMistakes, wording } from './mistakes.ts'
import { type Objectives, objectivesSchema } from './objectives-schema.ts'
import { policySchema } from './policy-schema.ts'
import { type SiteConfig, siteSchema } from './site-schema.ts'
import { type SizeConfig, sizeSchema } from './size-schema.ts'
import { UsageError } from './usage-error.ts'

export interface Config {
  policy: Policy
  /** What `edgeproof fuzz` attacks in the place of ours. */
  handler?: HandlerConfig
  gate?: GateConfig
  objectives?: Objectives
  site?: SiteConfig
  size?: SizeConfig
  bench?: BenchConfig
  fleet?: FleetConfig
  fuzz?: FuzzConfig
}

export const configSchema: z.ZodType<Config> = z.strictObject({
  $schema: z.string().exactOptional(),
  policy: policySchema,
  handler: handlerSchema.exactOptional(),
  gate: gateSchema.exactOptional(),
  objectives: objectivesSchema.exactOptional(),
  site: siteSchema.exactOptional(),
  size: sizeSchema.exactOptional(),
  bench: benchSchema.exactOptional(),
  fleet: fleetSchema.exactOptional(),
  fuzz: fuzzSchema.exactOptional(),
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

/** Checks a configuration; throws a UsageError that names the file, and for each mistake the field's path and what it should be. */
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

/** Checks a list of suppressions alone, as `--suppressions FILE` reads it. */
export function parseSuppressions(value: unknown, file: string): readonly Suppression[] {
  return parse(suppressionsSchema, value, file)
}

/**
 * Checks a value against any schema; throws a UsageError with a line for each mistake, which begins with `file`, or whatever
 * else names the value's place.
 */
export function parse<Output>(schema: z.ZodType<Output>, value: unknown, file: string): Output {
  const parsed = schema.safeParse(value, { error: wording, reportInput: true })
  if (parsed.success) return parsed.data
  throw new UsageError(
    describeMistakes(parsed.error)
      .map((mistake) => `${file}: ${mistake}`)
      .join('\n'),
  )
}
