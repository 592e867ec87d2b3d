import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { Edge, EdgeOptions } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { templateFixture } from '../template/template-fixture.ts'

const config = {
  policy: { issuer: 'https://issuer.example.com', clientIds: ['client'], routes: [{ path: '/*', public: true }] },
}
const directory = mkdtempSync(join(tmpdir(), 'edgeproof-origins-'))
const open: Edge[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((edge) => edge.close()))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function files(name: string, contents: Record<string, string>): string {
  mkdirSync(join(directory, name, 'docs'), { recursive: true })
  for (const [path, text] of Object.entries(contents)) writeFileSync(join(directory, name, path), text)
  return join(directory, name)
}

const allViewer = '216adef6-5c7f-47e4-b989-5492eafa07d3'
const template = templateFixture({
  code: null,
  distribution: {
    Origins: [
      {
        Id: 'bucket',
        DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] },
        OriginAccessControlId: { 'Fn::GetAtt': ['Access', 'Id'] },
      },
      {
        Id: 'web',
        DomainName: 'web.s3-website-us-east-1.amazonaws.com',
        CustomOriginConfig: { OriginProtocolPolicy: 'http-only' },
      },
      { Id: 'open', DomainName: 'open.s3.amazonaws.com' },
      {
        Id: 'api',
        DomainName: 'api.example.com',
        ConnectionAttempts: 2,
        CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
      },
    ],
  },
  behaviors: [
    { PathPattern: '/docs*', TargetOriginId: 'web' },
    { PathPattern: '/open*', TargetOriginId: 'open' },
    { PathPattern: '/viewer*', OriginRequestPolicyId: allViewer },
    { PathPattern: '/api*', TargetOriginId: 'api' },
  ],
})
const objects = {
  Bucket: files('bucket', { 'a.txt': 'private', 'viewer.txt': 'v' }),
  web: files('web', { 'docs/index.html': 'documents', 'docs.txt': 'd' }),
  open: files('open', { 'open.txt': 'public' }),
}

async function edgeOf(options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const edge = await startEdge({ template, config, objects, ...options })
  open.push(edge)
  return edge
}
async function ask(edge: Edge, path: string) {
  const response = await fetch(edge.url + path, { redirect: 'manual' })
  return [response.status, response.headers.get('location') ?? (await response.text())]
}

test('each bucket has its directory; a website has index documents and redirects, a REST endpoint has neither', async () => {
  const edge = await edgeOf()
  expect(await ask(edge, '/a.txt')).toEqual([200, 'private'])
  expect(await ask(edge, '/open.txt')).toEqual([200, 'public'])
  expect(await ask(edge, '/docs/')).toEqual([200, 'documents'])
  expect(await ask(edge, '/docs')).toEqual([302, '/docs/'])
  expect((await ask(edge, '/docs/none'))[0]).toBe(404)
  expect((await ask(edge, '/none'))[0]).toBe(403)
})

test("a bucket that is sent the viewer's Host refuses, as S3 does", async () => {
  const [status, body] = await ask(await edgeOf(), '/viewer.txt')
  expect([status, body]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')])
})

test('an origin without a server answers 501 and says so at the start', async () => {
  const edge = await edgeOf()
  expect(edge.notEmulated).toEqual([
    'behavior /api* answers 501, because origin api (api.example.com) has no server here; pass --origin api=URL',
  ])
  expect((await ask(edge, '/api'))[0]).toBe(501)
  const withFunction = templateFixture({
    distribution: { Origins: [{ Id: 'bucket', DomainName: 'api.example.com', CustomOriginConfig: {} }] },
  })
  const passing = await edgeOf({ template: withFunction, objects: {} })
  const line = 'origin bucket (api.example.com) has no server here; pass --origin bucket=URL'
  expect(passing.notEmulated).toEqual([`what goes to it answers 501: ${line}`])
  expect(await ask(passing, '/x')).toEqual([501, `${line}\n`])
})

test('an origin that hangs up, or that nobody plays any more, is 502', async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const edge = await edgeOf({ origins: { api: `http://127.0.0.1:${port}` } })
  expect((await ask(edge, '/api'))[0]).toBe(502)
  expect(connections).toBe(1)
  await new Promise((resolve) => server.close(resolve))
  // Nobody listens now: that is a failed connection, which is tried again.
  expect((await ask(edge, '/api2'))[0]).toBe(502)
})

test('a connection that the origin closes as a second request goes out is no answer: a GET is sent again on another', async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    let requests = 0
    socket
      .on('error', () => {})
      .on('data', () => {
        if (requests++ > 0) socket.resetAndDestroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: no-store\r\n\r\nok')
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const edge = await edgeOf({ origins: { api: `http://127.0.0.1:${port}` } })
  expect(await ask(edge, '/api1')).toEqual([200, 'ok'])
  expect(await ask(edge, '/api2')).toEqual([200, 'ok'])
  expect(connections).toBe(2)
  server.close()
})

test('names that the template does not have are mistakes', async () => {
  await expect(edgeOf({ origins: { none: 'http://127.0.0.1:1' } })).rejects.toThrow(
    '--origin none: there is no origin of that id; there are bucket, web, open, api',
  )
  await expect(edgeOf({ objects: { none: directory } })).rejects.toThrow(
    '--objects none: there is no bucket of that name; there are Bucket, web, open',
  )
})
