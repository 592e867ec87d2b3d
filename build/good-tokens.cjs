// One sandbox under ever new good tokens: loads a deployed file and hands its handler one event for each. Plain CommonJS, since
// stripping types would be part of what is measured. Tokens are made one at a time, so that what stays is what the handler keeps.
// Runs under --expose-gc, which collects nothing by itself.
const { createPrivateKey, hash, sign } = require('node:crypto')

const { file, key, kid, claims, uri, requests, groups, differentNames, nameLength, headerLength, cookieLength } =
  JSON.parse(process.argv[2])
const { handler } = require(file)
const privateKey = createPrivateKey({ key, format: 'jwk' })

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Another one for each serial number below 2^24; four characters at least. */
function nameOf(serial) {
  const name = digits[serial >> 18] + digits[(serial >> 12) & 63] + digits[(serial >> 6) & 63] + digits[serial & 63]
  return name.padEnd(nameLength, '-')
}

function tokenOf(serial, names) {
  const header = base64url({ alg: 'EdDSA', kid, pad: `${serial}`.padEnd(headerLength, '-') })
  const payload = base64url({ ...claims, sub: `${serial}`, ...(groups > 0 ? { 'cognito:groups': names } : {}) })
  return `${header}.${payload}.${sign(null, Buffer.from(`${header}.${payload}`), privateKey).toString('base64url')}`
}

/** As Lambda hands it over: parsed a moment ago. */
function eventOf(serial) {
  const names = Array.from({ length: groups }, (_, index) => nameOf((serial * groups + index) % differentNames))
  const token = tokenOf(serial, names)
  const others = `${serial}`.padEnd(cookieLength, '-')
  const headers =
    cookieLength > 0
      ? { cookie: [{ key: 'Cookie', value: `others=${others}; token=${token}` }] }
      : { authorization: [{ key: 'Authorization', value: `Bearer ${token}` }] }
  const path = uri.replace('{digest}', () => hash('md5', names[0]))
  const request = { clientIp: '203.0.113.178', method: 'GET', uri: path, querystring: '', headers }
  return JSON.parse(JSON.stringify({ Records: [{ cf: { config: { eventType: 'viewer-request' }, request } }] }))
}

/** What is in use when all garbage is gone: the heap, and buffers and the like outside of it. */
function bytesInUse() {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function report() {
  let allowed = 0
  // resourceUsage().maxRSS would begin with what the process had that this one was started from.
  let residentBytes = 0
  let serial = 0
  const answer = async (count) => {
    for (const end = serial + count; serial < end; serial++) {
      if ('uri' in (await handler(eventOf(serial)))) allowed++
      residentBytes = Math.max(residentBytes, process.memoryUsage.rss())
    }
  }
  const before = bytesInUse()
  await answer(requests)
  // Not once only, since a memory that was full may just have been dropped; last, since collecting lowers what is resident.
  const looks = []
  for (let look = 0; look < 5; look++) {
    await answer(100)
    looks.push(bytesInUse() - before)
  }
  console.log(`\n${JSON.stringify({ denied: serial - allowed, residentBytes, keptBytes: Math.max(...looks) })}`)
  process.exit(0)
}

report()
