/** A worker thread that runs one campaign. Handlers live in child processes of its own; this thread only generates and judges. */
import { parentPort, workerData } from 'node:worker_threads'
import { runCampaign } from './campaign.ts'
import { strategies } from './strategy.ts'
import type { WorkerMessage, WorkerTask } from './worker-message.ts'

const { strategy, ...task } = workerData as WorkerTask
const stop = new AbortController()
const say = (message: WorkerMessage) => parentPort?.postMessage(message)
parentPort?.on('message', () => stop.abort())
const report = await runCampaign({
  ...task,
  strategy: strategies[strategy],
  signal: stop.signal,
  onProgress: (progress) => say({ kind: 'progress', progress }),
})
say({ kind: 'report', report })
parentPort?.close()
