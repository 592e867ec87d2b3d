import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import type { ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import type { Edge } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { templateFixture } from '../template/template-fixture.ts'

const config = {
  policy: { issuer: 'https://issuer.example.com', clientIds: ['client'], routes: [{ path: '/*', public: true }] },
}
const open: Edge[] = []

async function edgeOf(
  body: string,
  fixture: Parameters<typeof templateFixture>[0] = {},
  sandboxes = {},
): Promise<Edge> {
  const code = `exports.handler = async (event) => { const { request } = event.Records[0].cf; ${body} }`
  const edge = await startEdge({ template: templateFixture({ code, ...fixture }), config, sandboxes })
  open.push(edge)
  return edge
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((edge) => edge.close()))
})

async function outcome(edge: Edge, init: RequestInit = {}, path = '/public/500.txt'): Promise<[number, string | null]> {
  const response = await fetch(edge.url + path, { redirect: 'manual', ...init })
  await response.arrayBuffer()
  return [response.status, response.headers.get('x-cache')]
}

describe('what CloudFront answers when a function goes wrong', () => {
  const cases: [name: string, body: string, status: number, result: string][] = [
    ['throws', 'throw new Error("no")', 503, 'LambdaExecutionError'],
    ['exits', 'process.exit(0)', 503, 'LambdaExecutionError'],
    [
      'runs out of memory',
      'const all = []; for (;;) all.push(new Array(1e5).fill(Math.random()))',
      503,
      'LambdaExecutionError',
    ],
    ['blocks beyond its time', 'for (;;);', 503, 'LambdaExecutionError'],
    [
      'waits beyond its time',
      'await new Promise((resolve) => setTimeout(resolve, 60_000))',
      503,
      'LambdaExecutionError',
    ],
    ['returns nothing', 'return', 502, 'LambdaValidationError'],
    [
      'changes a read-only header',
      'request.headers.host = [{ value: "other" }]; return request',
      502,
      'LambdaValidationError',
    ],
    ['removes a read-only header', 'delete request.headers.host; return request', 502, 'LambdaValidationError'],
    [
      'adds a forbidden header',
      'request.headers["x-edge-a"] = [{ value: "1" }]; return request',
      502,
      'LambdaValidationError',
    ],
    ['changes the method', 'request.method = "POST"; return request', 502, 'LambdaValidationError'],
    ['answers with a bad status', 'return { status: "99" }', 502, 'LambdaValidationError'],
    [
      'answers with more than 40 KB',
      'return { status: "200", body: "x".repeat(41_000) }',
      502,
      'LambdaValidationError',
    ],
    ['answers 204 with a body', 'return { status: "204", body: "x" }', 502, 'LambdaValidationError'],
  ]
  test.each(cases)('a function that %s', async (_name, body, status, result) => {
    const edge = await edgeOf(body, { timeoutSeconds: 0.3, memoryMb: 64 })
    expect(await outcome(edge)).toEqual([status, `${result} from cloudfront`])
    const failed = edge.metrics()
    expect(failed.results[result as 'LambdaExecutionError']).toBe(1)
    expect(failed.origin.requests).toBe(0)
  })

  test('code that does not load fails the request it was started for', async () => {
    const edge = await edgeOf('', { code: 'throw new Error("INIT")' })
    expect(await outcome(edge)).toEqual([503, 'LambdaExecutionError from cloudfront'])
  })
})

