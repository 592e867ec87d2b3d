/**
 * One round in a process of its own, so that changed modules are read anew. It is started ahead of the change, loads what it
 * needs and makes the keys of the last round's policy, then waits for the task.
 */
import { on } from 'node:events'
import { loadConfig } from '../../config/load-config.ts'
import { UsageError } from '../../config/usage-error.ts'
import { startAhead } from '../../fuzz/sandbox/sandbox.ts'
import { worldOf } from '../../fuzz/world/handler-world.ts'
import { type AttacksReport, lookAt, type Memory, type RoundTask, type RoutesReport } from './round.ts'

export type RoundMessage = { prepare: Memory } | { task: RoundTask }

/** `routes` comes first where all is well; each of the others ends the round. */
export type RoundAnswer =
  | { routes: RoutesReport }
  | { attacks: AttacksReport }
  | { mistake: string }
  | { fault: string }

/** Of a round in which nothing is found: for loading, for the routes, and two for the attacks. */
const sandboxes = 4
/** Milliseconds; a handler that works without end is not waited for. */
const lastMs = 1_000
const gone = new AbortController()
// Whoever waited for it is gone; what is under way ends at once, and puts away its files and processes.
process.once('disconnect', () => {
  gone.abort()
  setTimeout(() => process.exit(0), lastMs).unref()
})
// Ctrl-C reaches every process of the terminal; the one that was started by the user ends this one.
process.on('SIGINT', () => {})
await answerTasks().catch((error: unknown) => {
  if (!gone.signal.aborted) throw error
})
// What was started ahead ends with this process.
process.exit(0)

async function answerTasks(): Promise<void> {
  const messages = on(process, 'message', { signal: gone.signal }) as AsyncIterable<[RoundMessage]>
  tell('ready')
  for await (const [message] of messages) {
    if ('task' in message) {
      const last = await answer(message.task)
      await new Promise<void>((sent) => tell(last, sent))
      return
    }
    startAhead(message.prepare.tested, sandboxes)
    await worldOf(message.prepare.tested, Date.now())
  }
}

/** `sent` is called whether or not there is still anybody to hear it. */
function tell(message: 'ready' | RoundAnswer, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, sent)
  else sent()
}

async function answer(task: RoundTask): Promise<RoundAnswer> {
  try {
    const { config } = await loadConfig(task)
    return { attacks: await lookAt(config, task, gone.signal, (routes) => tell({ routes })) }
  } catch (error) {
    if (error instanceof UsageError) return { mistake: error.message }
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
