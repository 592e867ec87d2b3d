#!/usr/bin/env node
// A reader that has seen enough, such as `| head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const [major = 0] = process.versions.node.split('.').map(Number)

if (major >= 24) {
  // Not before: an older Node may not even read what follows.
  const { runProgram } = await import('./program.ts')
  await runProgram(process.argv.slice(2))
} else {
  process.stderr.write(`edgeproof: needs Node 24 or newer, and this is ${process.versions.node}\n`)
  process.exitCode = 2
}
