import { fileURLToPath } from 'node:url'
import type { StageContext } from '../../command/stage.ts'
import { type Percentiles, percentiles } from '../../statistics/quantile.ts'
import { lambdaHeap, measureInProcess } from '../child-process.ts'
import type { SubjectBundle } from '../subject-bundles.ts'
import type { LatencyJob, LatencyReport } from './latency-process.ts'

const program = fileURLToPath(new URL('latency-process.ts', import.meta.url))

export interface LatencyPlan {
  case: string
  subjects: readonly string[]
  warmup: number
  iterations: number
  processes: number
}

/** Microseconds of wall time for one request, the event already parsed, by subject; over all processes' samples. */
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
  return new Map([...samples].map(([id, own]) => [id, percentiles(own.map((milliseconds) => milliseconds * 1000))]))
}
