/** How far the model is from the local edge, at each held-back load. */

import type { Objectives } from '../../config/objectives-schema.ts'
import { type Check, check, type Verdict } from '../../result/result.ts'
import { meanInterval } from '../../statistics/mean-interval.ts'
import type { Prediction } from './edge-model.ts'
import type { ObservedLoad } from './observe-load.ts'

/** Largest errors that still count as agreement, in percent. */
const limits = { concurrency: 10, p99: 15 }

export function validationChecks(
  comparisons: readonly Comparison[],
  loads: readonly ObservedLoad[],
  objectives: Required<Objectives>,
): Check[] {
  const noise = noiseOf(loads, objectives)
  const rates = [...new Set(comparisons.map(({ predicted }) => predicted.rate))]
  return rates.flatMap((rate) => {
    const own = comparisons.filter(({ predicted }) => predicted.rate === rate)
    return [
      errorCheck({
        id: `plan.validation.${rate}.concurrency`,
        title: `model against the local edge at ${rate}/s, held back: error of the mean concurrency`,
        pairs: own.map(({ predicted, busy }) => [predicted.concurrency, busy]),
        unit: '',
        limit: limits.concurrency,
        noise,
      }),
      errorCheck({
        id: `plan.validation.${rate}.p99`,
        title: `model against the local edge at ${rate}/s, held back: error of p99`,
        pairs: own.map(({ predicted, p99Ms }) => [predicted.p99Ms, p99Ms]),
        unit: ' ms',
        limit: limits.p99,
        noise,
      }),
    ]
  })
}

interface ErrorFields {
  id: string
  title: string
  /** Predicted and measured, one pair for each round. */
  pairs: readonly (readonly [number, number])[]
  unit: string
  limit: number
  noise: string | null
}

/**
 * The size of the mean relative error over the rounds, each fitted by itself, with the 95 % interval (Student's t). It holds
 * where the whole interval is within the limit, fails where the whole is beyond, and is inconclusive otherwise.
 */
function errorCheck({ id, title, pairs, unit, limit, noise }: ErrorFields): Check {
  const errors = pairs.map(([predicted, measured]) => 100 * (measured / predicted - 1))
  if (!errors.every(Number.isFinite)) {
    return check({
      id,
      title,
      value: null,
      unit: '%',
      limit,
      direction: 'lower',
      ...(noise === null ? {} : { detail: noise }),
    })
  }
  const { mean, halfWidth } = meanInterval(errors)
  const [from, to] = [mean - halfWidth, mean + halfWidth]
  const high = Math.max(Math.abs(from), Math.abs(to))
  const low = from < 0 && to > 0 ? 0 : Math.min(Math.abs(from), Math.abs(to))
  const average = (index: 0 | 1) => (pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length).toFixed(2)
  const fields = check({
    id,
    title,
    value: Math.abs(mean),
    unit: '%',
    limit,
    direction: 'lower',
    interval: { low, high, level: 0.95 },
    samples: errors,
    detail: [
      `predicted ${average(0)}${unit}, measured ${average(1)}${unit}, ${pairs.length} rounds`,
      ...(noise === null ? [] : [noise]),
    ].join('; '),
  })
  const verdict: Verdict = high <= limit ? 'pass' : low > limit && noise === null ? 'fail' : 'inconclusive'
  return { ...fields, verdict: noise !== null && verdict === 'pass' ? 'inconclusive' : verdict }
}

/** Why these runs say nothing about the model; null: they do. */
function noiseOf(loads: readonly ObservedLoad[], { foreignLoad, cpuSteal }: Required<Objectives>): string | null {
  const faults = loads.flatMap((load) => load.faults)
  const [fault] = faults
  if (fault) return `${faults.reduce((sum, { count }) => sum + count, 0)} wrong or missing answers: ${fault.example}`
  if (loads.some(({ warm, cold }) => warm.length + cold.length === 0)) return 'a run was not answered at all'
  const dropped = loads.reduce((sum, load) => sum + load.dropped, 0)
  if (dropped > 0) return `k6 could not send ${dropped} requests in time`
  const most = (pick: (load: ObservedLoad) => number | null) => Math.max(...loads.map((load) => pick(load) ?? 0))
  const foreign = most((load) => load.foreign)
  if (foreign > foreignLoad) return `other programs used up to ${(100 * foreign).toFixed(0)} % of the CPU time`
  const steal = most((load) => load.steal)
  if (steal > cpuSteal) return `the hypervisor took up to ${(100 * steal).toFixed(0)} % of the CPU time`
  return null
}

/** What came of one held-back load in one round. */
export interface Comparison {
  predicted: Prediction
  busy: number
  p99Ms: number
  requests: number
  coldStarts: number
}
