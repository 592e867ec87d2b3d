/** The CPU-time part: samples by plan, decision by decision.ts. */
import { UsageError } from '../../config/usage-error.ts'
import type { Suite } from '../suites.ts'
import { type Decision, decide, type SuiteSamples } from '../verdict/decision.ts'
import { type PairedSides, samplePair } from './pairs.ts'
import type { Workbench } from './workbench.ts'

export interface CpuPlan {
  /** Numbers of processes at which the samples are looked at; nothing else ends the sampling. */
  looks: readonly number[]
  /** The family that the error rate is for. */
  suites: readonly Suite[]
  errorRate: number
  /** Logarithm of the ratio that each suite allows. */
  limits: Record<Suite, number>
}

export interface CpuComparison {
  decisions: Decision[]
  /** How many were sampled. */
  processes: number
  /** Natural logarithms of head/base, one per process. */
  samples: Record<Suite, number[]>
  /** CPU time of base per operation in microseconds, one per process. */
  baseMicroseconds: Record<Suite, number[]>
}

/** Fewer processes cannot reject anything at the error rate that Holm's adjustment leaves to one suite. */
export const fewestProcesses = 15
const firstLook = 20
export const mostProcesses = 160

/**
 * How many processes a budget allows, as one or two planned looks: the second only where it brings at least as much again.
 * Empty where the budget does not allow the fewest. Chosen from the duration of a process that is then thrown away.
 */
export function planLooks(budgetSeconds: number, secondsPerProcess: number): number[] {
  return looksOf(Math.min(mostProcesses, Math.floor(budgetSeconds / secondsPerProcess)))
}

/** The looks of a gate that may run so many processes. */
export function looksOf(processes: number): number[] {
  if (processes < fewestProcesses) return []
  return processes >= 2 * firstLook ? [firstLook, processes] : [processes]
}

/** Seconds that one process takes; it also shows that both sides answer as they have to. Throws a UsageError. */
export async function pilot(
  bench: Workbench,
  sides: PairedSides,
  suites: readonly Suite[],
  signal: AbortSignal,
): Promise<number> {
  const started = performance.now()
  try {
    await samplePair(bench, sides, true, signal, suites)
  } catch (error) {
    signal.throwIfAborted()
    throw new UsageError((error as Error).message)
  }
  return (performance.now() - started) / 1000
}

/** Samples and decides. After a look that has decided every suite the sampling ends. */
export async function compareCpu(
  bench: Workbench,
  sides: PairedSides,
  plan: CpuPlan,
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
): Promise<CpuComparison> {
  const samples = emptySamples(plan.suites)
  const baseMicroseconds = emptySamples(plan.suites)
  const settled = new Map<string, Decision>()
  let done = 0
  for (const look of plan.looks) {
    for (; done < look; done++) {
      progress(done, look)
      const report = await samplePair(bench, sides, done % 2 === 0, signal, plan.suites)
      for (const suite of plan.suites) {
        samples[suite]?.push(report.logRatios[suite] ?? Number.NaN)
        baseMicroseconds[suite]?.push(report.baseMicroseconds[suite] ?? Number.NaN)
      }
    }
    for (const decision of decideAll(samples, plan)) {
      if (settled.get(decision.suite)?.verdict === 'fail' || settled.get(decision.suite)?.verdict === 'pass') continue
      settled.set(decision.suite, decision)
    }
    if ([...settled.values()].every(({ verdict }) => verdict !== 'inconclusive')) break
  }
  return { decisions: [...settled.values()], processes: done, samples, baseMicroseconds }
}

function emptySamples(suites: readonly Suite[]): Record<Suite, number[]> {
  return Object.fromEntries(suites.map((suite) => [suite, []]))
}

/** The decision for given samples, as `compareCpu` makes it at one look. */
function decideAll(samples: Record<Suite, number[]>, plan: CpuPlan): Decision[] {
  return decide(familyOf(samples, plan), plan.errorRate, plan.looks.length)
}

export function familyOf(
  samples: Readonly<Record<Suite, number[]>>,
  { suites, limits }: { suites: readonly Suite[]; limits: Readonly<Record<Suite, number>> },
): SuiteSamples[] {
  return suites.map((suite) => ({ suite, samples: samples[suite] ?? [], limit: limits[suite] ?? 0 }))
}
