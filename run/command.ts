import type { Command } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import { terminalTable } from '../command/terminal.ts'
import type { Result } from '../result/result.ts'
import type { RunOptions } from './run-all.ts'

export function registerRun(program: Command): void {
  program.addCommand(
    stageCommand('run', 'build, size, fuzz, bench, load and summary: the main job, in under two minutes')
      .option('--history <dir>', 'keep this run there, and show the trends of all that are kept')
      .action(async (options: SharedOptions & RunOptions) => {
        const finished: Result[] = []
        const loadStages = async () => {
          const [{ runAll }, { runStages }] = await Promise.all([import('./run-all.ts'), import('./stages.ts')])
          return runAll(runStages, finished)
        }
        await runStage(options, loadStages, (run) => terminalTable([...finished.map(withLimits), run]))
      }),
  )
}

/** Of many figures, those that decide; the rest stands in the stage's own result file. */
function withLimits(result: Result): Result {
  return {
    ...result,
    checks: result.checks.filter(({ direction, verdict }) => direction !== 'none' || verdict !== 'pass'),
  }
}
