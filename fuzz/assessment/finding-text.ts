/** What people read of one rule's findings. */
export interface FindingText {
  /** Two sentences: what an attacker does, and what he has by it. */
  attack: string
  mend: string
  /** Of a bypass, a leak or a poisoning, where the class's own is less exact. */
  cwe?: `CWE-${number}`
  /** Rules that one mistake breaks together have one root. Default: the rule. */
  root?: string
}
