/**
 * Where a series of figures changes its level: E-divisive (Matteson and James 2014, Journal of the American Statistical
 * Association 109(505)) with exponent 2, that is for means, as performance histories use it (Daly et al., ICPE 2020; Apache
 * Otava). Of all stretches from the beginning and all places to cut them, the one with the largest difference of means for
 * its lengths counts, and is compared with the same of the series in random order; then both parts are searched.
 *
 * The test is exact: where the level never changes and the runs do not depend on each other, a series shows a change point
 * with a probability of at most `level`, whatever the distribution (Besag and Clifford 1991, Biometrika 78(2), for p-values
 * of a test that stops early).
 */
import { median, medianDeviation } from './median.ts'
import { seededRandom } from './seeded-random.ts'

export interface Cut {
  /** Index of the first figure of the new level. */
  at: number
  pValue: number
}

/** A level is what at least this many runs agree on. */
const shortest = 3

/** Random orders as clear as the series that settle that there is nothing. */
const enoughExceedances = 5

/** The cuts at which the level changes, in order; `level` is the chance of a false alarm. */
export function changePoints(values: readonly number[], level: number): Cut[] {
  if (values.length < fewestRuns(level)) return []
  const figures = withoutOutliers(values)
  const cut = clearestCut(figures)
  const pValue = permutationTest(figures, cut.statistic, level)
  if (pValue > level) return []
  const after = changePoints(values.slice(cut.at), level)
  return [
    ...changePoints(values.slice(0, cut.at), level),
    { at: cut.at, pValue },
    ...after.map((later) => ({ ...later, at: later.at + cut.at })),
  ]
}

/**
 * With fewer runs not even a step without any scatter, in the middle, could be told from chance: of all orders of n
 * figures, two in (n over n/2) show it.
 */
export function fewestRuns(level: number): number {
  let runs = 2 * shortest
  while (2 / choose(runs, Math.floor(runs / 2)) > level) runs += 1
  return runs
}

function choose(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i += 1) ways = (ways * (n - k + i)) / i
  return ways
}

/** How far from the median, in standard deviations as the median deviation shows them, a figure counts in full. */
const reach = 3

/** One very slow run is one slow run: it must not hide the others. */
function withoutOutliers(values: readonly number[]): readonly number[] {
  const centre = median(values)
  const far = reach * medianDeviation(values, centre)
  return far === 0 ? values : values.map((value) => Math.min(centre + far, Math.max(centre - far, value)))
}

/** The best cut of figures[0, to), over all `to`; the statistic is the squared difference of means, weighted by the lengths. */
function clearestCut(figures: readonly number[]): { at: number; statistic: number } {
  const clearest = { at: 0, statistic: 0 }
  let whole = 0
  for (let to = 1; to <= figures.length; to += 1) {
    whole += Number(figures[to - 1])
    let left = 0
    for (let at = 1; at <= to - shortest; at += 1) {
      left += Number(figures[at - 1])
      if (at < shortest) continue
      const difference = left / at - (whole - left) / (to - at)
      const statistic = (difference * difference * at * (to - at)) / to
      if (statistic > clearest.statistic) {
        clearest.at = at
        clearest.statistic = statistic
      }
    }
  }
  return clearest
}

function permutationTest(figures: readonly number[], observed: number, level: number): number {
  const orders = Math.ceil(enoughExceedances / level)
  // Seeded: the same history gives the same report.
  const random = seededRandom('orders')
  let exceedances = 0
  for (let tried = 1; tried <= orders; tried += 1) {
    // Rounding must not let an order that is just as clear seem less so.
    if (clearestCut(random.shuffled(figures)).statistic >= observed * (1 - 1e-9)) exceedances += 1
    if (exceedances === enoughExceedances) return exceedances / tried
  }
  return (exceedances + 1) / (orders + 1)
}
