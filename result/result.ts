/**
 * The one document that every command writes and that everything which prints, plots or gates reads:
 * `<out>/<command>.json`, schema `edgeproof/<command>@1`.
 */
import * as z from 'zod'

export const verdictSchema = z.enum(['pass', 'fail', 'inconclusive', 'not-measured'])
export type Verdict = z.infer<typeof verdictSchema>

const severities = ['critical', 'high', 'medium', 'low', 'none'] as const

export const checkSchema = z.strictObject({
  /** Stable, dotted, for machines: `warm.ratio`. */
  id: z.string(),
  /** One line for people. */
  title: z.string(),
  /** What was measured; null where nothing was. */
  value: z.union([z.number(), z.string(), z.null()]),
  /** UCUM-like or plain: `ms`, `B`, `1` for a ratio (printed "x"), `%`, `count`, empty for text. */
  unit: z.string(),
  /** The value that decides, in the same unit; null where the figure is for information only. */
  limit: z.union([z.number(), z.string(), z.null()]),
  /** Which way is good: `lower` passes at or under the limit, `higher` at or over it, `none` has no limit. */
  direction: z.enum(['lower', 'higher', 'none']),
  verdict: verdictSchema,
  /** Two-sided interval of the value, with its level, for example 0.95. */
  interval: z.strictObject({ low: z.number(), high: z.number(), level: z.number() }).exactOptional(),
  samples: z.array(z.number()).exactOptional(),
  detail: z.string().exactOptional(),
  /** Of a check for a weakness of what was examined. */
  weakness: z
    .strictObject({
      severity: z.enum(severities),
      /** Its entry in MITRE's list, `CWE-347`. */
      cwe: z.string().regex(/^CWE-\d+$/),
      /** Who can do it. */
      who: z.string().exactOptional(),
      /** CVSS 4.0: the base vector and its score. */
      cvss: z.strictObject({ vector: z.string(), score: z.number() }).exactOptional(),
      /** What an attacker does, and how it is usually mended. */
      help: z.string().exactOptional(),
    })
    .exactOptional(),
})
export type Check = z.infer<typeof checkSchema>

export const environmentSchema = z.strictObject({
  edgeproof: z.string(),
  /** Git commit of the working tree, `-dirty` where it was changed, null outside a checkout. */
  commit: z.string().nullable(),
  node: z.string(),
  v8: z.string(),
  openssl: z.string(),
  platform: z.string(),
  arch: z.string(),
  cpu: z.string(),
  cores: z.number(),
  memoryBytes: z.number(),
})
export type Environment = z.infer<typeof environmentSchema>

export const resultSchema = z.strictObject({
  schema: z.string().regex(/^edgeproof\/[a-z]+@[1-9]\d*$/),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  environment: environmentSchema,
  /** What the command was asked: config file, seed, rates, seconds. */
  inputs: z.record(z.string(), z.json()),
  checks: z.array(checkSchema),
  verdict: verdictSchema,
  /** What the checks were made from and a report may draw: tables, histograms, findings. */
  data: z.json().exactOptional(),
})
export type Result = z.infer<typeof resultSchema>

const severity: readonly Verdict[] = ['pass', 'not-measured', 'inconclusive', 'fail']

/** The worst verdict of a list; an empty list was not measured. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'not-measured'
  return verdicts.reduce((a, b) => (severity.indexOf(b) > severity.indexOf(a) ? b : a))
}

/** A check whose verdict follows from its value, limit and direction; a null value was not measured. */
export function check(fields: Omit<Check, 'verdict'>): Check {
  return { ...fields, verdict: judge(fields) }
}

function judge({ value, limit, direction }: Omit<Check, 'verdict'>): Verdict {
  if (value === null) return 'not-measured'
  if (direction === 'none' || limit === null) return 'pass'
  if (typeof value !== typeof limit) throw new TypeError(`value ${value} and limit ${limit} are of different types`)
  return (direction === 'lower' ? value <= limit : value >= limit) ? 'pass' : 'fail'
}

/** Process exit code of a verdict: 0 every check held, 1 a check failed, 3 inconclusive or not measured. */
export function exitCode(verdict: Verdict): 0 | 1 | 3 {
  return verdict === 'pass' ? 0 : verdict === 'fail' ? 1 : 3
}

/** `edgeproof/bench@1` → `bench`. */
export function commandOf(result: Result): string {
  return result.schema.replace(/^edgeproof\//, '').replace(/@\d+$/, '')
}
