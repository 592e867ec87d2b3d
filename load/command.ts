import type { Command } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import type { LoadOptions } from './load-stage.ts'
import { positiveInteger, positiveNumber } from './number-option.ts'

export function registerLoad(program: Command): void {
  program.addCommand(
    stageCommand('load', 'k6 against the local edge, with cache-hit measurement')
      .option(
        '--scenario <name>',
        'smoke, steady, cold-cache, token-churn, hostile, spike, key-rotation, issuer-outage, soak or breakpoint (default: smoke)',
      )
      .option('--seconds <n>', "length of the load (default: the scenario's)", positiveNumber)
      .option('--rate <n>', "requests per second (default: the scenario's)", positiveNumber)
      .option('--segments <n>', 'k6 processes that share the load (default: 1)', positiveInteger)
      .option('--pops <n>', 'points of presence of the local edge (default: 1)', positiveInteger)
      .option('--seed <n>', 'of the random choice of users and objects (default: 1)', positiveInteger)
      .action((options: SharedOptions & LoadOptions) =>
        runStage(options, async () => (await import('./load-stage.ts')).loadStage),
      ),
  )
}
