import type { Command } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'

export function registerBench(program: Command): void {
  program.addCommand(
    stageCommand('size', "the authorizer's bytes against their budget, and by package").action(
      (options: SharedOptions) => runStage(options, () => import('./size-stage.ts').then((module) => module.stage)),
    ),
  )
}
