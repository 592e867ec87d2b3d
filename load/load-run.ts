/** One run of k6 on a plan, from the first request to the last, with what both sides saw. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Policy } from '../authorizer/policy.ts'
import type { Progress } from '../reports/progress.ts'
import type { Credential, CredentialSource } from './credentials.ts'
import type { Edge, RequestRecord } from './edge/edge.ts'
import { type MachineShare, watchMachine } from './foreign-load.ts'
import { IdJoin, type JoinCounts, type Seen } from './id-join.ts'
import { k6Options, peakRate } from './k6-options.ts'
import { Measurement, merged } from './measurement.ts'
import { type MemorySamples, watchMemory } from './memory.ts'
import { makePlan } from './plan.ts'
import type { Population } from './population.ts'
import { type K6End, runK6, writePlan } from './run-k6.ts'
import { RunSchedule } from './run-schedule.ts'
import type { K6Event, Sample } from './sample.ts'
import type { EdgeAction, Scenario } from './scenario.ts'
import { orNoSpace } from './temporary-space.ts'
import { timelineOf } from './timeline.ts'

export interface LoadTarget {
  url: string
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
  /** Told of each sample, the warm-up's too. */
  onSample?: (sample: Sample) => void
}

export interface LoadRun {
  /** All segments merged. */
  measured: Measurement
  /** Null for a real target. */
  join: JoinCounts | null
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
    const timeline = timelineOf(scenario, seconds)
    const plan = await makePlan({ ...options, ...target, timeline, rate: peakRate(scenario, rate) })
    const resolveEachTime = target.edge === undefined
    const renewal = await target.renewal?.(plan.credentials)
    try {
      const settings = {
        target: target.url,
        renewal: renewal ? { url: renewal.url, everySeconds: renewal.everySeconds } : null,
      }
      writePlan(directory, plan, settings, k6Options({ scenario, rate, seconds, resolveEachTime }))
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
  const parts = Array.from({ length: segments }, () => new Measurement())
  const functions = new Measurement()
  const answers = { first: Number.POSITIVE_INFINITY, last: 0 }
  const schedule = new RunSchedule(scenario.events, seconds, target.act ?? (async () => {}), progress.log)
  const join = target.edge
    ? new IdJoin<MeasuredSample, EdgeRecord>((...pair) => addFunctionTimes(functions, ...pair))
    : null
  const unsubscribe = target.edge?.log.subscribe((record) => join?.addEdge(edgeRecord(record)))

  const onEvent = (event: K6Event, segment: number) => {
    const part = parts[segment]
    if (!part) return
    if (event.kind === 'dropped') {
      part.dropped += event.count
      return
    }
    const { sample } = event
    if (answers.last === 0) schedule.begin()
    answers.first = Math.min(answers.first, sample.at)
    answers.last = Math.max(answers.last, sample.at)
    const warmUp = sample.at - answers.first < scenario.warmUp * seconds * 1000
    part.add(sample, warmUp)
    options.onSample?.(sample)
    join?.addK6({ ...sample, warmUp })
  }
  const elapsed = () => (answers.last === 0 ? 0 : (answers.last - answers.first) / 1000)

  const run = runK6({ binary: options.k6, planDirectory, segments, signal, onEvent })
  const machine = watchMachine(run.processIds)
  const memory = watchMemory(run.processIds)
  const ticker = setInterval(() => {
    machine.sample()
    memory.sample()
    progress.step(`load: ${scenario.name}`, Math.min(seconds, Math.round(elapsed())), seconds)
  }, 500)
  try {
    const ends = await run.ended
    const measured = merged([...parts, functions])
    return {
      measured,
      join: join?.counts() ?? null,
      machine: machine.share(),
      memory: memory.samples(),
      ends,
      seconds: elapsed(),
      interrupted: signal.aborted,
    }
  } finally {
    clearInterval(ticker)
    schedule.end()
    unsubscribe?.()
    progress.clear()
  }
}

type MeasuredSample = Sample & { warmUp: boolean }
type EdgeRecord = Seen & { functionMs: number | null; coldStart: boolean; xCache: string }

function edgeRecord({ id, xCache, status, functionMs, coldStart }: RequestRecord): EdgeRecord {
  return { id, cache: xCache.split(' ', 1)[0] ?? '', xCache, status, functionMs, coldStart }
}

/** What only the edge's log tells: how long the authorizer took, and for whom its sandbox had to be started. */
function addFunctionTimes(functions: Measurement, { warmUp, durationMs }: MeasuredSample, edge: EdgeRecord): void {
  // Most cold starts are in the warm-up, and they are the same ones later.
  if (edge.coldStart) functions.recordTime('cold-start', durationMs)
  else if (!warmUp && edge.functionMs !== null) functions.recordTime('authorizer', edge.functionMs)
}
