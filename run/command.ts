import type { Command } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import { terminalTable } from '../command/terminal.ts'
import { exitCode, type Result } from '../result/result.ts'
import type { RunOptions } from './run-all.ts'
import { runScreen } from './run-screen.ts'

interface RunCommandOptions extends SharedOptions, RunOptions {
  all?: boolean
  strict?: boolean
}

export function registerRun(program: Command): void {
  program.addCommand(
    stageCommand('run', 'build, size, fuzz, bench, sign-in, load, plan and report: the main job, in under two minutes')
      .option('--without <stages>', 'leave these out: "load" where k6 should not be built')
      .option('--strict', 'exit with 3 where anything could not be decided or measured')
      .option('--all', 'print every check that has a limit, not a screen')
      .option('--history <dir>', 'keep this run there, and show the trends of all that are kept')
      .addHelpText(
        'after',
        '\nIt ends with 1 where a check failed, and with 0 where none did: what a short run cannot decide is said, with the\ncommand that does.',
      )
      .action(async (options: RunCommandOptions) => {
        const finished: Result[] = []
        const loadStages = async () => {
          const [{ runAll }, { runStages }] = await Promise.all([import('./run-all.ts'), import('./stages.ts')])
          return runAll(runStages, finished)
        }
        await runStage(options, loadStages, {
          present: (run) =>
            options.all ? terminalTable([...finished.map(withLimits), run]) : runScreen(run, finished, options.out),
          isWhole: !options.all,
          exit: (verdict) => (options.strict || verdict === 'fail' ? exitCode(verdict) : 0),
        })
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
