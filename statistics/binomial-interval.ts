/**
 * The exact interval of a proportion (C. Clopper and E. Pearson, 1934): the probabilities that `successes` out of `trials`
 * do not contradict, each side at (1 - level) / 2. With no success the upper end is what the number of trials allows to say.
 */
export function binomialInterval(successes: number, trials: number, level = 0.95): { low: number; high: number } {
  if (trials === 0) return { low: 0, high: 1 }
  const tail = (1 - level) / 2
  return {
    low: successes === 0 ? 0 : solve((p) => 1 - cumulative(successes - 1, trials, p) - tail),
    high: successes === trials ? 1 : solve((p) => tail - cumulative(successes, trials, p)),
  }
}

/** P(X <= k) of a binomial distribution, summed from logarithms so that thousands of trials do not underflow. */
function cumulative(k: number, n: number, p: number): number {
  let logTerm = n * Math.log1p(-p)
  let sum = Math.exp(logTerm)
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i) + Math.log(p) - Math.log1p(-p)
    sum += Math.exp(logTerm)
  }
  return Math.min(1, sum)
}

/** The root of a function that increases over (0, 1), to double precision. */
function solve(increasing: (p: number) => number): number {
  let low = 0
  let high = 1
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (increasing(middle) < 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}