describe('sandboxes', () => {
  const slow = 'await new Promise((resolve) => setTimeout(resolve, 400)); return request'

  test('one event at a time each: concurrent events start one sandbox apiece, and are turned away beyond the limit', async () => {
    const edge = await edgeOf(slow, {}, { waitMs: 0, limit: 3 })
    const all = await Promise.all(Array.from({ length: 5 }, () => outcome(edge)))
    const refused = all.filter(([, xCache]) => xCache === 'LambdaLimitExceeded from cloudfront')
    expect(refused).toEqual([
      [503, 'LambdaLimitExceeded from cloudfront'],
      [503, 'LambdaLimitExceeded from cloudfront'],
    ])
    expect(edge.metrics().sandboxes).toMatchObject({ running: 3, peak: 3, started: 3, throttles: 2, invocations: 3 })
  })

  test('an event that waits does not hold back those behind it', async () => {
    const edge = await edgeOf(
      'if (request.uri === "/slow") await new Promise((resolve) => setTimeout(resolve, 2_000)); return { status: "200" }',
    )
    await outcome(edge, {}, '/warm')
    const ended: string[] = []
    const paths = ['/slow', ...Array.from({ length: 10 }, (_, index) => `/${index}`)]
    await Promise.all(paths.map((path) => outcome(edge, {}, path).then(() => ended.push(path))))
    expect(ended.at(-1)).toBe('/slow')
    expect(edge.metrics().sandboxes).toMatchObject({ started: 2, throttles: 0 })
  })

  test('state outlives an event, nothing runs between events, and idle sandboxes are removed', async () => {
    const edge = await edgeOf(
      'const seen = globalThis.seen ??= { events: 0, ticks: 0 }; seen.events++;' +
        'if (seen.events === 1) setInterval(() => seen.ticks++, 1);' +
        'return { status: "200", body: JSON.stringify(seen) }',
      {},
      { idleMs: 300 },
    )
    const ask = async () => (await fetch(edge.url)).json()
    expect(await ask()).toEqual({ events: 1, ticks: 0 })
    expect(await ask()).toEqual({ events: 2, ticks: 0 })
    await expect.poll(() => edge.metrics().sandboxes.running, { timeout: 5000 }).toBe(0)
    expect(await ask()).toEqual({ events: 1, ticks: 0 })
    expect(edge.metrics().sandboxes).toMatchObject({ started: 2, removed: 1, failed: 0 })
  })

  test('a sandbox that is killed fails the event it was in, and the next one is answered', async () => {
    const edge = await edgeOf(
      'if (request.uri === "/slow") await new Promise((resolve) => setTimeout(resolve, 3_000)); return request',
    )
    const first = outcome(edge, {}, '/slow')
    await expect.poll(() => edge.metrics().sandboxes.running).toBe(1)
    const killed = setInterval(() => edge.metrics().sandboxes.started === 1 && edge.killSandbox(), 200)
    expect(await first).toEqual([503, 'LambdaExecutionError from cloudfront'])
    clearInterval(killed)
    expect(await outcome(edge)).toEqual([200, 'Miss from cloudfront'])
  })

  test('every host but the issuer is refused and counted', async () => {
    const edge = await edgeOf(`
      const get = (url) => new Promise((resolve) => require('node:https').get(url, (r) => resolve(r.statusCode)).on('error', (e) => resolve(e.code)))
      const fetched = (url) => fetch(url).then((r) => r.status, (e) => e.cause.code)
      const urls = ['https://issuer.example.com/.well-known/jwks.json', 'https://other.example.com/']
      return { status: '200', body: JSON.stringify([await Promise.all(urls.map(get)), await Promise.all(urls.map(fetched))]) }`)
    const refused = 'ECONNREFUSED'
    expect(await (await fetch(edge.url)).json()).toEqual([
      [200, refused],
      [200, refused],
    ])
    expect(edge.metrics().sandboxes.refusedConnections).toBe(2)
    expect(edge.metrics().issuer.fetches).toBe(2)
  })

  test('a server that was named answers for its host, with the body that was sent to it', async () => {
    const server = createServer(async (request, response) => {
      response.end(`${request.method} ${request.headers.host}${request.url} ${await text(request)}`)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const code = `exports.handler = async () => {
      const url = 'https://login.example.com/token?a=1'
      const sent = new Promise((resolve, reject) => require('node:https').request(url, { method: 'POST', agent: false }, async (response) => {
        resolve(Buffer.concat(await response.toArray()).toString())
      }).on('error', reject).end('code=1'))
      const fetched = await (await fetch(url, { method: 'POST', body: 'code=2' })).text()
      return { status: '200', body: JSON.stringify([await sent, fetched.replace(/127[^/]+/, '-')]) }
    }`
    const edge = await startEdge({
      template: templateFixture({ code }),
      config,
      servers: { 'login.example.com': port },
    })
    open.push(edge)
    expect(await (await fetch(edge.url)).json()).toEqual([
      'POST login.example.com/token?a=1 code=1',
      'POST -/token?a=1 code=2',
    ])
    expect(edge.metrics().sandboxes.refusedConnections).toBe(0)
    server.close()
    server.closeAllConnections()
  })
})

test("the functions' clock is moved ahead while they run", async () => {
  const code =
    'exports.handler = async () => ({ status: "200", body: JSON.stringify([Date.now(), new Date().getTime(), new Date(5).getTime()]) })'
  const clockAhead = new SharedArrayBuffer(4)
  const edge = await startEdge({ template: templateFixture({ code }), config, clockAhead })
  open.push(edge)
  const times = async () => (await (await fetch(edge.url)).json()) as [number, number, number]
  const before = await times()
  Atomics.add(new Int32Array(clockAhead), 0, 3600)
  const after = await times()
  for (const index of [0, 1] as const) {
    expect((after[index] - before[index]) / 1000).toBeGreaterThanOrEqual(3600)
    expect((after[index] - before[index]) / 1000).toBeLessThan(3660)
  }
  expect(after[2]).toBe(5)
})

test('the event has the documented shape: lower-case names, no hidden headers, a path apart from its query', async () => {
  const edge = await edgeOf('return { status: "200", body: JSON.stringify(event) }')
  const response = await fetch(`${edge.url}/a%20b?x=1`, {
    headers: { 'X-Two': 'v', 'X-Edge-Secret': 'hidden', 'X-Real-IP': '1.1.1.1' },
  })
  const event = (await response.json()) as ViewerRequestEvent
  const { config: about, request } = event.Records[0]?.cf ?? ({} as never)
  expect(about).toEqual({
    distributionDomainName: expect.stringMatching(/\.cloudfront\.net$/),
    distributionId: 'Distribution',
    eventType: 'viewer-request',
    requestId: response.headers.get('x-amz-cf-id'),
  })
  expect(request).toMatchObject({ clientIp: '127.0.0.1', method: 'GET', uri: '/a%20b', querystring: 'x=1' })
  expect(request.headers['x-two']).toEqual([{ key: 'X-Two', value: 'v' }])
  expect(Object.keys(request.headers)).not.toContain('x-edge-secret')
  expect(Object.keys(request.headers)).not.toContain('x-real-ip')
})

test('a generated answer reaches the viewer with its headers, and only there', async () => {
  const edge = await edgeOf(
    'return { status: "302", statusDescription: "Found", headers: { location: [{ value: "/x" }] }, body: "go" }',
  )
  const response = await fetch(edge.url, { redirect: 'manual' })
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toBe('/x')
  expect(response.headers.get('x-cache')).toBe('LambdaGeneratedResponse from cloudfront')
  expect(await response.text()).toBe('go')
  expect(edge.metrics()).toMatchObject({ origin: { requests: 0 }, cache: { entries: 0 } })
})

test('a rewritten request is looked up and fetched as the function left it', async () => {
  const edge = await edgeOf('request.uri = "/public/2000.txt"; delete request.headers.authorization; return request')
  const response = await fetch(`${edge.url}/anything`, { headers: { authorization: 'Bearer x' } })
  expect((await response.text()).length).toBe(2000)
  expect(await outcome(edge, {}, '/else')).toEqual([200, 'Hit from cloudfront'])
})
