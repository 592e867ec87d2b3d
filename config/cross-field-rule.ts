import * as z from 'zod'

type Path = readonly PropertyKey[]

export interface RuleContext {
  /** Says what is wrong at a path below the value. */
  refuse(path: Path, message: string): void
  /** Whether nothing was found wrong there or below before this rule. A field that does not exist is no fault of those that do. */
  isRight(...path: PropertyKey[]): boolean
}

/**
 * A check of several fields of an object or a list. It runs whatever is wrong elsewhere, so that all mistakes are told at once,
 * and has to ask `isRight` of each field before it looks at it.
 *
 * @example
 * z.strictObject({ from: z.number(), to: z.number() }).check(
 *   crossFieldRule<{ from: number; to: number }>(({ from, to }, { isRight, refuse }) => {
 *     if (isRight('from') && isRight('to') && from > to) refuse(['to'], 'should not be before "from"')
 *   }),
 * )
 */
export function crossFieldRule<T>(check: (value: T, context: RuleContext) => void): z.core.$ZodCheck<T> {
  return z.superRefine<T>(
    (value, context) =>
      check(value, {
        refuse: (path, message) =>
          context.addIssue({ code: 'custom', path: [...path], message, input: memberAt(value, path) }),
        isRight: rightPlaces(context.issues),
      }),
    { when: ({ value }) => typeof value === 'object' && value !== null },
  )
}

function memberAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((member, key) => (member as Record<PropertyKey, unknown> | undefined)?.[key], value)
}

/** A policy may have thousands of routes, and as many mistakes: each question is answered by looking up, not by searching. */
function rightPlaces(issues: readonly z.core.$ZodRawIssue[]): RuleContext['isRight'] {
  const wrong = new Set<string>()
  const above = new Set<string>()
  for (const { code, path = [] } of issues) {
    if (code === 'unrecognized_keys') continue
    wrong.add(JSON.stringify(path))
    for (const beginning of beginningsOf(path)) above.add(beginning)
  }
  if (wrong.size === 0) return () => true
  return (...path) => !above.has(JSON.stringify(path)) && !beginningsOf(path).some((beginning) => wrong.has(beginning))
}

/** Of a path: the empty one, and so on, the path itself included. */
function beginningsOf(path: Path): string[] {
  return Array.from({ length: path.length + 1 }, (_, length) => JSON.stringify(path.slice(0, length)))
}
