/**
 * When k6 means to begin each iteration of an arrival-rate executor: what its schedulers work out
 * (lib/executor/constant_arrival_rate.go and ramping_arrival_rate.go of k6 1.8.1), from the same options.
 */

export type ArrivalExecutor =
  | { executor: 'constant-arrival-rate'; rate: number; timeUnit?: string }
  | {
      executor: 'ramping-arrival-rate'
      startRate?: number
      timeUnit?: string
      stages: readonly { duration: string; target: number }[]
    }

/** Milliseconds from the executor's start to the intended one of the iteration with that `iterationInTest`. */
export type ArrivalTimes = (iteration: number) => number

export function arrivalTimes(options: ArrivalExecutor): ArrivalTimes {
  const unit = milliseconds(options.timeUnit ?? '1s')
  if (options.executor === 'constant-arrival-rate') {
    const period = unit / options.rate
    return (iteration) => iteration * period
  }
  const stages = climbs(options.stages, (options.startRate ?? 0) / unit, unit)
  return (iteration) => {
    // The first iteration begins when one whole request is due, and not at the start.
    const due = iteration + 1
    const stage = stages.find(({ before, requests }) => due <= before + requests) ?? stages.at(-1)
    return stage ? stage.start + timeWithin(stage, due - stage.before) : 0
  }
}

/** A straight line of the rate, in requests per millisecond. */
interface Climb {
  start: number
  length: number
  from: number
  to: number
  /** Requests due before it, and in it. */
  before: number
  requests: number
}

function climbs(stages: readonly { duration: string; target: number }[], startRate: number, unit: number): Climb[] {
  const found: Climb[] = []
  let start = 0
  let from = startRate
  let before = 0
  for (const { duration, target } of stages) {
    const length = milliseconds(duration)
    const to = target / unit
    const requests = (length * (from + to)) / 2
    found.push({ start, length, from, to, before, requests })
    start += length
    before += requests
    from = to
  }
  return found
}

/** When the area under the line reaches so many requests. */
function timeWithin({ from, to, length }: Climb, requests: number): number {
  if (from === to) return requests / to
  const slope = (to - from) / length
  return (Math.sqrt(Math.max(0, from * from + 2 * slope * requests)) - from) / slope
}

const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 1e-3, ns: 1e-6 }

/** Go's durations, such as `1m30s`; a bare number is milliseconds, as k6 has it. */
export function milliseconds(duration: string): number {
  if (/^\d+(\.\d+)?$/.test(duration)) return Number(duration)
  let sum = 0
  for (const [, count, unit] of duration.matchAll(/([\d.]+)(ms|us|ns|h|m|s)/g))
    sum += Number(count) * (units[unit ?? ''] ?? 0)
  return sum
}
