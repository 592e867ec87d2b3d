import { solve } from './solve.ts'

/**
 * The exact interval of a proportion (C. Clopper and E. Pearson, 1934): the probabilities that `successes` out of `trials`
 * do not contradict, each side at (1 - level) / 2. With no success the upper end is what the number of trials allows to say.
 */
export function binomialInterval(successes: number, trials: number, level = 0.95): { low: number; high: number } {
  if (trials === 0) return { low: 0, high: 1 }
  const tail = (1 - level) / 2
  return {
    low: successes === 0 ? 0 : solve((p) => 1 - binomialCumulative(successes - 1, trials, p) - tail, 0, 1),
    high: successes === trials ? 1 : solve((p) => tail - binomialCumulative(successes, trials, p), 0, 1),
  }
}

/** P(X <= k) of the binomial distribution (n, p), summed from logarithms so that thousands of trials do not underflow. */
export function binomialCumulative(k: number, n: number, p: number): number {
  let logTerm = n * Math.log1p(-p)
  let sum = Math.exp(logTerm)
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i) + Math.log(p) - Math.log1p(-p)
    sum += Math.exp(logTerm)
  }
  return Math.min(1, sum)
}
