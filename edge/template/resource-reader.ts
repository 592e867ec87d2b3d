/** Reads resources by their schema, and collects what is wrong with them. */
import type * as z from 'zod'
import { UsageError } from '../../config/usage-error.ts'
import type { Assembly } from './assembly.ts'
import { Unresolved } from './intrinsics.ts'

export interface ResourceReader {
  /** The resource that a resolved reference names; null where it is not there or not right, which is a problem then. */
  read<Output>(reference: string, schema: z.ZodType<Output>): Output | null
  problem(where: string, what: string): void
  /** Throws one UsageError with all problems, where there are any. */
  throwProblems(): never
}

export function resourceReader(assembly: Assembly): ResourceReader {
  const problems = new Set<string>()
  const file = assembly.stacks[0]?.source.file ?? 'template'
  const problem = (where: string, what: string) => void problems.add(`${where}: ${what}`)
  return {
    read(reference, schema) {
      const found = assembly.find(reference)
      if (!found) {
        problem(reference, 'is referred to and is not in the template')
        return null
      }
      const properties = found.stack.resolve(found.resource.Properties ?? {})
      const parsed = schema.safeParse(properties)
      if (parsed.success) return parsed.data
      for (const { path, message } of parsed.error.issues) {
        problem(`${found.logicalId}.${path.join('.')}`, unresolvedAt(properties, path) ?? message)
      }
      return null
    },
    problem,
    throwProblems() {
      const [first] = problems
      if (first === undefined) return undefined as never
      if (problems.size === 1) throw new UsageError(`${file}: ${first}`)
      throw new UsageError(`${file}: ${problems.size} problems\n${[...problems].map((line) => `  ${line}`).join('\n')}`)
    },
  }
}

/** The reason where something on the way to `path` is known to a deployment alone. */
function unresolvedAt(value: unknown, path: readonly PropertyKey[]): string | undefined {
  let at: unknown = value
  for (const key of path) {
    if (at instanceof Unresolved) break
    at = (at as Record<PropertyKey, unknown> | undefined)?.[key]
  }
  return at instanceof Unresolved ? at.reason : undefined
}
