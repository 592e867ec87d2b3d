import { type Command, InvalidArgumentError, Option } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import type { EffectivenessOptions } from './effectiveness/effectiveness-stage.ts'
import type { FuzzOptions } from './fuzz-options.ts'
import type { ShippedTarget } from './shipped/shipped-handlers.ts'

/** As in shipped/shipped-handlers.ts, which is not imported for the sake of a quick --help. */
const shipped: readonly ShippedTarget[] = ['ours', 'naive', 'jose', 'aws-jwt-verify', 'fast-jwt', 'cognito-at-edge']

export function registerFuzz(program: Command): void {
  program.addCommand(
    stageCommand('fuzz', 'attack a viewer-request handler: ours, or any file')
      .option('--handler <file>', 'a CommonJS or ES module that exports handler, as deployed (default: our authorizer)')
      .addOption(new Option('--target <name>', 'a handler that ships with the fuzzer').choices([...shipped]))
      .addOption(
        new Option('--runtime <name>', 'which results the runtime accepts')
          .choices(['nodejs22.x', 'nodejs24.x'])
          .default('nodejs24.x'),
      )
      .option('--seconds <n>', 'how long (default 20)', positive)
      .option('--runs <n>', 'how many cases', positive)
      .option('--seed <text>', 'equal seeds try equal scenarios', '1')
      .option('--workers <n>', 'threads, each with target processes of its own', positive, 1)
      .option('--shard <i/n>', 'this is the i-th of n machines')
      .option('--checkpoint <cases>', 'a long run saves where it is after so many cases (default 100000)', positive)
      .option('--resume', 'go on from what an interrupted run, or measurement, saved in the output directory')
      .option('--replay <file>', 'a stored case instead of new ones')
      .option('--wycheproof', "Project Wycheproof's vectors from WYCHEPROOF_DIR instead of new cases")
      .option('--rates', 'measure requests per second and core, oracle included, instead of looking for findings')
      .option('--minimize', 'with --replay: look for a smaller case that shows the same')
      .option('--effectiveness', 'measure the fuzzer itself against the catalogue of flawed handlers')
      .option('--seeds <n>', 'with --effectiveness: runs for each flaw (default 20)', positive)
      .option('--baseline-seeds <n>', 'with --effectiveness: runs of each simpler strategy (default 1)', positive)
      .option('--baseline-seconds <n>', 'with --effectiveness: how long each of those may take (default 5)', positive)
      .option('--flaw <text>', 'with --effectiveness: only flaws with this in their name')
      .action((options: SharedOptions & FuzzOptions & EffectivenessOptions & { effectiveness?: boolean }) =>
        options.effectiveness
          ? runStage<EffectivenessOptions>(options, () =>
              import('./effectiveness/effectiveness-stage.ts').then((module) => module.effectivenessStage),
            )
          : runStage<FuzzOptions>(options, () => import('./fuzz-stage.ts').then((module) => module.fuzzStage)),
      ),
  )
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('should be a number over 0.')
  return value
}
