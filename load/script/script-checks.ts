/** Judges a run of a user's script: k6's own times and checks, the edge's counts of hits. */
import type { Objectives } from '../../config/objectives-schema.ts'
import type { EdgeMetrics } from '../../edge/log/counters.ts'
import { type Check, check } from '../../result/result.ts'
import { droppedIterations, errorRatio } from '../checks/answer-checks.ts'
import { edgeChecks } from '../checks/edge-checks.ts'
import { endChecks, interruptedChecks } from '../checks/end-checks.ts'
import { hitChecks } from '../checks/hit-checks.ts'
import { lateness } from '../checks/lateness.ts'
import { machineChecks, noiseReason } from '../checks/machine-checks.ts'
import { timeOf } from '../checks/time-checks.ts'
import type { LoadRun } from '../load-run.ts'
import type { Measurement } from '../measurement/measurement.ts'
import type { ScriptPlan } from './inspect-script.ts'
import type { ScriptCounts } from './script-recorder.ts'

export interface JudgedScript {
  run: LoadRun
  counts: ScriptCounts
  plan: ScriptPlan
  edge: EdgeMetrics
  objectives: Required<Objectives>
}

export function scriptChecks({ run, counts, plan, edge, objectives }: JudgedScript): Check[] {
  const { measured, machine } = run
  const noise = noiseReason(machine, objectives)
  const checks = [
    errorRatio(measured, objectives.errorRatio, counts.requests),
    droppedIterations(measured, noise),
    sameCount(counts),
    ...(measured.counts.hits + measured.counts.misses === 0 ? [] : hitChecks(measured, null)),
    ...latenessOf(measured, plan, objectives.p99Ms, noise),
    ...times(measured, objectives.p99Ms, noise),
    ...edgeChecks(edge),
    ...machineChecks(machine, objectives),
  ]
  return [
    ...endChecks(run, counts.requests),
    ...ownChecks(counts),
    ...(run.interrupted ? interruptedChecks(checks) : checks),
  ]
}

/** The script's own expectations. k6 goes on where one does not hold; here it is a wrong answer. */
function ownChecks({ checks, failedChecks }: ScriptCounts): Check[] {
  if (checks === 0) return []
  const failed = [...failedChecks].map(([name, count]) => `${count}x ${name}`)
  return [
    check({
      id: 'load.script.checks',
      title: "the script's own checks that did not hold",
      value: [...failedChecks.values()].reduce((sum, count) => sum + count, 0),
      unit: 'count',
      limit: 0,
      direction: 'lower',
      detail: failed.length > 0 ? `${failed.join('; ')}, of ${checks}` : `${checks} held`,
    }),
  ]
}

function sameCount({ requests, elsewhere, answered }: ScriptCounts): Check {
  return check({
    id: 'load.script.requests',
    title: "k6's requests less those that the edge answered",
    value: Math.abs(requests - answered),
    unit: 'count',
    limit: 0,
    direction: 'lower',
    detail: `k6 sent ${requests} to the edge${elsewhere > 0 ? `, and ${elsewhere} elsewhere, which count in nothing here` : ''}; the edge answered ${answered}`,
  })
}

function latenessOf(measured: Measurement, { scenarios }: ScriptPlan, p99Ms: number, noise: string | null): Check[] {
  const closed = [...scenarios].filter(([, arrival]) => arrival === null).map(([name]) => name)
  if (closed.length === 0) return lateness(measured, p99Ms, noise, 'iterations')
  const detail = `${closed.join(', ')}: without an arrival rate k6 waits for an answer before it asks again, so a slow target gets fewer requests and its times look better than a viewer's; use constant-arrival-rate or ramping-arrival-rate`
  const unknown = check({
    id: 'load.late',
    title: 'how late k6 began iterations',
    value: null,
    unit: 'ms',
    limit: null,
    direction: 'none',
    detail,
  })
  return [unknown, ...lateness(measured, p99Ms, noise, 'iterations')]
}

function times(measured: Measurement, limit: number, noise: string | null): Check[] {
  const time = timeOf(measured, noise)
  return [
    time('iteration.p50', 'time of iterations, median', 'iteration', 50),
    time('iteration.p99', 'time of iterations, p99', 'iteration', 99),
    time('intended.iteration.p50', 'time of iterations, median, from the intended start', 'intended-iteration', 50),
    time('intended.iteration.p99', 'time of iterations, p99, from the intended start', 'intended-iteration', 99),
    time('request.p50', "time of requests, median, by k6's clock", 'request', 50),
    time('request.p95', "time of requests, p95, by k6's clock", 'request', 95),
    time('request.p99', "time of requests, p99, by k6's clock", 'request', 99, limit),
    time('request.p99.9', "time of requests, p99.9, by k6's clock", 'request', 99.9),
    time('request.max', "time of requests, longest, by k6's clock", 'request', 100),
    time('hit.p99', "time of hits, p99, by the edge's clock", 'hit', 99),
    time('miss.p99', "time of misses, p99, by the edge's clock", 'miss', 99),
    time('denial.p99', "time of the function's answers, p99, by the edge's clock", 'denial', 99),
    time('connect.p99', 'connecting, p99', 'connect', 99),
    time('tls.p99', 'TLS handshake, p99', 'tls', 99),
    time('authorizer.p99', 'the function, p99', 'authorizer', 99),
  ].filter(({ value, limit: judged }) => value !== null || judged !== null)
}
