/** How long a request occupies a sandbox and how long a sandbox takes to start: from options, else from result files. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import * as z from 'zod'
import type { Result } from '../result/result.ts'
import { readResult } from '../result/result-file.ts'
import { mean } from '../statistics/mean-interval.ts'
import { normalQuantile } from '../statistics/normal-quantile.ts'
import { type Estimate, exactly, type Ranges } from './estimate.ts'

export interface Service {
  /** Mean, in milliseconds. */
  meanMs: number
  /** Mean of what is billed, each invocation rounded up to a whole millisecond. */
  billedMs: number
}

interface Measured<Value> {
  range: { value: Value; low: Value; high: Value }
  /** Where it comes from, in words. */
  source: string
}

export interface ServiceTimes {
  service: Measured<Service> | null
  /** Milliseconds. */
  init: Measured<number> | null
}

export interface GivenTimes {
  serviceMs?: number
  initMs?: number
}

/**
 * Options first; then load.json (the authorizer's own time within its sandbox, under load), then bench.json (warm requests,
 * with hot ones as the low end). INIT: bench.json's fresh processes, then the requests of load.json that started a sandbox,
 * which waited for more than INIT. Null: nothing was measured. The ends are those of the measurement times `slowdown`'s.
 *
 * @throws UsageError for a result file that cannot be read
 */
export function serviceTimes(out: string, given: GivenTimes, slowdown: Estimate): ServiceTimes {
  const load = resultIn(out, 'load')
  const bench = resultIn(out, 'bench')
  const histograms = loadData.safeParse(load?.data).data?.measured.histograms ?? {}
  const benched = benchData.safeParse(bench?.data).data
  return {
    service: slowed(
      givenService(given.serviceMs) ?? loadService(histograms.authorizer, load) ?? benchService(benched, bench),
      slowdown,
    ),
    init: slowedInit(
      givenInit(given.initMs) ?? benchInit(benched, bench) ?? loadInit(histograms['cold-start'], load),
      slowdown,
    ),
  }
}

const loadData = z.object({ measured: z.object({ histograms: z.record(z.string(), z.string()) }) })
const figure = z.object({ median: z.number(), low: z.number(), high: z.number() })
const benchData = z.object({
  cases: z
    .array(z.object({ id: z.string(), subjects: z.array(z.object({ id: z.string(), wall: figure })) }))
    .optional(),
  fresh: z
    .array(z.object({ suite: z.string(), subjects: z.array(z.object({ id: z.string(), wall: figure })) }))
    .optional(),
})
type BenchData = z.infer<typeof benchData>

/** A measurement before its slowdown: what the service times at one of the ends are, to be rounded up after it. */
interface Times {
  ends: Ranges<{ times: readonly number[] }>['times']
  source: string
}

function resultIn(out: string, command: string): Result | null {
  const file = join(out, `${command}.json`)
  return existsSync(file) ? readResult(file) : null
}

function givenService(milliseconds: number | undefined): Times | null {
  return milliseconds === undefined ? null : { ends: exactly([milliseconds]), source: '--service-ms' }
}

/** So many equally likely values stand for a histogram. */
const quantiles = 1000

function loadService(encoded: string | undefined, result: Result | null): Times | null {
  if (encoded === undefined || result === null) return null
  const histogram = decodeFromCompressedBase64(encoded)
  if (histogram.totalCount === 0) return null
  const times = Array.from({ length: quantiles }, (_, index) =>
    histogram.getValueAtPercentile(((index + 0.5) / quantiles) * 100),
  ).map((microseconds) => microseconds / 1000)
  // The 95 % interval of the mean; requests near each other in time are not quite independent, which it leaves out.
  const relative = (normalQuantile(0.975) * histogram.stdDeviation) / Math.sqrt(histogram.totalCount) / histogram.mean
  const scaled = (factor: number) => times.map((milliseconds) => milliseconds * factor)
  return {
    ends: { value: times, low: scaled(Math.max(0, 1 - relative)), high: scaled(1 + relative) },
    source: `load.json of ${dateOf(result)}: ${histogram.totalCount} requests, 95 % interval of the mean`,
  }
}

function benchService(data: BenchData | undefined, result: Result | null): Times | null {
  const wall = (id: string) =>
    data?.cases?.find((each) => each.id === id)?.subjects.find((subject) => subject.id === 'edgeproof')?.wall
  const warm = wall('warm')
  if (!warm || !result) return null
  const low = wall('hot')?.low ?? warm.low
  return {
    ends: { value: [warm.median / 1000], low: [low / 1000], high: [warm.high / 1000] },
    source: `bench.json of ${dateOf(result)}: a token never seen, as the low end one seen before`,
  }
}

function givenInit(milliseconds: number | undefined): Measured<number> | null {
  return milliseconds === undefined ? null : { range: exactly(milliseconds), source: '--init-ms' }
}

function benchInit(data: BenchData | undefined, result: Result | null): Measured<number> | null {
  const wall = data?.fresh?.find(({ suite }) => suite === 'init')?.subjects.find(({ id }) => id === 'edgeproof')?.wall
  if (!wall || !result) return null
  const { median, low, high } = wall
  return { range: { value: median, low, high }, source: `bench.json of ${dateOf(result)}: fresh processes` }
}

function loadInit(encoded: string | undefined, result: Result | null): Measured<number> | null {
  if (encoded === undefined || result === null) return null
  const histogram = decodeFromCompressedBase64(encoded)
  if (histogram.totalCount === 0) return null
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000
  return {
    range: { value: at(50), low: at(0), high: at(100) },
    source: `load.json of ${dateOf(result)}: least, median and most of ${histogram.totalCount} requests that started a sandbox, the wait for a free one included`,
  }
}

function dateOf({ startedAt }: Result): string {
  return startedAt.slice(0, 16).replace('T', ' ')
}

function slowed(times: Times | null, slowdown: Estimate): Measured<Service> | null {
  if (!times) return null
  const { ends, source } = times
  const at = (end: keyof Estimate) => serviceOf(ends[end].map((milliseconds) => milliseconds * slowdown[end]))
  return { range: { value: at('value'), low: at('low'), high: at('high') }, source }
}

function serviceOf(times: readonly number[]): Service {
  return { meanMs: mean(times), billedMs: mean(times.map(Math.ceil)) }
}

function slowedInit(init: Measured<number> | null, slowdown: Estimate): Measured<number> | null {
  if (!init) return null
  const { value, low, high } = init.range
  return {
    range: { value: value * slowdown.value, low: low * slowdown.low, high: high * slowdown.high },
    source: init.source,
  }
}
