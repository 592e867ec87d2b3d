/** What the gate measures, as data. */

/** The name of a suite: one of the gate's own, or a workload's. */
export type Suite = string

/** Judged by instructions only: a second load in the same process would find what the first one left. */
export const startSuites = ['init', 'cold'] as const

/** Those whose error rates `gate --calibrate` measures. */
export const calibratedSuites = ['warm', 'hot', 'deny', 'routes'] as const

/** Judged by instructions and by paired CPU time. */
export const requestSuites = [...calibratedSuites, 'warm-cookie', 'hot-cookie'] as const

export type CalibratedSuite = (typeof calibratedSuites)[number]

/** Of the requests that the gate has for our authorizer. */
export const benchmarkSuites: readonly Suite[] = [...startSuites, ...requestSuites]

export const suiteTitles: Readonly<Record<(typeof startSuites)[number] | (typeof requestSuites)[number], string>> = {
  init: 'module load in a fresh process',
  cold: 'module load and first request, keys baked in',
  warm: 'token never seen, keys known',
  hot: 'token seen before',
  deny: 'denials of eight kinds in turn, forged signatures among them',
  routes: 'token seen before, 1,000 routes',
  'warm-cookie': 'token never seen, one of five cookies',
  'hot-cookie': 'token seen before, one of five cookies',
}

/** How many events each request suite takes at a time, and for how long. */
export interface Schedule {
  /** Calls before anything is counted, so that the optimizing compiler is done. */
  warmUp: number
  /** Calls in one counted segment or timed batch. */
  batch: number
  /** Segments, or ABBA blocks. */
  rounds: number
}

/** Under callgrind: compilers run at fixed invocation counts (50 and 300), so that twice the latter settles them. */
const countedSchedules: Readonly<Record<Suite, Schedule>> = {
  warm: { warmUp: 640, batch: 24, rounds: 7 },
  hot: { warmUp: 700, batch: 64, rounds: 7 },
  deny: { warmUp: 2720, batch: 64, rounds: 7 },
  routes: { warmUp: 700, batch: 64, rounds: 7 },
  'warm-cookie': { warmUp: 640, batch: 24, rounds: 7 },
  'hot-cookie': { warmUp: 700, batch: 64, rounds: 7 },
}

/** In pairs, for each copy: a batch is half a millisecond of CPU time or more. */
const pairedSchedules: Readonly<Record<Suite, Schedule>> = {
  warm: { warmUp: 400, batch: 32, rounds: 8 },
  hot: { warmUp: 1500, batch: 256, rounds: 6 },
  deny: { warmUp: 1200, batch: 128, rounds: 6 },
  routes: { warmUp: 1500, batch: 256, rounds: 6 },
  'warm-cookie': { warmUp: 400, batch: 32, rounds: 8 },
  'hot-cookie': { warmUp: 1500, batch: 256, rounds: 6 },
}

/** A workload's suite is measured as `hot` is. */
export function countedSchedule(suite: Suite): Schedule {
  return countedSchedules[suite] ?? { warmUp: 700, batch: 64, rounds: 7 }
}

/** A batch of a workload's suite is of so many calls at most; paired.ts takes fewer where one call takes long. */
export function pairedSchedule(suite: Suite): Schedule {
  return pairedSchedules[suite] ?? { warmUp: 1500, batch: 256, rounds: 6 }
}

/** An even number, so that each side is loaded first as often as the other. */
export const pairedCopies = 4
