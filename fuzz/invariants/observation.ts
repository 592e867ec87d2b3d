/** What one answer showed: a finding in the making, or a note. */
import type { Rule } from '../../oracle/rules.ts'
import type { FindingClass, Who } from '../finding.ts'

export interface Observation {
  class: FindingClass
  rule: Rule
  story: string
  /** What failed, more exactly than the rule says; left out where nothing does. A smaller case must fail for the same. */
  cause?: string
}

/** With the person who gains by it (assessment/assessor.ts). */
export interface AssessedObservation extends Observation {
  who: Who
}

/** What two failures have in common that differ in what was sent: a text without its numbers, quotations and addresses. */
export function causeIn(text: string): string {
  return text
    .replace(ofJsonParse, '$1 no JSON')
    .replace(/https?:\/\/[^\s"')]+/g, 'URL')
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '…')
    .replace(/[\w+/=-]{24,}/g, '…')
    .replace(/\d+/g, '0')
    .slice(0, 200)
}

/** JSON.parse says in a dozen ways that a text is none, with a part of the text between (V8's messages, names and all). */
const ofJsonParse =
  /(SyntaxError:) (?:.* in JSON(?: at position .*)?|.* is not valid JSON|Unexpected end of JSON input|.*JSON at position .*)$/s

export interface Remark {
  rule: Rule
  story: string
}
