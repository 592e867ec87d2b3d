/** Hands tasks to worker threads, each of which has one run under way. */
import { Worker } from 'node:worker_threads'
import type { Run, Task } from './run.ts'
import type { Order, Reply } from './worker.ts'

export interface WorkerPool {
  tasks: readonly Task[]
  workers: number
  /** For the handlers' files. */
  directory: string
  /** Ends the runs that are under way; they are left out. */
  signal: AbortSignal
  /** As soon as each run is over. */
  onRun(run: Run): void
}

export async function runAll({ tasks, workers, directory, signal, onRun }: WorkerPool): Promise<void> {
  const waiting = tasks.values()
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: directory })
      const say = (order: Order) => worker.postMessage(order)
      const stop = () => say({ kind: 'stop' })
      const next = () => {
        const { value, done } = signal.aborted ? { value: undefined, done: true } : waiting.next()
        if (done || value === undefined) stop()
        else say({ kind: 'run', task: value })
      }
      signal.addEventListener('abort', stop, { once: true })
      worker.on('message', (reply: Reply) => {
        if (reply) onRun(reply)
        next()
      })
      worker.on('error', reject)
      worker.on('exit', () => {
        signal.removeEventListener('abort', stop)
        resolve()
      })
      next()
    })
  await Promise.all(Array.from({ length: workers }, one))
}
