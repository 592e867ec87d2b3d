/**
 * How many sandboxes live, and how often one is started. Assumed: a request takes the sandbox that was used last, so that
 * the others stay idle; one that was idle for `idleSeconds` is removed; one is replaced after `lifetimeSeconds` however
 * busy it is. AWS publishes neither figure (rows `idleSeconds` and `lifetimeSeconds` of `quotas-and-prices.ts`).
 */
import { type Distribution, poisson } from '../statistics/poisson.ts'

export interface SandboxInputs {
  /** Requests per second. */
  rate: number
  /** Mean, of the time that a request occupies its sandbox. */
  serviceSeconds: number
  idleSeconds: number
  lifetimeSeconds: number
}

export interface Sandboxes {
  /** Alive at a time, busy or idle. */
  alive: number
  /** Starts per second because nobody was free, and because of age. */
  startsOnDemand: number
  startsByAge: number
}

/**
 * With the last used taken first, sandbox n + 1 idles while at most n requests are in service, and is used by an arrival
 * that finds exactly n: by PASTA rate x P(N = n) times a second, and while it idles h = rate x P(N = n) / P(N <= n) times.
 * Taken as Poisson, an idle stretch outlasts the idle time T with probability exp(-h T), and the sandbox is gone then.
 * Arrivals that find a rare level come in clumps, which this leaves out: `sandbox-lifecycle.process.test.ts` holds it against the
 * simulation.
 */
export function sandboxes(inputs: SandboxInputs, busy: Distribution = busyDistribution(inputs)): Sandboxes {
  const { rate, idleSeconds, lifetimeSeconds } = inputs
  // Below the distribution's first level a sandbox is always in use.
  let alive = busy.from
  let startsOnDemand = 0
  let atMost = 0
  for (const probability of busy.probabilities) {
    atMost += probability
    const gone = Math.exp((-rate * probability * idleSeconds) / atMost)
    alive += 1 - atMost * gone
    startsOnDemand += rate * probability * gone
  }
  return { alive, startsOnDemand, startsByAge: alive / lifetimeSeconds }
}

function busyDistribution({ rate, serviceSeconds }: SandboxInputs): Distribution {
  return poisson(rate * serviceSeconds)
}
