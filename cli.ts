#!/usr/bin/env node
import { CommanderError } from 'commander'
import { reportFailure } from './command/run-stage.ts'
import { UsageError } from './config/usage-error.ts'
import { createProgram } from './program.ts'

// A reader that has seen enough, such as `| head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const [major = 0] = process.versions.node.split('.').map(Number)

try {
  if (major < 24) throw new UsageError(`needs Node 24 or newer, and this is ${process.versions.node}`)
  await createProgram().parseAsync()
} catch (error) {
  // commander has printed its own line (or the help); a mistake in the usage is exit code 2 here.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else reportFailure(error)
}
