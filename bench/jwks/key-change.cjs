// One sandbox that has its keys and meets a change: the keys' age runs out (`refresh`), or a token comes under a key
// published since (`rotation`). Writes its report to descriptor 3 once nothing is under way any more.
const { subscribe } = require('node:diagnostics_channel')
const { readFileSync, writeSync } = require('node:fs')

const { file, firstEvent, secondEvent, advanceSeconds } = JSON.parse(process.argv[2])

// The subjects' clock; it moves on while the sandbox is frozen.
const realNow = Date.now
let offset = 0
Date.now = () => realNow() + offset

// node:http's and fetch's own announcements of a request.
let requests = 0
for (const channel of ['http.client.request.start', 'undici:request:create']) subscribe(channel, () => requests++)

const { handler } = require(file)
const milliseconds = ({ user, system }) => (user + system) / 1000

async function answer(eventFile) {
  const result = await handler(JSON.parse(readFileSync(eventFile, 'utf8')))
  if ('uri' in result) return
  console.error('a valid request was denied')
  process.exit(75) // not ready, see not-ready.ts
}

answer(firstEvent).then(async () => {
  offset = advanceSeconds * 1000
  const requestsBefore = requests
  const wall = performance.now()
  const cpu = process.cpuUsage()
  await answer(secondEvent)
  const answered = { wall: performance.now() - wall, cpu: milliseconds(process.cpuUsage(cpu)) }
  // What goes on after the response, a refresh in the background, counts too.
  process.once('beforeExit', () => {
    const settledCpu = milliseconds(process.cpuUsage(cpu))
    writeSync(3, JSON.stringify({ ...answered, settledCpu, requests: requests - requestsBefore }))
  })
})
