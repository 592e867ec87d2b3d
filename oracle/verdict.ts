import type { Rule } from './rules.ts'

/** What SEMANTICS.md says about one request. */
export interface Verdict {
  /** Refused alone for what a good token does not grant (SEMANTICS.md, "Order" 7). */
  isForbidden?: boolean
  outcome: 'must-allow' | 'must-deny' | 'may' | 'lax'
  rule: Rule
  /** One clause for people. */
  reason: string
  /** What our own authorizer does where others may choose; absent where even ours may do either. */
  ours?: 'allow' | 'deny'
}
