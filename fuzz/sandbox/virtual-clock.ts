/**
 * The suite's clock inside the handler's process: Date (in every realm the handler makes), timers, timers/promises,
 * performance.now, process.hrtime and uptime, AbortSignal.timeout, Intl.DateTimeFormat, and the time-outs of sockets.
 *
 * Real stay: setImmediate, file timestamps, Atomics.wait, worker threads and child processes, and the time that Node's
 * own HTTP clients keep internally (undici's 300 s for headers), which no invocation lives to see.
 */

interface Timer {
  due: number
  order: number
  every: number | null
  run: () => void
}

export interface TimerHandle {
  cancel(): void
  /** Starts over from now. */
  restart(): void
}

/** Milliseconds since the epoch; it moves only when it is told to. */
export class VirtualClock {
  #now = 0
  /** By how much the wall clock was set back in all. */
  #setBack = 0
  #order = 0
  #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  /** The clock that nobody sets, with an origin of its own. */
  monotonic(): number {
    return this.#now + this.#setBack
  }

  /** Time jumps, or the wall clock is set back; timers do not run meanwhile. */
  jump(ms: number): void {
    const moved = ms - this.#now
    this.#now = ms
    if (moved >= 0) return
    // Elapsed time, which timers count, does not run backwards with the wall clock.
    this.#setBack -= moved
    for (const timer of this.#timers) timer.due += moved
  }

  nextDue(): number | undefined {
    return this.#next()?.due
  }

  /** Runs every timer due until then, in order, each at its own time; then it is `ms`. */
  advanceTo(ms: number): void {
    for (let timer = this.#next(); timer && timer.due <= ms; timer = this.#next()) {
      this.#now = Math.max(this.#now, timer.due)
      if (timer.every === null) this.#timers.delete(timer)
      else Object.assign(timer, { due: this.#now + timer.every, order: this.#order++ })
      timer.run()
    }
    this.#now = Math.max(this.#now, ms)
  }

  schedule(delay: number, repeats: boolean, run: () => void): TimerHandle {
    const timer: Timer = { due: this.#now + delay, order: this.#order++, every: repeats ? delay : null, run }
    this.#timers.add(timer)
    return {
      cancel: () => void this.#timers.delete(timer),
      restart: () => {
        Object.assign(timer, { due: this.#now + delay, order: this.#order++ })
        this.#timers.add(timer)
      },
    }
  }

  /** Forgets every timer, because the instance that set them is gone. */
  reset(ms: number): void {
    this.#timers.clear()
    this.#now = ms
    this.#setBack = 0
  }

  #next(): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) first = timer
    }
    return first
  }
}
