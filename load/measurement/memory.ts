/** Memory over a run: of this process, which is the edge and the reader of samples, and of k6. */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export interface MemorySamples {
  /**
   * Bytes that this process holds after a collection, at equal intervals; none in a run that is too short to be judged. Without
   * what V8 counted outside its heap and all buffers at the first reading: that is code, such as the 170 MB of Node's own
   * WebAssembly for TypeScript, and a leak would look small beside it.
   */
  held: number[]
  /** Resident bytes of k6, at equal intervals. */
  k6: number[]
}

/** Shorter runs, in seconds, only fill their caches. */
export const judgedFrom = 120

/** How often a run's memory is collected: what lies about between V8's own collections, minutes apart, hides what is held. */
const collections = 60

/**
 * `sample` takes a reading and gives back what is resident; it is to be called every `intervalSeconds` of a run of so many
 * `seconds`.
 */
export function watchMemory(
  k6Ids: readonly number[],
  { seconds, intervalSeconds }: { seconds: number; intervalSeconds: number },
): { sample(): { edgeBytes: number; k6Bytes: number }; samples(): MemorySamples } {
  const held: number[] = []
  const k6: number[] = []
  const collect = seconds >= judgedFrom ? collector() : null
  const every = Math.ceil(seconds / intervalSeconds / collections)
  let count = 0
  let code: number | null = null
  return {
    sample() {
      const edgeBytes = process.memoryUsage.rss()
      const k6Bytes = k6Ids.reduce((sum, id) => sum + (residentBytes(id) ?? 0), 0)
      k6.push(k6Bytes)
      if (collect && count++ % every === 0) {
        collect()
        const { heapUsed, external, arrayBuffers } = process.memoryUsage()
        code ??= external - arrayBuffers
        held.push(heapUsed + external - code)
      }
      return { edgeBytes, k6Bytes }
    },
    samples: () => ({ held, k6 }),
  }
}

/** V8's own `gc`, without a flag on the command line. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

export interface Growth {
  /** Of the median, over all samples looked at: 0.1 is a tenth more at the end than at the beginning. */
  growth: number
  /** 95 % interval. */
  low: number
  high: number
}

/** Neighbouring readings are alike, which would make the interval too narrow: the medians of so many blocks are less so. */
const blocks = 30
const normalQuantile = 1.96

/**
 * How much a series grew from its second quarter to its end (in the first quarter caches fill): the median of the slopes
 * between all pairs of points, with Sen's interval from the variance of Kendall's statistic (P. K. Sen, "Estimates of the
 * regression coefficient based on Kendall's tau", 1968). A few outliers, such as a collection's peak, do not move it.
 * Null for fewer than 40 samples.
 */
export function growth(samples: readonly number[]): Growth | null {
  const settled = samples.slice(Math.floor(samples.length / 4))
  if (settled.length < blocks) return null
  const points = Array.from({ length: blocks }, (_, block) =>
    median(
      settled.slice(Math.floor((block * settled.length) / blocks), Math.floor(((block + 1) * settled.length) / blocks)),
    ),
  )
  const slopes = points
    .flatMap((from, index) => points.slice(index + 1).map((to, distance) => (to - from) / (distance + 1)))
    .sort((a, b) => a - b)
  const spread = normalQuantile * Math.sqrt((blocks * (blocks - 1) * (2 * blocks + 5)) / 18)
  const scale = (blocks - 1) / median(points)
  const at = (rank: number) => (slopes[rank] ?? 0) * scale
  return {
    growth: median(slopes) * scale,
    low: at(Math.floor((slopes.length - spread) / 2)),
    high: at(Math.ceil((slopes.length + spread) / 2)),
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
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
