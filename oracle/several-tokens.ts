/** What several cookies of one name are worth together (SEMANTICS.md, `credentials/several-cookies`, `credentials/two-subjects`). */
import type { Claims } from './claim-reference.ts'
import { own } from './claim-reference.ts'
import { type Judgement, may, verdictOf } from './judgement.ts'
import type { DenialClass, Verdict } from './verdict.ts'

export interface JudgedToken {
  /** What the token is worth, whatever is asked for: these make it *unauthenticated*. */
  verification: readonly Judgement[]
  /** What it grants; empty where it does not verify. */
  rights: readonly Judgement[]
  /** Null where it does not verify. */
  claims: Claims | null
}

const looksAt = 4

export function verdictOnToken({ verification, rights }: JudgedToken): Verdict {
  return verdictOf([...verification, ...rights])
}

/** What our denial is for, should it deny; undefined: either. */
export function denialOf(tokens: readonly JudgedToken[]): DenialClass | undefined {
  const [token] = tokens
  if (token === undefined) return 'unauthenticated'
  if (tokens.length > 1) {
    const { decision } = judgeSeveral(tokens)
    if (decision === 'forbidden') return 'forbidden'
    return decision === 'none' || decision === 'two-subjects' ? 'unauthenticated' : undefined
  }
  const verifies = token.claims === null ? 'deny' : verdictOf(token.verification).ours
  if (verifies === 'deny') return 'unauthenticated'
  if (verifies === 'allow') return 'forbidden'
  return verdictOf(token.rights).ours === 'allow' ? 'unauthenticated' : undefined
}

type Decision = 'none' | 'two-subjects' | 'forbidden' | 'allow' | 'open'

/** What ours has to do with more than one; null where that depends on what it may choose. */
export function judgeSeveral(tokens: readonly JudgedToken[]): { decision: Decision | null; judgement: Judgement } {
  const decisions = cases(tokens.slice(0, looksAt)).map(decide)
  const [first = 'none', ...others] = decisions
  const decision = others.every((one) => one === first) ? first : null
  if (decision === 'two-subjects') {
    const reason = 'two cookies of the name are of two subjects'
    return { decision, judgement: may('credentials/two-subjects', reason, 'deny') }
  }
  const isDenied = (one: Decision) => one !== 'allow' && one !== 'open'
  const ours = decision === 'allow' ? 'allow' : decisions.every(isDenied) ? 'deny' : undefined
  return { decision, judgement: may('credentials/several-cookies', 'several cookies have the name', ours) }
}

/** Which of them verify: a case for each answer that ours may give where it may give either. */
function cases([token, ...others]: readonly JudgedToken[]): JudgedToken[][] {
  if (token === undefined) return [[]]
  const ours = token.claims === null ? 'deny' : verdictOf(token.verification).ours
  return cases(others).flatMap((rest) => [
    ...(ours === 'deny' ? [] : [[token, ...rest]]),
    ...(ours === 'allow' ? [] : [rest]),
  ])
}

function decide(verified: readonly JudgedToken[]): Decision {
  const subjects = verified.map(({ claims }) => subjectOf(claims))
  if (verified.length > 1 && (subjects.includes(null) || new Set(subjects).size > 1)) return 'two-subjects'
  const [decisive] = verified.toSorted((a, b) => expiryOf(b) - expiryOf(a))
  if (decisive === undefined) return 'none'
  const { ours } = verdictOf(decisive.rights)
  return ours === 'allow' ? 'allow' : ours === 'deny' ? 'forbidden' : 'open'
}

function subjectOf(claims: Claims | null): string | null {
  const sub = claims && own(claims, 'sub')
  return claims !== null && typeof sub === 'string' ? JSON.stringify([own(claims, 'iss'), sub]) : null
}

function expiryOf({ claims }: JudgedToken): number {
  return Number(claims && own(claims, 'exp'))
}
