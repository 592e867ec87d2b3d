import type { Command } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import type { BenchOptions } from './bench-stage.ts'

export function registerBench(program: Command): void {
  program.addCommand(
    stageCommand('size', "the authorizer's bytes against their budget, and by package").action(
      (options: SharedOptions) => runStage(options, () => import('./size-stage.ts').then((module) => module.stage)),
    ),
  )
  program.addCommand(
    stageCommand('bench', 'cold, warm and hot verification, side by side with peers and the floor')
      .option('--suites <ids>', 'requests, start, routes, jwks (default: all)')
      .option('--processes <number>', 'fresh processes for each figure, at least 5', '10')
      .option('--quick', 'the principal subjects on warm, hot and malformed requests only, about 25 seconds')
      .action((options: SharedOptions & BenchOptions) =>
        runStage(options, () => import('./bench-stage.ts').then((module) => module.stage)),
      ),
  )
}
