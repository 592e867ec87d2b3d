import type { Rule } from '../../oracle/rules.ts'
import type { FindingClass } from '../finding.ts'

/** What the watch saw of one action: a finding in the making, or a note. */
export interface Sight {
  rule: Rule
  class: FindingClass
  story: string
  /** An exception: it costs whoever sent the request his answer, and nobody else anything. Default false. */
  threw?: boolean
  /** Nobody gains by it, and only our page asks for it. */
  isNote: boolean
  /** Index of the action. */
  step: number
}

/** `ours`: the page's rule alone, which is a note for a foreign handler. */
export type Seen = Omit<Sight, 'isNote' | 'step'> & { ours?: boolean }
