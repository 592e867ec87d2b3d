/** The sandboxes of one function at one point of presence, and who runs which event. */
import { availableParallelism } from 'node:os'

import type { FunctionOutcome } from './function-result.ts'
import { Sandbox } from './sandbox.ts'
import type { Batch, SandboxData, SandboxMessage } from './sandbox-protocol.ts'

export interface Invocation {
  outcome: FunctionOutcome
  /** In the sandbox, in milliseconds; 0 where the function never ran. */
  milliseconds: number
  /** The sandbox was started for this event. */
  coldStart: boolean
}

interface Pending {
  number: number
  wire: string
  arrived: number
  coldStart: boolean
  settle(invocation: Invocation): void
}

export interface PoolCounters {
  started: number
  /** The most that existed at once. */
  peak: number
  removed: number
  failed: number
  throttles: number
  invocations: number
  functionMs: number
}

/** At most this many events cross to a sandbox at once; it still runs them one at a time. */
const maxBatch = 64
/** How often time-outs, waiting events and idle sandboxes are looked at, in milliseconds. */
const watchEveryMs = 25
/** "Init: limited to 10 seconds" (Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle"). */
const initLimitMs = 10_000

const cores = availableParallelism()

export class SandboxPool {
  readonly counters: PoolCounters = {
    started: 0,
    peak: 0,
    removed: 0,
    failed: 0,
    throttles: 0,
    invocations: 0,
    functionMs: 0,
  }
  readonly #data: Omit<SandboxData, 'shared'>
  readonly #options: Required<SandboxOptions>
  readonly #sandboxes = new Set<Sandbox>()
  /** The last one used is the first to be used again, so that the others become idle. */
  readonly #idle: Sandbox[] = []
  readonly #pending = new Map<number, Pending>()
  #queue: Pending[] = []
  #number = 0
  #serial = 0
  #flushing = false
  #refused = 0
  #watch: NodeJS.Timeout | null = null
  #closed = false

  constructor(data: Omit<SandboxData, 'shared'>, options: Required<SandboxOptions>) {
    this.#data = data
    this.#options = options
  }

  get running(): number {
    return this.#sandboxes.size
  }

  get busy(): number {
    return this.#count(({ state }) => state === 'busy')
  }

