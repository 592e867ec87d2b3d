/** A scenario's arrival rate as k6's options (https://grafana.com/docs/k6/latest/using-k6/k6-options/reference/). */
import type { Scenario } from '../scenarios/scenario.ts'
import { type ArrivalExecutor, milliseconds } from './arrival-times.ts'
import type { RunDescription } from './run-description.ts'

export interface ArrivalOptions {
  scenario: Scenario
  /** Requests per second at a relative rate of 1. */
  rate: number
  seconds: number
  /** Names are looked up before each request, and one of several addresses is taken at random: CloudFront moves. */
  resolveEachTime: boolean
  /** The target's certificate is taken as it is. */
  selfSigned: boolean
}

export function k6Options({ scenario, rate, seconds, resolveEachTime, selfSigned }: ArrivalOptions): object {
  return {
    scenarios: {
      [scenario.name.replaceAll('-', '_')]: {
        ...arrival(scenario, rate, seconds),
        ...virtualUsers(rate),
        gracefulStop: '10s',
      },
    },
    // No tag of k6's own: each combination of tags is kept in memory for the whole run.
    systemTags: [],
    ...(selfSigned ? { insecureSkipTLSVerify: true } : {}),
    ...(resolveEachTime ? { dns: { ttl: '0', select: 'random' } } : {}),
  }
}

/** The same, for those who read what k6 wrote. */
export function runDescription({ scenario, rate, seconds }: Pick<ArrivalOptions, 'scenario' | 'rate' | 'seconds'>): {
  about: RunDescription
  lengthMs: number
} {
  const executor = arrival(scenario, rate, seconds)
  const durations =
    executor.executor === 'constant-arrival-rate' ? [`${seconds}s`] : executor.stages.map(({ duration }) => duration)
  return {
    about: { scenario: scenario.name, seconds, arrival: executor },
    lengthMs: durations.reduce((sum, duration) => sum + milliseconds(duration), 0),
  }
}

function arrival(scenario: Scenario, rate: number, seconds: number): ArrivalExecutor & { duration?: string } {
  const { rampSeconds = 0 } = scenario
  if (scenario.arrival === 'constant' && rampSeconds > 0) {
    const target = Math.round(rate * 60)
    const stages = [rampSeconds, seconds].map((length) => ({ duration: `${length}s`, target }))
    return { executor: 'ramping-arrival-rate', startRate: 0, timeUnit: '60s', stages }
  }
  if (scenario.arrival === 'constant') {
    return { executor: 'constant-arrival-rate', duration: `${seconds}s`, ...wholeRate(rate) }
  }
  return {
    executor: 'ramping-arrival-rate',
    startRate: 0,
    timeUnit: '1s',
    stages: scenario.arrival.map(({ share, to }) => ({
      duration: `${Math.round(share * seconds * 1000)}ms`,
      target: Math.round(to * rate),
    })),
  }
}

/** k6 takes whole numbers: 0.5 per second is one in two seconds. */
function wholeRate(rate: number): { rate: number; timeUnit: string } {
  return Number.isInteger(rate) ? { rate, timeUnit: '1s' } : { rate: 1, timeUnit: `${Math.round(1000 / rate)}ms` }
}

/**
 * Enough for answers that take half a second at this rate, made before the start: one that k6 makes in the
 * middle of a run costs time there, and an iteration without one is dropped, which invalidates the run.
 */
function virtualUsers(rate: number): object {
  const count = Math.min(1000, Math.max(20, Math.ceil(rate / 2)))
  return { preAllocatedVUs: count, maxVUs: count }
}

/** The rate that the planned sequence has to last for. */
export function peakRate(scenario: Scenario, rate: number): number {
  return scenario.arrival === 'constant' ? rate : rate * Math.max(...scenario.arrival.map(({ to }) => to))
}
