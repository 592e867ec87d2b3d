/** Percentiles, from the intended start and by k6's clock, and which of them is judged. */
import { type Check, check } from '../../result/result.ts'
import type { Measurement } from '../measurement/measurement.ts'
import { blamed } from './lateness.ts'

/** Makes a check of a percentile; one with a limit says nothing on a busy machine. */
export function timeOf(measured: Measurement, noise: string | null) {
  return (id: string, title: string, name: string, percentile: number, most: number | null = null): Check => {
    const fields = check({
      id: `load.${id}`,
      title,
      value: measured.percentile(name, percentile),
      unit: 'ms',
      limit: most,
      direction: most === null ? 'none' : 'lower',
      detail:
        measured.timesRecorded(name) === 0
          ? 'no such request was answered after the warm-up: run longer, or another scenario'
          : `${measured.timesRecorded(name)} requests`,
    })
    return noise !== null && most !== null ? { ...fields, verdict: 'not-measured', detail: noise } : fields
  }
}

/** Whose times are judged, and what the function's own answers are called. */
interface Subject {
  kind: 'allowed' | 'answered'
  words: string
  denials: string
}

export const judgedByPolicy: Subject = { kind: 'allowed', words: 'allowed requests', denials: 'denials' }
export const withoutPolicy: Subject = { kind: 'answered', words: 'answers', denials: 'answers of the function' }

export function timeChecks(
  measured: Measurement,
  limit: number | null,
  noise: string | null,
  subject: Subject,
): Check[] {
  const time = timeOf(measured, noise)
  const intended = (name: string, title: string, kind: string, percentile: number, most: number | null = null) =>
    time(`intended.${name}`, `${title}, from the intended start`, `intended-${kind}`, percentile, most)
  const { kind, words } = subject
  return [
    intended(`${kind}.p50`, `time of ${words}, median`, kind, 50),
    intended(`${kind}.p95`, `time of ${words}, p95`, kind, 95),
    blamed(intended(`${kind}.p99`, `time of ${words}, p99`, kind, 99, limit), measured, limit),
    intended(`${kind}.p99.9`, `time of ${words}, p99.9`, kind, 99.9),
    intended(`${kind}.max`, `time of ${words}, longest`, kind, 100),
    intended('hit.p99', 'time of hits, p99', 'hit', 99),
    intended('refresh-hit.p99', 'time of refresh hits, p99', 'refresh-hit', 99),
    intended('miss.p99', 'time of misses, p99', 'miss', 99),
    intended('denial.p99', `time of ${subject.denials}, p99`, 'denial', 99),
    time(`${kind}.p50`, `time of ${words}, median, by k6's clock`, kind, 50),
    time(`${kind}.p99`, `time of ${words}, p99, by k6's clock`, kind, 99, limit),
    time('hit.p99', "time of hits, p99, by k6's clock", 'hit', 99),
    time('miss.p99', "time of misses, p99, by k6's clock", 'miss', 99),
    time('denial.p99', `time of ${subject.denials}, p99, by k6's clock`, 'denial', 99),
    time('connect.p99', 'connecting, p99', 'connect', 99),
    time('tls.p99', 'TLS handshake, p99', 'tls', 99),
    time('cold-start.p50', 'time of requests that started a sandbox, median', 'cold-start', 50),
    time('authorizer.p50', 'the function, median', 'authorizer', 50),
    time('authorizer.p99', 'the function, p99', 'authorizer', 99),
  ].filter(({ value, limit }) => value !== null || limit !== null)
}