  get refusedConnections(): number {
    let sum = this.#refused
    for (const sandbox of this.#sandboxes) sum += sandbox.refusedConnections
    return sum
  }

  /** Runs the function on an encoded event; never rejects. */
  invoke(wire: string): Promise<Invocation> {
    return new Promise((settle) => {
      this.#number = this.#number >= 0x7fff_fff0 ? 1 : this.#number + 1
      const pending = { number: this.#number, wire, arrived: performance.now(), coldStart: false, settle }
      this.#pending.set(pending.number, pending)
      this.#queue.push(pending)
      if (this.#flushing) return
      // All requests that one turn of the event loop reads cross together.
      this.#flushing = true
      setImmediate(() => {
        this.#flushing = false
        this.#dispatch()
      })
    })
  }

  /** Ends a sandbox the way a lost host does: a busy one, if there is any. */
  kill(): boolean {
    const [first] = this.#sandboxes
    const victim = [...this.#sandboxes].find(({ state }) => state === 'busy') ?? first
    void victim?.end('killed')
    return victim !== undefined
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#watch) clearInterval(this.#watch)
    await Promise.all([...this.#sandboxes].map((sandbox) => sandbox.end('the edge was closed')))
    for (const pending of this.#pending.values())
      this.#settle(pending, { kind: 'failed', reason: 'the edge was closed' }, 0)
  }

  #dispatch(): void {
    if (this.#closed) return
    const patient = this.#options.waitMs > 0
    while (this.#queue.length > 0) {
      const sandbox = this.#idle.pop()
      if (!sandbox) break
      const taken = this.#queue.splice(0, patient ? maxBatch : 1)
      sandbox.run(taken.map(({ number, wire }) => [number, wire] as Batch[number]))
    }
    if (this.#queue.length > 0) this.#grow(performance.now())
    this.#watch ??= setInterval(() => this.#look(), watchEveryMs).unref()
  }

  /** Starts sandboxes for events that have waited long enough; turns away what the limit leaves. */
  #grow(now: number): void {
    const { limit, waitMs } = this.#options
    const overdue = this.#queue.filter(({ arrived }) => now - arrived >= waitMs)
    const starting = this.#count((sandbox) => sandbox.state === 'starting')
    const wanted = Math.min(this.#wanted(overdue.length, now) - starting, limit - this.#sandboxes.size)
    for (let count = 0; count < wanted; count++) this.#start()
    if (this.#sandboxes.size < limit) return
    // With waitMs above 0, an event is not turned away while busy sandboxes still finish others.
    if (waitMs > 0 && this.#count((sandbox) => sandbox.isStuck(now)) < limit) return
    // Each sandbox that starts is meant for an event of its own.
    const turnedAway = new Set(overdue.filter(({ coldStart }) => !coldStart))
    if (turnedAway.size === 0) return
    this.#queue = this.#queue.filter((pending) => !turnedAway.has(pending))
    for (const pending of turnedAway) {
      this.counters.throttles++
      this.#settle(pending, { kind: 'throttled' }, 0)
    }
  }

  /**
   * How many sandboxes should be starting now. Lambda's way: one for each event that found none. With waitMs above 0 it starts one
   * at a time, and beyond one for each core only where all others are stuck: an INIT takes the very cores that the queue
   * waits for.
   */
  #wanted(overdue: number, now: number): number {
    if (this.#sandboxes.size === 0) return this.#options.waitMs > 0 ? 1 : overdue
    if (this.#options.waitMs === 0 || overdue === 0) return overdue
    const useful = this.#sandboxes.size < cores || [...this.#sandboxes].every((sandbox) => sandbox.isStuck(now))
    return useful ? 1 : 0
  }

  #count(holds: (sandbox: Sandbox) => boolean): number {
    let count = 0
    for (const sandbox of this.#sandboxes) if (holds(sandbox)) count++
    return count
  }

  #start(): void {
    this.counters.started++
    const cold = this.#queue.find(({ coldStart }) => !coldStart)
    if (cold) cold.coldStart = true
    const sandbox = new Sandbox(++this.#serial, this.#data, {
      ready: (ready) => this.#becomeIdle(ready),
      message: (from, message) => this.#receive(from, message),
      ended: (ended, reason, running, stack) => this.#bury(ended, reason, running, stack),
    })
    this.#sandboxes.add(sandbox)
    this.counters.peak = Math.max(this.counters.peak, this.#sandboxes.size)
  }

  #receive(sandbox: Sandbox, message: Exclude<SandboxMessage, { kind: 'ready' }>): void {
    if (message.kind === 'waiting') {
      sandbox.waiting = true
      this.#requeue(sandbox, message.numbers)
    } else {
      for (const [number, milliseconds, outcome] of message.outcomes) {
        sandbox.held.delete(number)
        const pending = this.#pending.get(number)
        if (!pending) continue
        this.counters.invocations++
        this.counters.functionMs += milliseconds
        this.#settle(pending, outcome, milliseconds)
      }
      if (sandbox.held.size === 0 && sandbox.state === 'busy') this.#becomeIdle(sandbox)
    }
    if (this.#queue.length > 0) this.#dispatch()
  }

  #becomeIdle(sandbox: Sandbox): void {
    sandbox.state = 'idle'
    sandbox.since = performance.now()
    this.#idle.push(sandbox)
    if (this.#queue.length > 0) this.#dispatch()
  }

  #bury(sandbox: Sandbox, reason: string, running: number, stack: string): void {
    this.#sandboxes.delete(sandbox)
    this.#refused += sandbox.refusedConnections
    const idle = this.#idle.indexOf(sandbox)
    if (idle >= 0) this.#idle.splice(idle, 1)
    if (this.#closed) return
    const initFailed = sandbox.held.size === 0 && reason !== 'idle' && idle < 0
    if (reason === 'idle') this.counters.removed++
    else if (initFailed || sandbox.held.size > 0) this.counters.failed++
    // An INIT that fails is the failure of the event it was started for.
    const victim = initFailed ? this.#queue.shift() : this.#pending.get(running)
    if (victim && (initFailed || sandbox.held.has(victim.number))) {
      sandbox.held.delete(victim.number)
      this.#settle(victim, { kind: 'failed', reason, ...(stack !== '' && { stack }) }, 0)
    }
    this.#requeue(sandbox, [...sandbox.held])
    if (this.#queue.length > 0) this.#dispatch()
  }

  /** Events that were given to a sandbox and not begun go back to the head of the queue. */
  #requeue(sandbox: Sandbox, numbers: readonly number[]): void {
    const again: Pending[] = []
    for (const number of numbers) {
      sandbox.held.delete(number)
      const pending = this.#pending.get(number)
      if (pending) again.push(pending)
    }
    this.#queue.unshift(...again)
  }

  #settle(pending: Pending, outcome: FunctionOutcome, milliseconds: number): void {
    this.#pending.delete(pending.number)
    pending.settle({ outcome, milliseconds, coldStart: pending.coldStart })
  }

  #look(): void {
    const now = performance.now()
    for (const sandbox of this.#sandboxes) {
      const { state, current } = sandbox
      if (state === 'busy' && current !== sandbox.watched) {
        sandbox.watched = current
        sandbox.since = now
      }
      const age = now - sandbox.since
      if (state === 'busy' && current !== 0 && age >= this.#data.timeoutMs) void sandbox.end('timed out')
      else if (state === 'starting' && age >= initLimitMs) void sandbox.end('INIT timed out')
      else if (state === 'idle' && age >= this.#options.idleMs) void sandbox.end('idle')
    }
    if (this.#queue.length > 0) this.#dispatch()
  }
}

export interface SandboxOptions {
  /** Sandboxes per point of presence at most; one more is 503 LambdaLimitExceeded. Default 32. */
  limit?: number
  /**
   * How long an event may wait for a busy sandbox before a new one starts, in milliseconds. Lambda's own behaviour is 0;
   * the default of 50 fits a machine whose sandboxes share a few cores, where INIT takes longer than a short queue.
   */
  waitMs?: number
  /** A sandbox that was idle for this long is removed, in milliseconds. Default 300,000. */
  idleMs?: number
}
