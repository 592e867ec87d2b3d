/** Two runs side by side: for each check, what changed and whether the figures' own uncertainty allows that to be said. */
import * as z from 'zod'
import { type Check, checkSchema, commandOf, type Environment, type Result } from '../../result/result.ts'
import { conditionsOf } from '../history/conditions.ts'

const outcomeSchema = z.enum([
  /** The same value, where a value is exact: bytes, texts. */
  'same',
  /** Exact values that differ, or intervals that have nothing in common; better and worse by the check's direction. */
  'better',
  'worse',
  'different',
  /** Intervals that overlap: no difference can be said. */
  'within-noise',
  /** A figure that scatters and has no interval: no difference can be said. */
  'uncertain',
  /** Another machine or other inputs. */
  'not-comparable',
  'not-measured',
  'only-in-a',
  'only-in-b',
])
export type Outcome = z.infer<typeof outcomeSchema>

const rowSchema = z.strictObject({
  command: z.string(),
  id: z.string(),
  title: z.string(),
  a: checkSchema.nullable(),
  b: checkSchema.nullable(),
  outcome: outcomeSchema,
  /** (b - a) / a; null where that cannot be said. */
  change: z.number().nullable(),
})
export type ComparedCheck = z.infer<typeof rowSchema>

export const comparisonSchema = z.strictObject({
  schema: z.literal('edgeproof/comparison@1'),
  /** As the user named them. */
  a: z.string(),
  b: z.string(),
  /** One line for each result document that could not be read. */
  unreadable: z.array(z.string()),
  /** One line for each way in which the conditions of a command differ, as `load: rate 500, then 1000`. */
  conditions: z.array(z.string()),
  /** What differs of the software, which is part of what is compared, as `node 24.1.0, then 24.2.0`. */
  software: z.array(z.string()),
  checks: z.array(rowSchema),
})
export type Comparison = z.infer<typeof comparisonSchema>

export interface NamedRun {
  name: string
  results: readonly Result[]
  unreadable?: readonly string[]
}

export function compare(a: NamedRun, b: NamedRun): Comparison {
  const commands = [...new Set([...a.results, ...b.results].map(commandOf))]
  const conditions: string[] = []
  const software = new Set<string>()
  const checks = commands.flatMap((command) => {
    const [before, after] = [a, b].map(({ results }) => results.find((result) => commandOf(result) === command))
    if (!before || !after) return compareChecks(command, before?.checks ?? [], after?.checks ?? [], true)
    const other = differences(conditionsOf(before), conditionsOf(after))
    conditions.push(...other.map((line) => `${command}: ${line}`))
    for (const line of differences(softwareOf(before.environment), softwareOf(after.environment))) software.add(line)
    return compareChecks(command, before.checks, after.checks, other.length === 0)
  })
  return {
    schema: 'edgeproof/comparison@1',
    a: a.name,
    b: b.name,
    unreadable: [a, b].flatMap(({ name, unreadable = [] }) => unreadable.map((line) => `${name}: ${line}`)),
    conditions,
    software: [...software],
    checks,
  }
}

function compareChecks(
  command: string,
  a: readonly Check[],
  b: readonly Check[],
  comparable: boolean,
): ComparedCheck[] {
  const ids = [...new Set([...a, ...b].map(({ id }) => id))]
  return ids.map((id) => {
    const before = a.find((check) => check.id === id) ?? null
    const after = b.find((check) => check.id === id) ?? null
    const outcome = outcomeOf(before, after, comparable)
    const said = comparable && before && after && typeof before.value === 'number' && typeof after.value === 'number'
    return {
      command,
      id,
      title: (after ?? before)?.title ?? id,
      a: before,
      b: after,
      outcome,
      change: said && before.value !== 0 ? (Number(after.value) - Number(before.value)) / Number(before.value) : null,
    }
  })
}

function outcomeOf(a: Check | null, b: Check | null, comparable: boolean): Outcome {
  if (!a) return 'only-in-b'
  if (!b) return 'only-in-a'
  if (a.value === null || b.value === null || a.verdict === 'not-measured' || b.verdict === 'not-measured') {
    return 'not-measured'
  }
  if (!comparable || a.unit !== b.unit) return 'not-comparable'
  if (a.interval && b.interval) {
    if (a.interval.low <= b.interval.high && b.interval.low <= a.interval.high) return 'within-noise'
    return direction(a, b)
  }
  if (a.value === b.value) return 'same'
  return isExact(b) ? direction(a, b) : 'uncertain'
}

/** Texts, a program's bytes and numbers that have a limit are what they are; times, shares and rates scatter. */
function isExact({ value, unit, direction }: Check): boolean {
  return typeof value === 'string' || unit === 'B' || (unit === 'count' && direction !== 'none')
}

function direction(a: Check, b: Check): Outcome {
  if (b.direction === 'none' || typeof a.value !== 'number' || typeof b.value !== 'number') return 'different'
  return b.value < a.value === (b.direction === 'lower') ? 'better' : 'worse'
}

function softwareOf({ edgeproof, commit, node, v8, openssl }: Environment): Record<string, string> {
  return { edgeproof, commit: commit ?? 'unknown', node, v8, openssl }
}

function differences(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => a[name] !== b[name])
    .map((name) => `${name} ${a[name] ?? 'not given'}, then ${b[name] ?? 'not given'}`)
}
