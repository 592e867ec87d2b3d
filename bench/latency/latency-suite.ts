import { fileURLToPath } from 'node:url'
import type { StageContext } from '../../command/stage.ts'
import { lambdaHeap, measureInProcess } from '../child-process.ts'
import type { SubjectBundle } from '../subject-bundles.ts'
import type { LatencyJob, LatencyReport } from './latency-process.ts'

const program = fileURLToPath(new URL('latency-process.ts', import.meta.url))

/** Microseconds of wall time for one request, the event already parsed; over all processes' samples. */
export interface Percentiles {
  p50: number
  p95: number
  p99: number
  samples: number
}

export interface LatencyPlan {
  case: string
  subjects: readonly string[]
  warmup: number
  iterations: number
  processes: number
}

export async function measureLatency(
  plan: LatencyPlan,
  bundles: readonly SubjectBundle[],
  { progress, signal }: Pick<StageContext, 'progress' | 'signal'>,
): Promise<Map<string, Percentiles>> {
  const samples = new Map<string, number[]>()
  for (let turn = 0; turn < plan.processes; turn++) {
    signal.throwIfAborted()
    progress.step(`${plan.case}: latencies`, turn, plan.processes)
    const job: LatencyJob = { ...plan, subjects: bundles.filter(({ id }) => plan.subjects.includes(id)) }
    const { report } = await measureInProcess<LatencyReport>(program, job, { signal, flags: lambdaHeap })
    for (const [id, own] of Object.entries(report)) samples.set(id, [...(samples.get(id) ?? []), ...own])
  }
  return new Map([...samples].map(([id, own]) => [id, percentiles(own)]))
}

function percentiles(milliseconds: number[]): Percentiles {
  const sorted = milliseconds.sort((a, b) => a - b)
  // Nearest rank: the smallest sample that at least this share of the samples does not exceed.
  const at = (share: number) => (sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN) * 1000
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), samples: sorted.length }
}
