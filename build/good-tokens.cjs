// One sandbox under ever new good tokens: loads a deployed file and hands its handler one event for each. Plain CommonJS, since
// stripping types would be part of what is measured. Tokens are made one at a time, so that what stays is what the handler keeps.
const { createPrivateKey, hash, sign } = require('node:crypto')

const { file, key, kid, claims, uri, requests, groups, nameLength, headerLength, cookieLength } = JSON.parse(
  process.argv[2],
)
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
  const names = Array.from({ length: groups }, (_, index) => nameOf(serial * groups + index))
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

async function report() {
  let allowed = 0
  // resourceUsage().maxRSS would begin with what the process had that this one was started from.
  let residentBytes = 0
  for (let serial = 0; serial < requests; serial++) {
    if ('uri' in (await handler(eventOf(serial)))) allowed++
    residentBytes = Math.max(residentBytes, process.memoryUsage.rss())
  }
  console.log(`\n${JSON.stringify({ allowed, residentBytes })}`)
  process.exit(0)
}

report()
