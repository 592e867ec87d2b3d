import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { takeSnapshots } from './jwks-snapshot.ts'
import { plainPolicy } from './template-of.ts'

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function issuer(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

const keys = [{ kty: 'RSA', kid: 'one', n: 'AQAB', e: 'AQAB' }]

test("a snapshot holds the issuer's keys and the time they were fetched at", async () => {
  const url = await issuer((request, response) => {
    response.end(request.url === '/.well-known/jwks.json' ? JSON.stringify({ keys }) : '')
  })
  const warnings: string[] = []
  const before = Date.now()
  const snapshots = await takeSnapshots({ ...plainPolicy, issuer: url }, (warning) => warnings.push(warning))
  expect(warnings).toEqual([])
  expect(snapshots).toEqual({ [url]: { fetchedAt: expect.any(Number), keys } })
  expect(snapshots[url]?.fetchedAt).toBeGreaterThanOrEqual(before)
})

test.each<[string, RequestListener]>([
  ['an error', (_, response) => void response.writeHead(503).end(JSON.stringify({ keys }))],
  ['a redirect', (_, response) => void response.writeHead(302, { location: 'https://elsewhere.example' }).end()],
  ['no JSON', (_, response) => void response.end('<html>')],
  ['an empty set', (_, response) => void response.end('{"keys":[]}')],
  ['too much', (_, response) => void response.end(JSON.stringify({ keys, padding: 'x'.repeat(70_000) }))],
  ['a broken connection', (_, response) => void response.destroy()],
])('%s instead of keys is a warning and no snapshot', async (_, answer) => {
  const url = await issuer(answer)
  const warnings: string[] = []
  expect(await takeSnapshots({ ...plainPolicy, issuer: url }, (warning) => warnings.push(warning))).toEqual({})
  expect(warnings).toEqual([expect.stringContaining(`no snapshot of the keys at ${url}/.well-known/jwks.json: `)])
})
