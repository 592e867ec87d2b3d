/** A run in parts, so that a long one can be stopped between any two of them and goes on from there. */
import fc from 'fast-check'
import type { Policy } from '../../authorizer/policy.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { anyPolicy } from '../arbitraries/policy.ts'

/** At least one of the two; whichever is over first. */
export interface Budget {
  seconds?: number
  cases?: number
}

export interface Chapter {
  /** Every attack once and then whatever is generated, from a seed of its own. */
  seed: string
  /** Instead of the handler's own; only ours can be built with it. */
  policy?: Policy
  budget: Budget
  /** A run that ends here has a state worth keeping. */
  endsRound: boolean
}

export interface ChapterOptions {
  seed: string
  budget: Budget
  /** The handler can be built with other policies. */
  changesPolicy: boolean
  /** Cases, or seconds where there is no number of cases, from one saved state to the next. */
  round: Budget
}

/** The share of a run that goes to other policies, how many of them by cases, and how long each is tried by time. */
const otherPolicies = 0.4
const policiesInRound = 4
const secondsForEach = 2

/** Equal options give equal chapters. A round is the handler's own policy and then, for ours, others. */
export function* chapters({ seed, budget, changesPolicy, round }: ChapterOptions): Iterable<Chapter> {
  const byCases = budget.cases !== undefined
  const total = budget.cases ?? budget.seconds ?? 0
  const size = (byCases ? round.cases : round.seconds) ?? total
  for (let start = 0, number = 0; start < total; start += size, number++) {
    const extent = Math.min(size, total - start)
    const name = number === 0 ? seed : `${seed} round ${number}`
    const part = (share: number): Budget =>
      byCases ? { cases: Math.max(1, Math.round(extent * share)) } : { seconds: extent * share }
    if (!changesPolicy) {
      yield { seed: name, budget: part(1), endsRound: true }
      continue
    }
    yield { seed: name, budget: part(1 - otherPolicies), endsRound: false }
    const count = byCases ? policiesInRound : Math.max(1, Math.floor((extent * otherPolicies) / secondsForEach))
    const policies = fc.sample(anyPolicy, { seed: seededRandom(name).generator.next(), numRuns: count })
    for (const [index, policy] of policies.entries()) {
      const share = otherPolicies / count
      yield { seed: `${name} policy ${index}`, policy, budget: part(share), endsRound: index === count - 1 }
    }
  }
}
