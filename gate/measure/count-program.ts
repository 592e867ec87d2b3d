import { availableParallelism, cpus } from 'node:os'
import { UsageError } from '../../config/usage-error.ts'
import type { Deployment } from '../requests.ts'
import type { Suite } from '../suites.ts'
import { type Counts, countKey, readCounts, writeCounts } from './count-cache.ts'
import { type Counter, runOf } from './instructions.ts'
import type { Workbench } from './workbench.ts'

export interface CountingContext {
  suites: readonly Suite[]
  bench: Workbench
  counter: Counter
  /** The counter's version. */
  version: string
  signal: AbortSignal
  progress: (done: number, total: number) => void
}

/**
 * Suites of a program, from the cache where they are known. Every program is deployed to the same path, since a path's
 * length and hash are part of what is counted, so that two programs must not be counted at the same time.
 * Throws a UsageError, beginning with `label`, where the program does not answer as it has to.
 */
export async function countProgram(
  label: string,
  deployables: Record<Deployment, string>,
  context: CountingContext,
): Promise<Counts> {
  const { suites, bench, counter, version, signal, progress } = context
  const key = countKey(bench, deployables, version, cpus()[0]?.model ?? '')
  const counts: Counts = readCounts(key) ?? {}
  const queue = [...new Set(suites.filter((suite) => !counts[suite]).map(runOf))]
  const total = queue.length
  if (total === 0) return counts
  const deployed = bench.deploy(deployables, 'counted')
  let done = 0
  const failure = new AbortController()
  const either = AbortSignal.any([signal, failure.signal])
  const worker = async () => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      Object.assign(counts, await counter.countSuite(bench, deployed, run, either))
      writeCounts(key, counts)
      progress(++done, total)
    }
  }
  try {
    // Counts do not depend on what else runs.
    await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker))
  } catch (error) {
    failure.abort()
    signal.throwIfAborted()
    throw new UsageError(`${label}: ${(error as Error).message}`)
  }
  return counts
}
