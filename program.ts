import { Command, CommanderError, Help } from 'commander'
import { registerBench } from './bench/command.ts'
import { registerBundle } from './build/command.ts'
import { addExamples } from './command/examples.ts'
import { reportFailure } from './command/run-stage.ts'
import { typedCommand } from './command/typed-command.ts'
import { registerFuzz } from './fuzz/command.ts'
import { registerGate } from './gate/command.ts'
import { registerLoad } from './load/command.ts'
import { registerFleet } from './plan/command.ts'
import { registerReports } from './reports/command.ts'
import { installedVersion } from './result/environment.ts'
import { registerCheck } from './run/check/command.ts'
import { registerRun } from './run/command.ts'
import { registerInit } from './run/init/command.ts'
import { registerWatch } from './run/watch/command.ts'

/** Every command of the suite. Parsing throws a CommanderError for help and mistakes, after the line was written. */
export function createProgram(): Command {
  const program = new Command('edgeproof')
    .description('A tuned JWT authorizer for CloudFront and private S3, and the suite that proves it.')
    .addHelpText(
      'after',
      '\nExit codes: 0 every check held; 1 a check failed; 2 usage or environment; 3 inconclusive or not measured.',
    )
    .version(installedVersion(), '--version', 'print the version')
    .showHelpAfterError(false)
    // A mistake is one line; commander puts its suggestion on a second.
    .configureOutput({ outputError: (text, write) => write(text.replace('\n(', ' (')) })
    // The line that says how to call it is one that can be typed.
    .configureHelp({
      commandUsage: (command) => typedCommand(new Help().commandUsage(command).replace(/^edgeproof /, '')),
    })
    .exitOverride()
  for (const register of [
    registerRun,
    registerInit,
    registerCheck,
    registerWatch,
    registerBundle,
    registerBench,
    registerGate,
    registerFuzz,
    registerLoad,
    registerFleet,
    registerReports,
  ]) {
    register(program)
  }
  handDownSettings(program)
  addExamples(program)
  return program
}

/** Runs one command line to its end: what went wrong is printed, and the exit code is in `process.exitCode`. */
export async function runProgram(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: 'user' })
  } catch (error) {
    // commander has printed its own line (or the help); a mistake in the usage is exit code 2 here.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else reportFailure(error)
  }
}

/** commander's addCommand does not. */
function handDownSettings(parent: Command): void {
  for (const command of parent.commands) handDownSettings(command.copyInheritedSettings(parent))
}
