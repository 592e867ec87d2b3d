/**
 * One round in a process of its own, so that changed modules are read anew; it is started ahead, loads what it needs, and waits
 * for the change.
 */
import { loadConfig } from '../../config/load-config.ts'
import { UsageError } from '../../config/usage-error.ts'
import { lookAt, type RoundReport, type RoundTask } from './round.ts'

export type RoundAnswer = { report: RoundReport } | { mistake: string } | { fault: string }

process.once('message', async (task: RoundTask) => {
  process.send?.(await answer(task), () => process.exit(0))
})
// Whoever waited for it is gone.
process.once('disconnect', () => process.exit(0))
process.send?.('ready')

async function answer(task: RoundTask): Promise<RoundAnswer> {
  try {
    const { config } = await loadConfig(task)
    return { report: await lookAt(config, task) }
  } catch (error) {
    if (error instanceof UsageError) return { mistake: error.message }
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
