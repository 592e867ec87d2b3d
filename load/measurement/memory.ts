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

/** VmRSS of proc_pid_status(5); null where the process or the file system is not there. */
function residentBytes(id: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}
