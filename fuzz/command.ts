import { join } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { commandGroup } from '../command/command-group.ts'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import type { Stage } from '../command/stage.ts'
import { failOnLevels } from '../config/fuzz-schema.ts'
import type { EffectivenessOptions } from './effectiveness/effectiveness-stage.ts'
import type { ExhaustiveOptions } from './exhaustive/exhaustive-stage.ts'
import type { FuzzOptions, HandlerOptions } from './fuzz-options.ts'
import type { RatesOptions } from './rates-stage.ts'
import type { ReplayOptions } from './replay-stage.ts'
import type { ShippedHandler } from './shipped/shipped-handlers.ts'

/** As in shipped/shipped-handlers.ts, which is not imported for the sake of a quick --help. */
const shipped: readonly ShippedHandler[] = ['ours', 'naive', 'jose', 'aws-jwt-verify', 'fast-jwt', 'cognito-at-edge']

export function registerFuzz(program: Command): void {
  const commands = [
    runCommand(),
    replayCommand(),
    exhaustiveCommand(),
    effectivenessCommand(),
    ratesCommand(),
    wycheproofCommand(),
  ] as const
  program.addCommand(commandGroup('fuzz', 'attack a viewer-request handler: ours, or any file', commands))
}

function runCommand(): Command {
  return withFailureOptions(handlerCommand('run', 'attack a handler with new cases'))
    .option('--seconds <n>', 'how long (default: 20)', positive)
    .option('--runs <n>', 'how many cases', positive)
    .option('--seed <text>', 'equal seeds try equal scenarios', '1')
    .option('--workers <n>', 'threads, each with handler processes of its own', positive, 1)
    .option('--shard <i/n>', 'this is the i-th of n machines')
    .option('--checkpoint <cases>', 'a long run saves where it is after so many (default: 100000)', positive)
    .option('--sessions', 'stories of sign-in alone: browsers, a provider, an attacker')
    .option('--resume', 'go on from what an interrupted run saved in --out')
    .action((options: SharedOptions & FuzzOptions) =>
      runForReaders(options, async () => (await import('./fuzz-stage.ts')).fuzzStage, 'fuzz-findings'),
    )
}

function replayCommand(): Command {
  return withFailureOptions(handlerCommand('replay', 'a stored case instead of new ones'))
    .argument('<file>', 'a case from fuzz-findings/, with the policy it is about')
    .option('--minimize', 'look for a smaller case that shows the same')
    .action((file: string, options: SharedOptions & Omit<ReplayOptions, 'file'>) =>
      runForReaders(
        { ...options, file },
        async () => (await import('./replay-stage.ts')).replayStage,
        'replay-findings',
      ),
    )
}

function exhaustiveCommand(): Command {
  return stageCommand(
    'exhaustive',
    'every combination of claims, keys and credentials within bounds, against the rules',
  )
    .option('--family <text>', 'only families with this in their name')
    .action((options: SharedOptions & ExhaustiveOptions) =>
      runStage(options, async () => (await import('./exhaustive/exhaustive-stage.ts')).exhaustiveStage),
    )
}

function effectivenessCommand(): Command {
  return stageCommand('effectiveness', 'measure the fuzzer itself against the catalogue of flawed handlers')
    .option('--seeds <n>', 'runs for each flaw (default: 20)', positive)
    .option('--seconds <n>', 'how long each of them may take (default: 10)', positive)
    .option('--baseline-seeds <n>', 'runs of each simpler strategy, 0 for none (default: 1)', notNegative)
    .option('--baseline-seconds <n>', 'how long each of those may take (default: 5)', positive)
    .option('--flaw <text>', 'only flaws with this in their name')
    .option('--workers <n>', 'runs at a time (default: 1)', positive)
    .option('--strict', "what breaks a rule counts, too, though nobody without the issuer's key gains by it")
    .option('--resume', 'keep the runs that an earlier measurement saved in --out')
    .action((options: SharedOptions & EffectivenessOptions) =>
      runStage(options, async () => (await import('./effectiveness/effectiveness-stage.ts')).effectivenessStage),
    )
}

function ratesCommand(): Command {
  return handlerCommand('rates', 'measure requests per second and core, oracle included')
    .option('--seed <text>', 'equal seeds try equal scenarios', '1')
    .action((options: SharedOptions & RatesOptions) =>
      runStage(options, async () => (await import('./rates-stage.ts')).ratesStage),
    )
}

function wycheproofCommand(): Command {
  return handlerCommand('wycheproof', "Project Wycheproof's vectors from WYCHEPROOF_DIR").action(
    (options: SharedOptions & HandlerOptions) =>
      runStage(options, async () => (await import('./wycheproof-stage.ts')).wycheproofStage),
  )
}

function handlerCommand(name: string, description: string): Command {
  return stageCommand(name, description)
    .option(
      '--handler <file>',
      "the handler's file, as deployed (default: handler of the configuration, else our authorizer)",
    )
    .addOption(
      new Option('--target <name>', 'a handler that ships with the fuzzer').choices([...shipped]).conflicts('handler'),
    )
    .addOption(
      new Option(
        '--runtime <name>',
        'what calls it (default: nodejs24.x; nodejs22.x for a handler with a callback)',
      ).choices(['nodejs22.x', 'nodejs24.x', 'cloudfront-js-2.0', 'fetch']),
    )
    .addOption(
      new Option('--event <type>', 'when it is called (default: viewer-request)').choices([
        'viewer-request',
        'origin-request',
      ]),
    )
    .option('--cookie <name=template>', 'a cookie of a signed-in visitor, such as session={token}; repeatable', several)
    .option('--header <name:template>', 'a header of one, such as "authorization: Bearer {token}"; repeatable', several)
    .option('--environment <name=value>', 'an environment variable of the handler; repeatable', several)
    .option('--deny-only', 'no credential can be made for it: only look for who passes with a forged one')
}

function several(text: string, before: string[] = []): string[] {
  return [...before, text]
}

/** Ends with a screen of findings, whose page is in that folder. */
async function runForReaders<Options>(
  options: SharedOptions & Options,
  load: () => Promise<Stage<SharedOptions & Options>>,
  folder: string,
): Promise<void> {
  const { fuzzScreen } = await import('./fuzz-screen.ts')
  const page = join(options.out, folder, 'findings.md')
  return runStage(options, load, { present: (result) => fuzzScreen(result, page) })
}

/** What makes it fail. */
function withFailureOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--fail-on <severity>', 'findings of this severity or a worse one fail (default: medium)').choices([
        ...failOnLevels,
      ]),
    )
    .option('--strict', 'hardening fails, too (default: for our authorizer)')
    .option('--suppressions <file>', 'findings that are known, as JSON: id, reason, expires')
}

function notNegative(text: string): number {
  return text === '0' ? 0 : positive(text)
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('should be a number over 0.')
  return value
}
