/** Judges a run: which figures count, what they must meet, and when they say nothing. */
import type { Objectives } from '../config/objectives-schema.ts'
import type { EdgeMetrics } from '../edge/log/counters.ts'
import { type Check, check } from '../result/result.ts'
import { growth } from '../statistics/growth.ts'
import type { LoadRun } from './load-run.ts'
import type { MachineShare } from './measurement/foreign-load.ts'
import type { JoinCounts } from './measurement/id-join.ts'
import { byteHitRatio, hitRatio, type Measurement } from './measurement/measurement.ts'
import { judgedFrom } from './measurement/memory.ts'
import type { Scenario } from './scenarios/scenario.ts'

export interface Judged {
  run: LoadRun
  scenario: Scenario
  objectives: Required<Objectives>
  /** Of the local edge, over the run. */
  edge?: EdgeMetrics
  /** The planned length in seconds. */
  seconds: number
}

/** Faults of availability; every other kind is a wrong answer. */
const availability = ['error', 'unanswered']

export function loadChecks({ run, scenario, objectives, edge, seconds }: Judged): Check[] {
  const { measured, machine } = run
  const target = { ...objectives, ...scenario.objectives }
  const noise = noiseReason(machine, objectives)
  const unjudged = scenario.mix.unjudged !== undefined
  const checks = [
    errorRatio(measured, target.errorRatio),
    droppedIterations(measured, noise),
    ...(run.join ? joinChecks(run.join) : []),
    ...(unjudged && hitRatio(measured.counts) === null ? [] : hitChecks(measured, target.hitRatio)),
    ...lateness(measured, objectives.p99Ms, noise),
    ...timeChecks(measured, target.p99Ms, noise, unjudged ? withoutPolicy : judgedByPolicy),
    ...(edge ? edgeChecks(edge) : []),
    ...machineChecks(machine, objectives),
    ...(seconds >= judgedFrom ? memoryChecks(run, noise) : []),
  ]
  // A wrong answer is one however the run ended; for everything else a part of a run is not the run.
  const wrong = unjudged ? [] : [wrongAnswers(measured)]
  return [...endChecks(run), ...wrong, ...(run.interrupted ? interruptedChecks(checks) : checks)]
}

/** What an interrupted run falls short of says nothing. */
export function interruptedChecks(checks: readonly Check[]): Check[] {
  const detail = 'the run was interrupted before its end: run it again'
  return checks.map((each) => (each.verdict === 'fail' ? { ...each, verdict: 'inconclusive', detail } : each))
}

/** Why times say nothing; null where they do. */
export function noiseReason({ foreign, steal }: MachineShare, limits: Required<Objectives>): string | null {
  const percentText = (each: number) => `${Math.round(each * 100)} %`
  if (foreign !== null && foreign > limits.foreignLoad)
    return `other programs used ${percentText(foreign)} of the CPU time: end them and run again, or raise objectives.foreignLoad (${limits.foreignLoad})`
  if (steal !== null && steal > limits.cpuSteal)
    return `the hypervisor took ${percentText(steal)} of the CPU time: run again on a quieter host, or raise objectives.cpuSteal (${limits.cpuSteal})`
  return null
}

export function endChecks({ ends, interrupted, measured }: LoadRun, requests = measured.counts.requests): Check[] {
  const bad = ends.find(({ code }) => code !== 0)
  if (interrupted) return [ended('the run was interrupted; what was measured until then is kept', 'inconclusive')]
  if (bad) {
    const how = bad.signal ? `was ended by ${bad.signal}` : `ended with code ${bad.code}`
    return [
      ended(`k6 ${how}; what was measured until then is kept. ${bad.said.split('\n').at(-1) ?? ''}`.trim(), 'fail'),
    ]
  }
  if (requests === 0)
    return [
      ended('no request was answered after the warm-up: is the target up, and the run long enough?', 'not-measured'),
    ]
  return []
}

function ended(detail: string, verdict: Check['verdict']): Check {
  return {
    id: 'load.end',
    title: 'the run came to its end',
    value: null,
    unit: '',
    limit: null,
    direction: 'none',
    verdict,
    detail,
  }
}

