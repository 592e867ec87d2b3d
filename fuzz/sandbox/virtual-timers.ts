import { createRequire } from 'node:module'
import type { TimerHandle, VirtualClock } from './virtual-clock.ts'

const require = createRequire(import.meta.url)

type Callback = (...parameters: unknown[]) => void

/** Replaces the timers of the global object, node:timers and node:timers/promises, and AbortSignal.timeout. */
export function installTimers(clock: VirtualClock): void {
  let ids = 0
  class VirtualTimeout {
    readonly #handle: TimerHandle
    readonly #id = ++ids
    constructor(delay: number, repeats: boolean, run: () => void) {
      this.#handle = clock.schedule(delay, repeats, run)
    }
    ref() {
      return this
    }
    unref() {
      return this
    }
    hasRef() {
      return true
    }
    refresh() {
      this.#handle.restart()
      return this
    }
    close() {
      this.#handle.cancel()
      byId.delete(this.#id)
      return this
    }
    [Symbol.toPrimitive]() {
      byId.set(this.#id, this)
      return this.#id
    }
    [Symbol.dispose]() {
      this.close()
    }
  }
  const byId = new Map<number, VirtualTimeout>()

  /** HTML, "timers": what is no positive finite number is the least delay, which Node has at 1 ms. */
  const delayOf = (ms: unknown) => {
    const delay = Number(ms)
    return delay >= 1 && delay <= 2 ** 31 - 1 ? delay : 1
  }
  const start =
    (repeats: boolean) =>
    (callback: Callback, ms?: unknown, ...parameters: unknown[]) =>
      new VirtualTimeout(delayOf(ms), repeats, () => callback(...parameters))
  const clear = (timeout: unknown) => {
    const found = timeout instanceof VirtualTimeout ? timeout : byId.get(Number(timeout))
    found?.close()
  }

  const wait = (ms?: unknown, value?: unknown, options?: { signal?: AbortSignal }) =>
    new Promise((resolve, reject) => {
      const { signal } = options ?? {}
      const abort = () => {
        clear(timeout)
        reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }))
      }
      const timeout = start(false)(() => {
        signal?.removeEventListener('abort', abort)
        resolve(value)
      }, ms)
      if (signal?.aborted) abort()
      else signal?.addEventListener('abort', abort, { once: true })
    })
  async function* every(ms?: unknown, value?: unknown) {
    for (;;) yield await wait(ms, value)
  }

  const setTimeout = Object.assign(start(false), { __promisify__: wait })
  Object.defineProperty(setTimeout, Symbol.for('nodejs.util.promisify.custom'), { value: wait })
  const replaced = { setTimeout, setInterval: start(true), clearTimeout: clear, clearInterval: clear }
  Object.assign(globalThis, replaced)
  Object.assign(require('node:timers'), replaced)
  const promises = require('node:timers/promises') as { scheduler: { wait: unknown } }
  Object.assign(promises, { setTimeout: wait, setInterval: every })
  Object.defineProperty(promises.scheduler, 'wait', {
    value: (ms: number, options?: object) => wait(ms, undefined, options),
  })
  AbortSignal.timeout = (ms: number) => {
    const controller = new AbortController()
    start(false)(
      () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
      ms,
    )
    return controller.signal
  }
}

/** Replaces the clocks that count from the start of the process. */
export function installMonotonic(clock: VirtualClock): void {
  const origin = clock.monotonic()
  const elapsed = () => clock.monotonic() - origin
  Object.defineProperty(Object.getPrototypeOf(performance), 'now', {
    value: elapsed,
    configurable: true,
    writable: true,
  })
  const hrtime = ((earlier?: [number, number]): [number, number] => {
    const nanoseconds = BigInt(Math.round(elapsed() * 1e6))
    const before = earlier ? BigInt(earlier[0]) * 1_000_000_000n + BigInt(earlier[1]) : 0n
    const passed = nanoseconds - before
    return [Number(passed / 1_000_000_000n), Number(passed % 1_000_000_000n)]
  }) as NodeJS.HRTime
  hrtime.bigint = () => BigInt(Math.round(elapsed() * 1e6))
  process.hrtime = hrtime
  process.uptime = () => elapsed() / 1000
}
