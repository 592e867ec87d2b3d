import { type Command, Option } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import { gateText } from './outputs/terminal.ts'
import type { GateOptions } from './settings.ts'

export function registerGate(program: Command): void {
  program.addCommand(
    stageCommand('gate', 'is this change slower or larger than its base? pass, fail or inconclusive')
      .option('--base <ref>', 'commit to compare with; both sides are built in temporary worktrees')
      .option('--head <ref>', 'commit to judge (default: HEAD, and then the working tree has to be clean)')
      .addOption(new Option('--baseline <file>', 'compare with a file instead of a commit').conflicts('base'))
      .option('--write-baseline <file>', 'write head as a file for --baseline')
      .option(
        '--fail-on <checks>',
        'what decides the exit code: size, instructions, cpu or ids such as cpu.warm (default: all)',
      )
      .option('--methods <methods>', 'what is measured at all: size, instructions, cpu (default: all)')
      .option(
        '--suites <suites>',
        'which suites: init, cold, warm, hot, deny, routes, warm-cookie, hot-cookie (default: all)',
      )
      .option('--budget <seconds>', 'longest time for the CPU-time part (default: 240)')
      .option('--calibrate', 'measure the error rates of the gate itself on this machine and keep them')
      .option('--minutes <minutes>', 'longest time for all of it; with --calibrate: how long (default: 10)')
      .option('--calibration <dir>', "directory of calibrations (default: beside the baseline, else edgeproof's own)")
      .action((options: SharedOptions & GateOptions) =>
        options.calibrate
          ? runStage(options, () => import('./calibrate.ts').then((module) => module.stage))
          : runStage(options, () => import('./gate.ts').then((module) => module.stage), {
              present: gateText,
            }),
      ),
  )
}
