/** Resident memory over a run: of this process, which is the edge and the reader of samples, and of k6. */
import { readFileSync } from 'node:fs'

export interface MemorySamples {
  /** Bytes, at equal intervals. */
  edge: number[]
  k6: number[]
}

/** `sample` takes a reading and returns it. */
export function watchMemory(k6Ids: readonly number[]): {
  sample(): { edgeBytes: number; k6Bytes: number }
  samples(): MemorySamples
} {
  const edge: number[] = []
  const k6: number[] = []
  return {
    sample() {
      const edgeBytes = process.memoryUsage.rss()
      const k6Bytes = k6Ids.reduce((sum, id) => sum + (residentBytes(id) ?? 0), 0)
      edge.push(edgeBytes)
      k6.push(k6Bytes)
      return { edgeBytes, k6Bytes }
    },
    samples: () => ({ edge, k6 }),
  }
}

/**
 * How much a series grew: the mean of its last quarter over that of its second. The first quarter is the time in which
 * caches fill. Null for fewer than eight samples.
 */
export function growth(samples: readonly number[]): number | null {
  if (samples.length < 8) return null
  const quarter = Math.floor(samples.length / 4)
  return mean(samples.slice(-quarter)) / mean(samples.slice(quarter, 2 * quarter))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** VmRSS of proc_pid_status(5); null where the process or the file system is not there. */
function residentBytes(id: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}
