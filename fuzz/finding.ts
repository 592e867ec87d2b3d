import type { Rule } from '../oracle/rules.ts'
import type { Verdict } from '../oracle/verdict.ts'
import type { Answer } from './answer.ts'
import type { FuzzCase } from './case.ts'

export type FindingClass =
  | 'bypass'
  | 'false-denial'
  | 'crash'
  | 'invalid-result'
  | 'leak'
  | 'poisoning'
  | 'amplification'
  | 'exhaustion'
  | 'open-redirect'
  | 'header-injection'
  | 'unsafe-denial'
  /** Something was fetched that a token or a header named. */
  | 'request-forgery'
  /** A line of the log that the viewer wrote. */
  | 'log-injection'
  /** A denial that a flood of others kept out of the log. */
  | 'blinded-log'

/** Of a step that is no request. */
export const noVerdict = { outcome: 'may', rule: '', reason: '' } as const

export type Severity = 'critical' | 'high' | 'medium' | 'low'

export interface Finding {
  class: FindingClass
  severity: Severity
  /** `CWE-287`. */
  cwe: string
  rule: Rule
  /** One line that says what happened and why it is wrong. */
  story: string
  /** Minimal, confirmed in a fresh sandbox. */
  case: FuzzCase
  /** Index of the step whose answer is wrong. */
  step: number
  verdict: Verdict | typeof noVerdict
  answer: Answer
  /** Shell command that replays it. */
  replay: string
  /** What the run had done when a fresh sandbox first showed it. */
  after: Effort
}

/** What a run has used so far. */
export interface Effort {
  cases: number
  /** Of the wall clock. */
  seconds: number
  /** CPU time of the judging thread and of its target processes; 0 where the latter cannot be read (not on Linux). */
  cpuSeconds: number
}

/** A looseness or a difference that is no finding. */
export interface Note {
  rule: Rule
  story: string
  count: number
}
