/** What semantics.md says about one request. */
export interface Verdict {
  /** Refused alone for what a good token does not grant (semantics.md, "Order" 7). */
  isForbidden?: boolean
  outcome: 'must-allow' | 'must-deny' | 'may' | 'lax'
  /** The line of semantics.md, as `section/keyword`: `paths/traversal`. */
  rule: string
  /** One clause for people. */
  reason: string
  /** What our own authorizer does where others may choose; absent where even ours may do either. */
  ours?: 'allow' | 'deny'
}
