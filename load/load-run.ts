/** One run of k6 on a plan, from the first request to the last, with what both sides saw. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Policy } from '../authorizer/policy.ts'
import type { Progress } from '../command/progress.ts'
import type { Edge } from '../edge/edge.ts'
import type { Credential, CredentialSource } from '../testing/population/credentials.ts'
import type { Population } from '../testing/population/population.ts'
import { k6Options, peakRate, runDescription } from './k6/k6-options.ts'
import { type K6End, runK6, writePlan } from './k6/run-k6.ts'
import { k6EventReader, type Sample } from './k6/sample.ts'
import type { MachineShare } from './measurement/foreign-load.ts'
import type { JoinCounts } from './measurement/id-join.ts'
import { liveLines } from './measurement/live-lines.ts'
import type { Measurement } from './measurement/measurement.ts'
import type { MemorySamples } from './measurement/memory.ts'
import { RunRecorder } from './measurement/run-recorder.ts'
import { watchRun } from './measurement/run-watch.ts'
import type { TimeSeriesDocument } from './measurement/time-series.ts'
import { timelineOf } from './population/key-windows.ts'
import { preflightHeaders } from './population/request-classes.ts'
import { makePlan } from './population/request-plan.ts'
import { eventsOf, RunSchedule } from './scenarios/run-schedule.ts'
import { type EdgeAction, lengthOf, type Scenario, warmUpOf } from './scenarios/scenario.ts'
import { orNoSpace } from './temporary-space.ts'

export interface LoadTarget {
  url: string
  /** k6 takes its certificate as it is. Default false. */
  selfSigned?: boolean
  policy: Policy
  population: Population
  credentials: CredentialSource
  /** The local edge, whose own log is joined; absent for a real target. */
  edge?: Edge
  act?(action: EdgeAction): Promise<void>
  /** Serves newer tokens while k6 runs: the address that the script asks, given what the plan holds. */
  renewal?(credentials: readonly Credential[]): Promise<{ url: string; everySeconds: number; close(): void }>
}

export interface LoadRunOptions {
  k6: string
  target: LoadTarget
  scenario: Scenario
  rate: number
  seconds: number
  segments: number
  seed: number
  progress: Progress
  signal: AbortSignal
  /** Outputs of k6's beside the one that is read, as its `--out` takes them. Default none. */
  outputs?: readonly string[]
  /** Says each second how it goes. Default false. */
  live?: boolean
  /** Told of each sample, the warm-up's too. */
  onSample?: (sample: Sample) => void
}

export interface LoadRun {
  /** All segments merged. */
  measured: Measurement
  /** Null for a real target. */
  join: JoinCounts | null
  series: TimeSeriesDocument
  machine: MachineShare
  memory: MemorySamples
  ends: K6End[]
  /** Seconds from the first answer to the last. */
  seconds: number
  interrupted: boolean
}

export async function loadRun(options: LoadRunOptions): Promise<LoadRun> {
  const { scenario, target, rate, seconds, signal } = options
  const directory = await mkdtemp(join(tmpdir(), 'edgeproof-plan-'))
  try {
    const timeline = timelineOf(scenario, seconds, target.policy)
    const plan = await makePlan({ ...options, ...target, timeline, rate: peakRate(scenario, rate) })
    const resolveEachTime = target.edge === undefined
    const renewal = await target.renewal?.(plan.credentials)
    try {
      const settings = {
        target: target.url,
        preflight: preflightHeaders(target.policy),
        renewal: renewal ? { url: renewal.url, everySeconds: renewal.everySeconds } : null,
        ...runDescription({ scenario, rate, seconds }),
      }
      writePlan(
        directory,
        plan,
        settings,
        k6Options({ scenario, rate, seconds, resolveEachTime, selfSigned: target.selfSigned ?? false }),
      )
      signal.throwIfAborted()
      return await send(options, directory)
    } finally {
      renewal?.close()
    }
  } catch (error) {
    throw orNoSpace(error)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function send(options: LoadRunOptions, planDirectory: string): Promise<LoadRun> {
  const { scenario, target, seconds, segments, progress, signal } = options
  const length = lengthOf(scenario, seconds)
  const schedule = new RunSchedule(eventsOf(scenario, seconds), target.act ?? (async () => {}), progress.log)
  const live = options.live ? liveLines(progress.log) : null
  const recorder = new RunRecorder({
    ...options,
    onSample: (sample) => {
      live?.add(sample)
      options.onSample?.(sample)
    },
    withEdge: target.edge !== undefined,
    seconds: length,
    warmUpSeconds: warmUpOf(scenario, seconds),
    onBegin: () => schedule.begin(),
  })
  const unsubscribe = target.edge?.log.subscribe((record) => recorder.addEdge(record))
  const run = runK6({
    binary: options.k6,
    environment: { EDGEPROOF_PLAN: planDirectory },
    flags: ['--no-thresholds'],
    outputs: options.outputs ?? [],
    segments,
    signal,
    reader: (segment) => k6EventReader((event) => recorder.addK6(event, segment), segments),
  })
  const watch = watchRun({
    processIds: run.processIds,
    ...(target.edge && { edge: target.edge }),
    seconds: length,
    series: recorder.series,
    onInterval: () => progress.step(`load: ${scenario.name}`, Math.min(length, Math.round(recorder.elapsed)), length),
  })
  try {
    const ends = await run.ended
    return {
      measured: recorder.measured,
      join: recorder.join,
      series: recorder.series.toDocument(),
      ...watch.seen(),
      ends,
      seconds: recorder.elapsed,
      interrupted: signal.aborted,
    }
  } finally {
    live?.end()
    watch.end()
    schedule.end()
    unsubscribe?.()
    progress.clear()
  }
}

/** What of a run goes into a result document for those who draw it; its size does not depend on the run's length. */
export function runData({
  measured,
  join,
  series,
  machine,
}: Pick<LoadRun, 'measured' | 'join' | 'series' | 'machine'>) {
  return { measured: measured.toDocument(), join, series, machine }
}
