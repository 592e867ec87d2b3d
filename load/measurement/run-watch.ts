/** Looks at the machine, its memory and the edge while a run goes on. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Edge } from '../../edge/edge.ts'
import { type MachineShare, watchMachine } from './foreign-load.ts'
import { type MemorySamples, watchMemory } from './memory.ts'
import type { TimeSeries } from './time-series.ts'

/** Between two looks. */
const intervalSeconds = 0.5

export interface WatchOptions {
  /** Of k6. */
  processIds: readonly number[]
  /** The local edge; absent for a real target. */
  edge?: Edge
  /** The planned length. */
  seconds: number
  series: TimeSeries
  onInterval: () => void
}

export function watchRun({ processIds, edge, seconds, series, onInterval }: WatchOptions): {
  seen(): { machine: MachineShare; memory: MemorySamples }
  end(): void
} {
  const machine = watchMachine(processIds)
  const memory = watchMemory(processIds, { seconds, intervalSeconds })
  const loopDelay = monitorEventLoopDelay()
  loopDelay.enable()
  const earlierThrottles = edge?.metrics().sandboxes.throttles ?? 0
  const ticker = setInterval(() => {
    machine.sample()
    const { running = 0, busy = 0, throttles = earlierThrottles } = edge?.metrics().sandboxes ?? {}
    series.addReading(Date.now(), {
      sandboxes: running,
      sandboxesBusy: busy,
      throttles: throttles - earlierThrottles,
      loopDelayMs: loopDelay.max / 1e6,
      ...memory.sample(),
    })
    loopDelay.reset()
    onInterval()
  }, intervalSeconds * 1000)
  return {
    seen: () => ({ machine: machine.share(), memory: memory.samples() }),
    end() {
      clearInterval(ticker)
      loopDelay.disable()
    },
  }
}
