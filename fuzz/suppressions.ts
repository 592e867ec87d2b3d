/** Findings that somebody lives with for a while: left out of a run's verdict, and never silently. */
import { readFileSync } from 'node:fs'
import { parseSuppressions } from '../config/config.ts'
import type { Suppression } from '../config/fuzz-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import { rules } from '../oracle/rules.ts'
import { classTexts } from './assessment/finding-texts.ts'
import { everybody, type Finding } from './finding.ts'

export interface Suppressed {
  /** Those that no suppression names. */
  findings: Finding[]
  suppressed: { finding: Finding; reason: string; expires: string }[]
  /** One line for each suppression that has expired, or that suppresses nothing. */
  remarks: string[]
}

/** The list of a JSON file. Throws a UsageError that names the file and the field. */
export function readSuppressions(file: string): readonly Suppression[] {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file}: no list of suppressions: ${(error as Error).message}`)
  }
  const suppressions = parseSuppressions(value, file)
  for (const [index, { id }] of suppressions.entries()) {
    const fault = faultOf(id)
    if (fault !== null) throw new UsageError(`${file}: ${index}.id: ${fault}`)
  }
  return suppressions
}

function faultOf(id: string): string | null {
  const [name = '', section, keyword, who] = id.split('/')
  const rule = `${section}/${keyword}`
  if (!Object.hasOwn(classTexts, name)) return `there is no class "${name}" of findings`
  if (!rules.some((one) => one === rule)) return `there is no rule "${rule}"; oracle/SEMANTICS.md has them`
  return everybody.some((one) => one === who) ? null : `"${who}" is none of ${everybody.join(', ')}`
}

/** `today`: the day as `2026-11-30`, in UTC. */
export function suppress(all: readonly Finding[], suppressions: readonly Suppression[], today: string): Suppressed {
  const remarks: string[] = []
  const valid = new Map<string, Suppression>()
  for (const one of suppressions) {
    const { id, expires } = one
    if (expires < today) remarks.push(`the suppression of ${id} expired on ${expires}: mend it, or say why it stays`)
    else if (!all.some((finding) => finding.id === id))
      remarks.push(`nothing was found that the suppression of ${id} is for`)
    else valid.set(id, one)
  }
  const suppressed = all.flatMap((finding) => {
    const { reason, expires } = valid.get(finding.id) ?? {}
    return reason === undefined || expires === undefined ? [] : [{ finding, reason, expires }]
  })
  return { findings: all.filter(({ id }) => !valid.has(id)), suppressed, remarks }
}
