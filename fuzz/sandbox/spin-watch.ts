/** Tells a child that works without end from one that is merely slow, or that a busy machine gives no CPU time. */
import { processCpuMs } from './process-cpu.ts'
import type { StepProgress } from './step-progress.ts'

const pollMs = 100
/** Where a child uses no CPU time at all it is blocked (Atomics.wait, a synchronous read), or starved: it has this many times as long. */
const idleFactor = 5
/** Where CPU time cannot be read, time on the wall is all there is. */
const unknownFactor = 3

/** Calls `spinning` once when one step has used `limitMs` of the child's CPU time. */
export class SpinWatch {
  readonly #timer: NodeJS.Timeout

  constructor(pid: number | undefined, progress: StepProgress, limitMs: number, spinning: () => void) {
    const now = () => ({ step: progress.read(), cpuMs: processCpuMs(pid), at: performance.now() })
    let began: ReturnType<typeof now> | undefined
    let lastMoved = 0
    let lastCpuMs: number | null = 0
    this.#timer = setInterval(() => {
      const { step, cpuMs, at } = now()
      if (began === undefined || began.step !== step) {
        began = { step, cpuMs, at }
        lastMoved = at
      }
      if (cpuMs !== lastCpuMs) lastMoved = at
      lastCpuMs = cpuMs
      const spins = cpuMs !== null && began.cpuMs !== null && cpuMs - began.cpuMs >= limitMs
      const blocks = at - lastMoved >= (cpuMs === null ? unknownFactor : idleFactor) * limitMs
      if (!spins && !blocks) return
      this.stop()
      spinning()
    }, pollMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
