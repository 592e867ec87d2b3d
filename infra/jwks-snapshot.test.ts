import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { SiteConfig } from '../config/site-schema.ts'
import { type Certificate, makeCertificate } from '../testing/certificate.ts'
import { takeSnapshots } from './jwks-snapshot.ts'
import { plainPolicy, templateOf } from './template-of.ts'

const trusted = getCACertificates('default')
let certificate: Certificate
beforeAll(async () => {
  certificate = await makeCertificate()
  setDefaultCACertificates([...trusted, certificate.certificate])
})
afterAll(() => setDefaultCACertificates(trusted))

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function issuer(answer: RequestListener): Promise<string> {
  const server = createServer({ key: certificate.key, cert: certificate.certificate }, answer).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `https://127.0.0.1:${address.port}`
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
  [
    'a redirect, even to keys',
    ({ url }, response) =>
      url === '/keys'
        ? void response.end(JSON.stringify({ keys }))
        : void response.writeHead(302, { location: '/keys' }).end(),
  ],
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

/** What the synthesized function has been given. */
async function bakedSnapshots(site: SiteConfig, issuerUrl: string): Promise<unknown> {
  const template = await templateOf(site, { ...plainPolicy, issuer: issuerUrl }, { snapshot: 'true' })
  const [handler] = Object.values(template.findResources('AWS::Lambda::Function'))
  const code = handler?.Properties.Code.ZipFile
  const line: string =
    typeof code === 'string' ? code : code['Fn::Join'][1].filter((part: unknown) => typeof part === 'string').join('')
  return JSON.parse(/EDGEPROOF_CONFIGURATION=(.*);\n/.exec(line)?.[1] ?? '').snapshots
}

test('`--context snapshot=true` bakes the keys of a pool that exists into the code', async () => {
  const url = await issuer((_, response) => void response.end(JSON.stringify({ keys })))
  expect(await bakedSnapshots({}, url)).toEqual({ [url]: { fetchedAt: expect.any(Number), keys } })
})

test('a pool that the same deployment creates has no keys to bake in', async () => {
  let asked = 0
  const url = await issuer((_, response) => void response.end(String(++asked)))
  expect(await bakedSnapshots({ createUserPool: {} }, url)).toBeUndefined()
  expect(asked).toBe(0)
})
