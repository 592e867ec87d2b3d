#!/usr/bin/env node
import { reportFailure } from './command/run-stage.ts'
import { UsageError } from './config/usage-error.ts'
import { runProgram } from './program.ts'

// A reader that has seen enough, such as `| head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const [major = 0] = process.versions.node.split('.').map(Number)

if (major >= 24) await runProgram(process.argv.slice(2))
else reportFailure(new UsageError(`needs Node 24 or newer, and this is ${process.versions.node}`))
