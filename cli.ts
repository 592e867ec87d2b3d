#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { registerBench } from './bench/command.ts'
import { registerBundle } from './build/command.ts'
import { reportFailure } from './command/run-stage.ts'
import { UsageError } from './config/usage-error.ts'
import { registerFuzz } from './fuzz/command.ts'
import { registerGate } from './gate/command.ts'
import { registerLoad } from './load/command.ts'
import { registerFleet } from './plan/command.ts'
import { registerReports } from './reports/command.ts'
import { registerRun } from './run/command.ts'

const program = new Command('edgeproof')
  .description('A tuned JWT authorizer for CloudFront and private S3, and the suite that proves it.')
  .addHelpText(
    'after',
    '\nExit codes: 0 every check held; 1 a check failed; 2 usage or environment; 3 inconclusive or not measured.',
  )
  .showHelpAfterError(false)
  .exitOverride()

for (const register of [
  registerRun,
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
for (const command of program.commands) command.exitOverride()

// A reader that has seen enough, such as `| head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const [major = 0] = process.versions.node.split('.').map(Number)

try {
  if (major < 24) throw new UsageError(`needs Node 24 or newer, and this is ${process.versions.node}`)
  await program.parseAsync()
} catch (error) {
  // commander has printed its own line (or the help); a mistake in the usage is exit code 2 here.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else reportFailure(error)
}
