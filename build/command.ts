import type { Command } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'

export function registerBundle(program: Command): void {
  program.addCommand(
    stageCommand('build', 'the bundle and its zip, with the policy baked in').action((options: SharedOptions) =>
      runStage(options, () => import('./build-stage.ts').then((module) => module.buildStage)),
    ),
  )
}