function wrongAnswers(measured: Measurement): Check {
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

/** Of the objective for p99: what k6 may be late itself, or the times say more about k6 than about the edge. */
const mostLate = 0.25

/**
 * How late k6 itself began the requests: what stands between its own times and those from the intended start. A run whose
 * requests were late was not the load that was asked for.
 */
export function lateness(measured: Measurement, p99Ms: number, noise: string | null, what = 'requests'): Check[] {
  if (measured.timesRecorded('late') === 0) return []
  const late = (percentile: number) => measured.percentile('late', percentile)
  const judged = check({
    id: 'load.late.p99',
    title: `how late k6 began ${what}, p99`,
    value: late(99),
    unit: 'ms',
    limit: p99Ms * mostLate,
    direction: 'lower',
    detail: `median ${text(late(50))}, at most ${text(late(100))}`,
  })
  if (judged.verdict === 'pass') return [judged]
  const why = noise ?? 'k6 was held up, or this machine is too small for the rate: lower it, or use a larger one'
  return [{ ...judged, verdict: 'inconclusive', detail: `${judged.detail}; ${why}` }]
}

function text(milliseconds: number | null): string {
  return `${(milliseconds ?? 0).toFixed(1)} ms`
}

function joinChecks(join: JoinCounts): Check[] {
  return [
    check({
      id: 'load.join.hits',
      title: "k6's hits less the edge's own, joined by request id",
      value: Math.abs(join.k6Hits - join.edgeHits) + join.disagreements,
      unit: 'count',
      limit: 0,
      direction: 'lower',
      detail: join.example ?? `${join.joined} requests joined, ${join.k6Hits} hits on both sides`,
    }),
    oneSided(join),
  ]
}

/**
 * A viewer that gave up leaves a record of the edge's alone, and a request without an answer, which `load.error-ratio` counts.
 * An answer that the edge did not log is nobody's; a record that no request of k6's stands against is of one that k6 left off.
 */
function oneSided({ onlyK6, onlyEdge, withoutId }: JoinCounts): Check {
  const left = Math.max(0, onlyEdge - withoutId)
  const judged = check({
    id: 'load.join.one-sided',
    title: 'requests that only one side knows, less those that were given up',
    value: onlyK6 + left,
    unit: 'count',
    limit: 0,
    direction: 'lower',
    detail: `only k6 ${onlyK6}, only the edge ${onlyEdge}, without an id ${withoutId}`,
  })
  if (onlyK6 > 0 || left === 0) return judged
  const detail = `${judged.detail}: k6 ended before their answers; hits are compared without them. Run longer, or at a lower rate`
  return { ...judged, verdict: 'inconclusive', detail }
}

export function hitChecks({ counts }: Measurement, limit: number | null): Check[] {
  const { hits, misses, refreshHits } = counts
  return [
    share('load.hit-ratio', 'cache hits, of cacheable requests', hitRatio(counts), limit),
    share('load.byte-hit-ratio', 'cache hits, of cacheable bytes', byteHitRatio(counts), null),
    share(
      'load.refresh-hits',
      'hits that the origin confirmed (RefreshHit)',
      hits + misses === 0 ? null : refreshHits / (hits + misses),
      null,
    ),
  ]
}

/** Shares are for people here: 0.95 becomes 95. */
function percent(share: number | null): number | null {
  return share === null ? null : share * 100
}

function share(id: string, title: string, value: number | null, limit: number | null): Check {
  const direction = limit === null ? 'none' : 'higher'
  const why = 'no answer with bytes was let through after the warm-up: run longer, or a scenario with valid requests'
  return check({
    id,
    title,
    value: percent(value),
    unit: '%',
    limit: percent(limit),
    direction,
    ...detailOf(value === null ? why : ''),
  })
}

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

const judgedByPolicy: Subject = { kind: 'allowed', words: 'allowed requests', denials: 'denials' }
const withoutPolicy: Subject = { kind: 'answered', words: 'answers', denials: 'answers of the function' }

function timeChecks(measured: Measurement, limit: number | null, noise: string | null, subject: Subject): Check[] {
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

/** Where k6's own times meet the objective and those from the intended start do not, it may be k6 that was late. */
function blamed(judged: Check, measured: Measurement, limit: number | null): Check {
  const late = measured.percentile('late', 99)
  if (judged.verdict !== 'fail' || limit === null || late === null || late <= limit * mostLate) return judged
  const detail = `k6 began its requests up to ${text(late)} late (p99): the edge may be fast and k6 slow, or both slow`
  return { ...judged, verdict: 'inconclusive', detail }
}

export function edgeChecks({ sandboxes, issuer }: EdgeMetrics): Check[] {
  const count = (id: string, title: string, value: number) =>
    check({ id: `load.${id}`, title, value, unit: 'count', limit: null, direction: 'none' })
  return [
    count('sandboxes', 'sandboxes started', sandboxes.started),
    count('throttles', 'requests refused for want of a sandbox', sandboxes.throttles),
    count('jwks-fetches', 'JWKS fetches', issuer.fetches),
    ...(sandboxes.refusedConnections > 0
      ? [
          count(
            'refused-connections',
            "connections refused to the function: only the issuer's keys are there",
            sandboxes.refusedConnections,
          ),
        ]
      : []),
  ]
}

export function machineChecks({ foreign, steal }: MachineShare, limits: Required<Objectives>): Check[] {
  const used = (id: string, title: string, value: number | null, limit: number): Check => ({
    ...share(`load.${id}`, title, value, null),
    detail: `times count up to ${limit * 100} %`,
  })
  return [
    used('foreign-load', 'CPU time used by other programs', foreign, limits.foreignLoad),
    used('cpu-steal', 'CPU time taken by the hypervisor', steal, limits.cpuSteal),
  ].filter(({ value }) => value !== null)
}

/** In %, over the last three quarters of a run: more is a leak until shown otherwise. */
const mostGrowth = 3

function memoryChecks({ memory }: LoadRun, noise: string | null): Check[] {
  const grown = (id: string, title: string, samples: readonly number[]): Check => {
    const found = growth(samples)
    const { low = 0, high = 0 } = found ?? {}
    const judged = check({
      id: `load.memory.${id}`,
      title,
      value: percent(found?.growth ?? null),
      unit: '%',
      limit: mostGrowth,
      direction: 'lower',
      ...(found && { interval: { low: low * 100, high: high * 100, level: 0.95 } }),
      ...detailOf(found === null ? 'too few readings, or a system without /proc: run longer, on Linux' : (noise ?? '')),
    })
    const straddles = found !== null && low * 100 <= mostGrowth && high * 100 > mostGrowth
    return straddles
      ? { ...judged, verdict: 'inconclusive', detail: 'the interval holds the limit: run longer' }
      : judged
  }
  return [
    grown(
      'edge',
      'growth of what the edge holds after a collection, over the last three quarters of the run',
      memory.held,
    ),
    grown('k6', 'growth of the memory of k6, over the last three quarters of the run', memory.k6),
  ]
}

function detailOf(detail: string): { detail?: string } {
  return detail === '' ? {} : { detail }
}
