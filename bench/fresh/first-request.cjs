// One sandbox from its start: loads a bundle and, where an event file is given, answers one request. Plain CommonJS, as
// Lambda loads it: stripping types would cost more than what is measured. Writes its report to descriptor 3.
const { readFileSync, writeSync } = require('node:fs')

const { file, eventFile } = JSON.parse(process.argv[2])
const { handler } = require(file)

function report() {
  const { user, system } = process.cpuUsage()
  // Both since the process began; performance.now() counts from its start.
  writeSync(3, JSON.stringify({ cpu: (user + system) / 1000, wall: performance.now() }))
  process.exit(0)
}

if (eventFile === null) report()
else
  handler(JSON.parse(readFileSync(eventFile, 'utf8'))).then((result) => {
    if ('uri' in result) report()
    else {
      console.error('a valid request was denied')
      process.exit(75) // not ready, see not-ready.ts
    }
  })
