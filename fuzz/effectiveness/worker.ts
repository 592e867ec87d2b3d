/** A worker thread that runs the tasks it is handed, one at a time. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Run, Runner, type Task } from './run.ts'

export type Order = { kind: 'run'; task: Task } | { kind: 'stop' }
/** Null where the run was broken off. */
export type Reply = Run | null

const runner = new Runner(workerData as string)
const stop = new AbortController()
parentPort?.on('message', async (order: Order) => {
  if (order.kind === 'stop') {
    stop.abort()
    parentPort?.close()
    return
  }
  const run = await runner.run(order.task, stop.signal)
  const reply: Reply = stop.signal.aborted && !run.found ? null : run
  parentPort?.postMessage(reply)
})
