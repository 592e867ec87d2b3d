/**
 * Wilcoxon's signed-rank test and the confidence bounds that belong to it, from the exact null distribution
 * (Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods", 3rd edition, 3.1 and 3.3).
 * Assumes independent samples with a distribution symmetric about its median; nothing about its shape otherwise.
 */
import { median } from './median.ts'

export interface SignedRank {
  /** Hodges-Lehmann estimate: the median of all Walsh averages. */
  estimate: number
  /** The largest value that the samples show to be exceeded, at one-sided error `alpha`; -Infinity if too few samples. */
  lowerBound(alpha: number): number
  /** The smallest value that the samples show not to be reached, at one-sided error `alpha`; Infinity if too few. */
  upperBound(alpha: number): number
  /** P-value of "the true median is at most `value`" against "it is greater". */
  pGreater(value: number): number
  /** P-value of "the true median is at least `value`" against "it is less". */
  pLess(value: number): number
}

/** Samples in any unit, at least one. The P-values cost O(n log n) time, estimate and bounds O(n^2 log n). */
export function signedRank(samples: readonly number[]): SignedRank {
  const sorted = [...samples].sort((a, b) => a - b)
  const cumulative = nullDistribution(sorted.length)
  const tail = (count: number) => cumulative[count] ?? 1
  let known: number[] | undefined
  const averages = () => {
    known ??= walshAverages(sorted)
    return known
  }
  return {
    get estimate() {
      return median(averages())
    },
    lowerBound: (alpha) => averages()[reach(cumulative, alpha)] ?? Number.NEGATIVE_INFINITY,
    upperBound: (alpha) => averages()[cumulative.length - 2 - reach(cumulative, alpha)] ?? Number.POSITIVE_INFINITY,
    // The statistic's distribution is symmetric, so P(T+ >= t) is P(T+ <= M - t), and M - t counts the averages at or under the value.
    pGreater: (value) => tail(averagesAtMost(sorted, value)),
    pLess: (value) => tail(averagesAtMost(sorted.map((sample) => -sample).reverse(), -value)),
  }
}

/** How many Walsh averages of sorted samples are at or under a value, without making them. */
function averagesAtMost(sorted: readonly number[], value: number): number {
  let count = 0
  let high = sorted.length - 1
  for (const [low, sample] of sorted.entries()) {
    while (high >= low && sample + (sorted[high] ?? 0) > 2 * value) high--
    if (high < low) break
    count += high - low + 1
  }
  return count
}

/** The largest c with P(T+ <= c) <= alpha, or an index past every average where there is none. */
function reach(cumulative: readonly number[], alpha: number): number {
  const past = cumulative.findIndex((probability) => probability > alpha)
  return past <= 0 ? Number.MAX_SAFE_INTEGER : past - 1
}

function walshAverages(samples: readonly number[]): number[] {
  const averages = new Float64Array((samples.length * (samples.length + 1)) / 2)
  let next = 0
  for (const [i, a] of samples.entries()) for (const b of samples.slice(i)) averages[next++] = (a + b) / 2
  return Array.from(averages.sort())
}

const distributions = new Map<number, number[]>()

function nullDistribution(n: number): number[] {
  const known = distributions.get(n) ?? cumulativeNull(n)
  distributions.set(n, known)
  return known
}

/** P(T+ <= c) for c = 0 .. n(n+1)/2: each rank joins the sum with probability one half. */
export function cumulativeNull(n: number): number[] {
  let mass = [1]
  for (let rank = 1; rank <= n; rank++) {
    const next = new Array<number>(mass.length + rank).fill(0)
    for (const [sum, probability] of mass.entries()) {
      next[sum] = (next[sum] ?? 0) + probability / 2
      next[sum + rank] = (next[sum + rank] ?? 0) + probability / 2
    }
    mass = next
  }
  let total = 0
  return mass.map((probability) => {
    total += probability
    return total
  })
}
