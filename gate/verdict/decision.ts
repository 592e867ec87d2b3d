/**
 * The CPU-time part's decision: planned looks, one family of suites, one error rate. See gate/METHOD.md.
 */
import type { Verdict } from '../../result/result.ts'
import { holm } from '../../statistics/holm.ts'
import { normalQuantile } from '../../statistics/normal-quantile.ts'
import { signedRank } from '../../statistics/signed-rank.ts'

export interface SuiteSamples {
  suite: string
  /** One natural logarithm of head/base CPU time for each process. */
  samples: readonly number[]
  /** Logarithm of the ratio that is still allowed. */
  limit: number
}

export interface Decision {
  suite: string
  verdict: Extract<Verdict, 'pass' | 'fail' | 'inconclusive'>
  /** Ratios head/base. */
  ratio: number
  low: number
  high: number
  /** Level of the interval [low, high], simultaneous over suites and looks. */
  level: number
  /** The smallest true ratio that this number of processes would have failed four times out of five. */
  visible: number
}

/** So many standard errors above its limit a slow-down fails four times out of five. */
const zPower = normalQuantile(0.8)

/**
 * One look at the suites: `fail` where the samples show the true ratio to be above the limit, `pass` where they show it to
 * be below, `inconclusive` where they show neither. `errorRate` holds for each of the two kinds of error over the whole
 * family of suites and all `looks`: it is divided among the looks, and Holm's adjustment divides it among the suites.
 */
export function decide(family: readonly SuiteSamples[], errorRate: number, looks = 1): Decision[] {
  const alpha = errorRate / looks
  const ranks = family.map(({ samples }) => signedRank(samples))
  const slower = holm(ranks.map((rank, index) => rank.pGreater(family[index]?.limit ?? 0)))
  const withinLimit = holm(ranks.map((rank, index) => rank.pLess(family[index]?.limit ?? 0)))
  const each = alpha / family.length
  return ranks.map((rank, index) => {
    const low = rank.lowerBound(each)
    const spread = (rank.estimate - low) / normalQuantile(1 - each)
    return {
      suite: family[index]?.suite ?? '',
      verdict: (slower[index] ?? 1) <= alpha ? 'fail' : (withinLimit[index] ?? 1) <= alpha ? 'pass' : 'inconclusive',
      ratio: Math.exp(rank.estimate),
      low: Math.exp(low),
      high: Math.exp(rank.upperBound(each)),
      level: 1 - 2 * each,
      visible: Math.exp((family[index]?.limit ?? 0) + (rank.estimate - low) + zPower * spread),
    }
  })
}

/** The suites that `decide` fails, without the figures that a reader wants: for thousands of gates at a time. */
export function failedSuites(family: readonly SuiteSamples[], errorRate: number, looks = 1): string[] {
  const slower = holm(family.map(({ samples, limit }) => signedRank(samples).pGreater(limit)))
  return family.filter((_, index) => (slower[index] ?? 1) <= errorRate / looks).map(({ suite }) => suite)
}
