/** Counts a program's instructions per operation, suite by suite. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { countSegments, type Segment, valgrindVersion } from '../../bench/callgrind.ts'
import { median } from '../../statistics/median.ts'
import type { CountedReport, CountedTask } from '../measured/counted-task.ts'
import type { Deployment } from '../requests.ts'
import { countedSchedule, type Suite } from '../suites.ts'
import { requestsOf, type Workbench } from './workbench.ts'

/** Instructions per operation. */
export interface Count {
  /** Each late segment's, without collections and compilations; for a start suite one figure, with its compilation. */
  segments: number[]
  /** One operation's share of bare RSA verification, measured beside it; 0 where the suite does none or it cannot be told. */
  verification: number
  /** Parsing one event, which is no part of `segments`. */
  parsing: number
  /** Garbage collection per operation, averaged over the late segments: collections are rare and large. */
  collection: number
  /** Heap growth per operation, in bytes. */
  allocatedBytes: number
}

/** What counts. */
export interface Counter {
  /** Counts of one version are not held against another's; null where it is not installed. */
  version(): string | null
  countSuite(...parameters: Parameters<typeof countSuite>): ReturnType<typeof countSuite>
}

export const callgrind: Counter = { version: valgrindVersion, countSuite }

/** Segments of one round, as counted-requests.ts closes them: parsing, handling, reading the heap's size, verification, preparation. */
const roundLength = 5

/** The first rounds still compile what the rounds themselves brought. */
const lateRounds = 5

/** Counts one suite of a deployed program. Throws an Error whose message says what the handler did wrong. */
async function countSuite(
  bench: Workbench,
  deployed: Record<Deployment, string>,
  suite: Suite,
  signal: AbortSignal,
): Promise<Partial<Record<Suite, Count>>> {
  const requestSuite = suite === startRun ? bench.first : suite
  const { deployment, ...requests } = requestsOf(bench, requestSuite)
  const schedule = countedSchedule(requestSuite)
  const directory = mkdtempSync(join(bench.directory, 'count-'))
  const report = join(directory, 'report.json')
  const taskFile = join(directory, 'task.json')
  const { publicKey, token, exported } = bench
  const task: CountedTask = { handler: deployed[deployment], exported, ...requests, schedule, publicKey, token, report }
  writeFileSync(taskFile, JSON.stringify(task))
  const script = suite === startRun ? 'counted-start' : 'counted-requests'
  const segments = await countSegments(bench.scripts[script], taskFile, directory, signal)
  const reported = JSON.parse(readFileSync(report, 'utf8')) as CountedReport
  if (reported.error !== undefined) throw new Error(`${suite}: ${reported.error}`)
  if (suite === startRun) return startCounts(segments)
  return { [suite]: requestCount(segments, schedule.batch, schedule.rounds, reported) }
}

function startCounts(segments: readonly Segment[]): { init: Count; cold: Count } {
  const [, load, first] = segments
  if (!load || !first) throw new Error(`callgrind closed ${segments.length} segments, 3 or more were expected`)
  const count = (...parts: Segment[]): Count => ({
    segments: [parts.reduce((sum, part) => sum + part.instructions - part.collection, 0)],
    verification: 0,
    parsing: 0,
    collection: parts.reduce((sum, part) => sum + part.collection, 0),
    allocatedBytes: 0,
  })
  return { init: count(load), cold: count(load, first) }
}

function requestCount(segments: readonly Segment[], batch: number, rounds: number, report: CountedReport): Count {
  // One of start and warm-up comes first; the last round's preparation ends with the process.
  const expected = rounds * roundLength
  if (segments.length !== expected)
    throw new Error(`callgrind closed ${segments.length} segments, ${expected} were expected`)
  const late = Array.from({ length: lateRounds }, (_, index) => 1 + (rounds - lateRounds + index) * roundLength)
  const part = (offset: number) =>
    late.map((start) => segments[start + offset] ?? { instructions: 0, collection: 0, compilation: 0 })
  const net = (segment: Segment) => (segment.instructions - segment.collection - segment.compilation) / batch
  const handling = part(1)
  return {
    segments: handling.map(net),
    verification: report.verifications === 0 ? 0 : median(part(3).map(net)),
    parsing: median(part(0).map(net)),
    collection: handling.reduce((sum, segment) => sum + segment.collection, 0) / batch / lateRounds,
    allocatedBytes: report.allocatedBytes / batch,
  }
}

/** The process that counts a suite. */
export function runOf(suite: Suite): Suite {
  return suite === 'init' || suite === 'cold' ? startRun : suite
}

const startRun = 'start'
