/** One rule's opinion of one request; `sound` where it has nothing against it. The strictest opinion is the verdict. */
import type { Rule } from './rules.ts'
import type { Verdict } from './verdict.ts'

export type Judgement =
  | { outcome: 'sound' }
  | {
      outcome: 'may' | 'lax' | 'refused'
      rule: Rule
      reason: string
      /** Ours, where others may choose; absent where ours may do either too. */
      ours?: 'allow' | 'deny'
    }

export const sound: Judgement = { outcome: 'sound' }

export function refused(rule: Rule, reason: string): Judgement {
  return { outcome: 'refused', rule, reason, ours: 'deny' }
}

export function may(rule: Rule, reason: string, ours?: 'allow' | 'deny'): Judgement {
  return { outcome: 'may', rule, reason, ...(ours ? { ours } : {}) }
}

export function lax(rule: Rule, reason: string, ours: 'allow' | 'deny' = 'deny'): Judgement {
  return { outcome: 'lax', rule, reason, ours }
}

/** Refusals of a token that is good: who bears it has logged in. */
export const forbidden: ReadonlySet<Rule> = new Set([
  'order/required-claim',
  'order/claims',
  'order/rewrite',
  'paths/no-right',
  'paths/provider',
  'paths/scopes',
  'paths/claims',
])

const order = ['sound', 'may', 'lax', 'refused'] as const

/** What all of these together mean for a request that is otherwise allowed. */
export function verdictOf(judgements: readonly Judgement[]): Verdict {
  const worst = judgements.reduce((a, b) => (order.indexOf(b.outcome) > order.indexOf(a.outcome) ? b : a), sound)
  if (worst.outcome === 'sound') {
    return {
      outcome: 'must-allow',
      rule: 'order/allow',
      reason: 'the token is good and grants the path',
      ours: 'allow',
    }
  }
  if (worst.outcome === 'refused') {
    const isForbidden = judgements.every((one) => one.outcome === 'sound' || forbidden.has(one.rule))
    const verdict = { outcome: 'must-deny', rule: worst.rule, reason: worst.reason, ours: 'deny' } as const
    return isForbidden ? { ...verdict, isForbidden } : verdict
  }
  // Ours denies if any single rule makes it deny, allows only if none leaves it open.
  const open = judgements.filter((judgement) => judgement.outcome !== 'sound')
  const ours = open.some((judgement) => judgement.ours === 'deny')
    ? 'deny'
    : open.every((judgement) => judgement.ours === 'allow')
      ? 'allow'
      : undefined
  return { outcome: worst.outcome, rule: worst.rule, reason: worst.reason, ...(ours ? { ours } : {}) }
}
