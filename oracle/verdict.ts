import type { Rule } from './rules.ts'

/** What a denial is for: a token that is good would help, or none would. */
export type DenialClass = 'unauthenticated' | 'forbidden'

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
  /** The class of our own denial, should it deny; absent where it may be either. */
  denial?: DenialClass
  /** Where the path lacks a slash (`paths/slash`): what the redirect's Location is, and what the path with the slash is worth. */
  slash?: { location: string; verdict: Verdict }
  signIn?: SignInVerdict
}

/** `own`: at one of the paths that sign-in answers itself; `denial`: that of the class. */
export type SignInAnswer = 'start' | 'refresh' | 'cookies' | 'host' | 'session-not-kept' | 'own' | 'denial'

/** What ours answers where the policy signs visitors in (SEMANTICS.md, "Sign-in"), should it not let the request pass. */
export interface SignInVerdict {
  /** The answer has to be one of these. */
  answers: readonly SignInAnswer[]
  /** The site's host that the request names; null where it names none. */
  host: string | null
  /** When it is answered: since the epoch, from and to. */
  seconds: readonly [from: number, to: number]
}

/** One verdict for a request that was handed over at the first and answered at the second: where they differ either answer will do. */
export function eitherOf(first: Verdict, second: Verdict): Verdict {
  if (JSON.stringify(first) === JSON.stringify(second)) return first
  const signIn = eitherSignIn(first.signIn, second.signIn)
  if (first.outcome !== second.outcome) return { outcome: 'may', rule: second.rule, reason: second.reason, ...signIn }
  const verdict: Verdict = { outcome: first.outcome, rule: first.rule, reason: first.reason, ...signIn }
  if (first.isForbidden && second.isForbidden) verdict.isForbidden = true
  if (first.ours !== undefined && first.ours === second.ours) verdict.ours = first.ours
  if (first.denial !== undefined && first.denial === second.denial) verdict.denial = first.denial
  const slash = first.slash ?? second.slash
  // A redirect, or the denial of what it leads to.
  const either: Verdict = { outcome: 'may', rule: 'paths/slash', reason: first.reason }
  return slash === undefined ? verdict : { ...verdict, slash: { ...slash, verdict: either } }
}

function eitherSignIn(first: SignInVerdict | undefined, second: SignInVerdict | undefined): { signIn?: SignInVerdict } {
  const [one = second, other = first] = [first, second]
  if (one === undefined || other === undefined) return {}
  const denial: SignInAnswer[] = first && second ? [] : ['denial']
  const answers = [...new Set([...one.answers, ...other.answers, ...denial])]
  return { signIn: { answers, host: one.host ?? other.host, seconds: [one.seconds[0], other.seconds[1]] } }
}
