import type { Source } from './check-table.ts'
import type { Markup } from './markup.ts'
import { quantityMarkup } from './quantity.ts'
import { checkOf } from './section.ts'

/** A check's value in a sentence; nothing where the result has no such check. */
export function checkValue(source: Source, id: string): Markup | null {
  const located = checkOf(source, id)
  if (!located) return null
  const { value, unit } = located.check
  return quantityMarkup({ value, unit, at: `${located.at}/value` })
}
