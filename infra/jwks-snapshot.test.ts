import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Template } from 'aws-cdk-lib/assertions'
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

const oneRoute = [{ path: '/a/*' }]
const third = { tokenUse: null, clientIds: ['web'] } as const

test('an issuer whose keys are refused is named and left out, and harms no other', async () => {
  const good = await issuer((_, response) => void response.end(JSON.stringify({ keys })))
  const refusing = await issuer((_, response) => void response.writeHead(403).end('{"message":"Forbidden"}'))
  const warnings: string[] = []
  const providers = {
    pool: { tokenUse: 'access', clientIds: ['web'], issuer: [refusing, good] },
    partners: { ...third, issuer: `${good}/partners` },
  } as const
  const snapshots = await takeSnapshots({ providers, routes: oneRoute }, (warning) => warnings.push(warning))
  expect(Object.entries(snapshots).map(([url, snapshot]) => [url, snapshot.keys])).toEqual([
    [good, keys],
    [`${good}/partners`, keys],
  ])
  expect(warnings).toEqual([
    `no snapshot of the keys at ${refusing}/.well-known/jwks.json: HTTP 403; the function will fetch them`,
  ])
})

test('keys that several issuers share are asked for once', async () => {
  let asked = 0
  const url = await issuer((_, response) => {
    asked++
    response.end(JSON.stringify({ keys }))
  })
  const shared = { ...third, issuer: ['https://a.example.com', 'https://b.example.com'], jwksUri: url }
  const snapshots = await takeSnapshots({ providers: { shared }, routes: oneRoute }, () => {})
  expect(Object.keys(snapshots)).toEqual(['https://a.example.com', 'https://b.example.com'])
  expect(asked).toBe(1)
})

/** What the synthesized function has been given. */
async function bakedSnapshots(site: SiteConfig, issuerUrl: string): Promise<unknown> {
  return snapshotsIn(await templateOf(site, { ...plainPolicy, issuer: issuerUrl }, { snapshot: 'true' }))
}

function snapshotsIn(template: Template) {
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

test('beside a created pool the keys of the other providers are baked in', async () => {
  const url = await issuer((_, response) => void response.end(JSON.stringify({ keys })))
  const providers = { pool: { ...third, issuer: 'https://127.0.0.1:9' }, partners: { ...third, issuer: url } }
  const template = await templateOf(
    { createUserPool: {}, userPoolProvider: 'pool' },
    { providers, routes: [{ path: '/a/*', provider: ['pool', 'partners'] }] },
    { snapshot: 'true' },
  )
  expect(Object.keys(snapshotsIn(template))).toEqual([url])
})
