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

/**
 * Who gains by it without anything that the case does not show: the least that somebody must have. From the easiest to
 * the hardest; the last two are hardening, which fails a run only where it is strict.
 */
export type Who =
  /** Whoever can send a request: no token of the issuer's takes part, or one of an issuer of his own. */
  | 'anyone'
  /** With an account: his own token, as the issuer gives it out (expired, of another use, for another's path). */
  | 'signed-in-user'
  /** Another client or resource server of the provider, which is given tokens that are not for this place. */
  | 'another-client'
  /** A page or a link that the victim's browser opens: only what a page decides takes part. */
  | 'browser-page'
  /** Whoever runs another host of the site's registrable domain: he can set cookies for all of it. */
  | 'sibling-domain'
  /** Who reads the log, or what else the token or the code got into. */
  | 'log-reader'
  /** Only the issuer's side: it takes the issuer's key under something that it does not sign, or its endpoint's fault. */
  | 'issuer'
  /** Nobody: CloudFront never sends the request, or whoever sends it gets nothing by it that he has not got. */
  | 'nobody'

/** From the easiest to the hardest to be. */
export const everybody: readonly Who[] = [
  'anyone',
  'signed-in-user',
  'another-client',
  'browser-page',
  'sibling-domain',
  'log-reader',
  'issuer',
  'nobody',
]

/** Whether `one` has to have no more than `other`. */
export function isEasier(one: Who, other: Who): boolean {
  return everybody.indexOf(one) <= everybody.indexOf(other)
}

/** Only the issuer can bring it about, or nobody: it fails a run only where that is strict. */
export function isHardening({ who }: { who: Who }): boolean {
  return who === 'issuer' || who === 'nobody'
}

/** Of a step that is no request. */
export const noVerdict = { outcome: 'may', rule: '', reason: '' } as const

/** Qualitative Severity Rating Scale of CVSS 4.0 (its section 6). */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'none'

/** CVSS-B of version 4.0: base metrics alone. */
export interface Cvss {
  /** `CVSS:4.0/AV:N/…`, whole. */
  vector: string
  /** 0.0 to 10.0. */
  score: number
}

/**
 * One rule broken in one way by one kind of person, as a case shows it. `findingOf` (assessment/finding-of.ts) fills in
 * what follows from class, rule and who.
 *
 * @example
 * findingOf({ class: 'bypass', rule: 'paths/no-right', who: 'signed-in-user', cause: '', story: '…', case, step, verdict, answer, after })
 */
export interface Finding {
  /** Stable over runs, and what a suppression names: `bypass/paths/no-right/signed-in-user`. */
  id: string
  class: FindingClass
  who: Who
  severity: Severity
  cvss: Cvss
  /** `CWE-287`. */
  cwe: string
  rule: Rule
  /** What failed, more exactly than the rule says: an error without its numbers, a verdict's reason; empty where nothing does. */
  cause: string
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

/** One root cause: the finding that is worst, and what else comes of the same mistake. */
export interface GroupedFinding extends Finding {
  /** What an attacker does, in two sentences. */
  attack: string
  /** How it is usually mended. */
  mend: string
  /** The request of the decisive step. */
  curl: string
  /** Worst first; each has a case of its own. */
  variants: Finding[]
}

/** What a run has used so far. */
export interface Effort {
  cases: number
  /** Of the wall clock. */
  seconds: number
  /** CPU time of the judging thread and of its handler processes; 0 where the latter cannot be read (not on Linux). */
  cpuSeconds: number
}

/** A looseness or a difference that is no finding. */
export interface Note {
  rule: Rule
  story: string
  count: number
}
