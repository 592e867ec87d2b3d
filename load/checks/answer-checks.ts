/** Whether what came back was right, and whether all came back and all was sent. */
import { type Check, check } from '../../result/result.ts'
import type { Measurement } from '../measurement/measurement.ts'
import { detailOf, percent } from './share.ts'

/** Faults of availability; every other kind is a wrong answer. */
const availability = ['error', 'unanswered']

export function wrongAnswers(measured: Measurement): Check {
  const wrong = [...measured.faults.values()].filter(({ kind }) => !availability.includes(kind))
  return check({
    id: 'load.wrong-answers',
    title: 'wrong answers',
    value: wrong.reduce((sum, { count }) => sum + count, 0),
    unit: 'count',
    limit: 0,
    direction: 'lower',
    ...detailOf(wrong.map((fault) => `${fault.count}x ${fault.class}: ${fault.example}`).join('; ')),
  })
}

export function errorRatio(measured: Measurement, limit: number | null, requests?: number): Check {
  const errors = [...measured.faults.values()].filter(({ kind }) => availability.includes(kind))
  const all = requests ?? measured.counts.requests + measured.warmUpRequests
  const count = errors.reduce((sum, fault) => sum + fault.count, 0)
  return check({
    id: 'load.error-ratio',
    title: 'requests without an answer of their own (5xx, broken connections)',
    value: percent(all === 0 ? null : count / all),
    unit: '%',
    limit: percent(limit),
    direction: limit === null ? 'none' : 'lower',
    ...detailOf(errors.map((fault) => `${fault.count}x ${fault.class}: ${fault.example}`).join('; ')),
  })
}

/** A dropped iteration is a request that a viewer would have sent and k6 did not: the times are then too good. */
export function droppedIterations(measured: Measurement, noise: string | null): Check {
  const fields = {
    id: 'load.dropped',
    title: 'requests that k6 could not send in time',
    unit: 'count',
    limit: 0,
    direction: 'lower',
  } as const
  if (measured.dropped === 0) return check({ ...fields, value: 0 })
  const detail = 'the run is invalid: the machine could not keep the arrival rate; lower it, or use a larger machine'
  const why = noise === null ? detail : `${detail}; ${noise}`
  return { ...fields, value: measured.dropped, verdict: 'inconclusive', detail: why }
}
