/** The outside of one sandbox: its thread, the events it holds, its end. */
import { Worker } from 'node:worker_threads'
import { type Batch, type SandboxData, type SandboxMessage, Slot } from './sandbox-protocol.ts'

export interface SandboxEvents {
  ready(sandbox: Sandbox): void
  message(sandbox: Sandbox, message: Exclude<SandboxMessage, { kind: 'ready' }>): void
  /** The thread is gone; `running` is the number of the event it was in, 0 for none; `stack` where something was thrown. */
  ended(sandbox: Sandbox, reason: string, running: number, stack: string): void
}

/** V8 keeps code, stacks and buffers outside the heap that this bounds: what Lambda's memory setting leaves of it is estimated. */
const heapShare = 0.75
const blockedMs = 1000

export class Sandbox {
  readonly id: number
  readonly #worker: Worker
  readonly #shared: Int32Array
  /** Numbers of the events it was given and has not answered. */
  readonly held = new Set<number>()
  state: 'starting' | 'idle' | 'busy' | 'ended' = 'starting'
  /** `performance.now()` of the last change of what it does. */
  since = performance.now()
  /** The event that ran when the watchdog last looked. */
  watched = 0
  /** Its event waits for something other than the processor. */
  waiting = false
  #ending = ''

  constructor(id: number, data: Omit<SandboxData, 'shared'>, events: SandboxEvents) {
    this.id = id
    const shared = new SharedArrayBuffer(Slot.length * Int32Array.BYTES_PER_ELEMENT)
    this.#shared = new Int32Array(shared)
    this.#worker = new Worker(new URL('./sandbox-worker.ts', import.meta.url), {
      workerData: { ...data, shared } satisfies SandboxData,
      // Lambda@Edge functions have no environment variables of their own.
      env: { AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: data.functionName, TZ: ':UTC' },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: Math.floor(data.memoryMb * heapShare) },
    })
    let failure = ''
    let stack = ''
    this.#worker.on('message', (message: SandboxMessage) => {
      if (this.state === 'ended') return
      if (message.kind === 'ready') events.ready(this)
      else events.message(this, message)
    })
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      stack = error.stack?.split('\n').slice(1, 6).join('\n') ?? ''
      failure = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : `${error.name}: ${error.message}`
    })
    this.#worker.on('exit', (code) => {
      this.state = 'ended'
      events.ended(this, this.#ending || failure || `exit ${code}`, this.current, stack)
    })
  }

  /** The number of the event that runs now, 0 for none. */
  get current(): number {
    return Atomics.load(this.#shared, Slot.current)
  }

  get refusedConnections(): number {
    return Atomics.load(this.#shared, Slot.refused)
  }

  /** Nothing is gained by waiting for it: its event waits itself, or blocks for longer than a busy machine explains. */
  isStuck(now: number): boolean {
    return this.state === 'busy' && (this.waiting || now - this.since >= blockedMs)
  }

  run(batch: Batch): void {
    for (const [number] of batch) this.held.add(number)
    this.state = 'busy'
    this.since = performance.now()
    this.watched = 0
    this.waiting = false
    this.#worker.postMessage(batch)
    Atomics.store(this.#shared, Slot.wake, 1)
    Atomics.notify(this.#shared, Slot.wake)
  }

  /** Ends the thread wherever it is; `ended` follows with this reason. */
  async end(reason: string): Promise<void> {
    this.#ending = reason
    await this.#worker.terminate()
  }
}
