import { type Command, Option } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import type { BenchOptions } from './bench-stage.ts'
import type { SizeOptions } from './size-stage.ts'

export function registerBench(program: Command): void {
  program.addCommand(
    stageCommand('size', "the authorizer's bytes against their budget, and by package")
      .option('--handler <file>', 'a handler of your own, as deployed, instead of the authorizer')
      .action((options: SharedOptions & SizeOptions) =>
        runStage(options, () => import('./size-stage.ts').then((module) => module.stage)),
      ),
  )
  program.addCommand(
    stageCommand('bench', 'cold, warm and hot verification, side by side with peers and the floor')
      .option('--suites <ids>', 'requests, start, routes, jwks (default: all)')
      .option('--processes <number>', 'fresh processes for each figure, at least 5', '10')
      .addOption(
        new Option(
          '--handler <file>',
          'a handler of your own beside the authorizer, both under your policy: warm, hot and denied requests',
        ).conflicts(['quick', 'suites']),
      )
      .option('--quick', 'the principal subjects on warm, hot and malformed requests only, about 25 seconds')
      .action((options: SharedOptions & BenchOptions) =>
        runStage(options, () => import('./bench-stage.ts').then((module) => module.stage)),
      ),
  )
}
