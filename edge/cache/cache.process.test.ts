import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Edge, EdgeOptions } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { templateFixture } from '../template/template-fixture.ts'

const config = {
  policy: { issuer: 'https://issuer.example.com', clientIds: ['client'], routes: [{ path: '/*', public: true }] },
}
const closing: (() => Promise<unknown>)[] = []

async function edgeOf(
  fixture: Parameters<typeof templateFixture>[0] = {},
  options: Partial<EdgeOptions> = {},
): Promise<Edge> {
  const edge = await startEdge({ template: templateFixture(fixture), config, ...options })
  closing.push(edge.close)
  return edge
}

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A raw client: fetch decodes bodies and adds an Accept-Encoding of its own. */
function ask(edge: Edge, path: string, headers: Record<string, string> = {}, method = 'GET', agent?: http.Agent) {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer; xCache: string }>(
    (resolve, reject) => {
      const sent = http.request(edge.url + path, { method, headers, ...(agent && { agent }) }, async (response) => {
        const body = Buffer.concat(await response.toArray())
        const xCache = String(response.headers['x-cache']).replace(' from cloudfront', '')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, xCache })
      })
      sent.on('error', reject).end()
    },
  )
}

describe('hits', () => {
  test('one entry for all viewers: GET and HEAD share it, query strings and cookies outside the policy do not split it', async () => {
    const edge = await edgeOf()
    expect((await ask(edge, '/public/500.txt')).xCache).toBe('Miss')
    const hit = await ask(edge, '/public/500.txt?session=1', { cookie: 'a=b' })
    expect([hit.xCache, hit.headers.age, hit.headers['set-cookie']]).toEqual(['Hit', '0', undefined])
    const head = await ask(edge, '/public/500.txt', {}, 'HEAD')
    expect([head.xCache, head.headers['content-length'], head.body.length]).toEqual(['Hit', '500', 0])
    expect(edge.metrics()).toMatchObject({ origin: { requests: 1 }, cache: { entries: 1 } })
  })

  test('an answer to HEAD is passed on and not taken for the object', async () => {
    const edge = await edgeOf()
    const head = await ask(edge, '/public/2000.txt', { 'accept-encoding': 'br' }, 'HEAD')
    expect([head.xCache, head.headers['content-length'], head.headers['content-encoding']]).toEqual([
      'Miss',
      '2000',
      undefined,
    ])
    const whole = await ask(edge, '/public/2000.txt', { 'accept-encoding': 'br' })
    expect([whole.xCache, brotliDecompressSync(whole.body).length]).toEqual(['Miss', 2000])
  })

  test('what the cache policy names splits the key and reaches the origin', async () => {
    const parameters = { QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['v'] } }
    const edge = await edgeOf({ cachePolicy: { parameters } })
    const results = []
    for (const query of ['v=1', 'v=2', 'x=9&v=1']) results.push((await ask(edge, `/public/500.txt?${query}`)).xCache)
    expect(results).toEqual(['Miss', 'Miss', 'Hit'])
  })

  test('a viewer cannot force a miss with Cache-Control or Pragma', async () => {
    const edge = await edgeOf()
    await ask(edge, '/public/500.txt')
    expect((await ask(edge, '/public/500.txt', { 'cache-control': 'no-cache', pragma: 'no-cache' })).xCache).toBe('Hit')
  })

  test('simultaneous requests for one object make one origin request', async () => {
    const edge = await edgeOf()
    edge.origin.fault({ latencyMs: 300 })
    const results = await Promise.all(Array.from({ length: 20 }, () => ask(edge, '/public/2000.txt')))
    expect(results.filter(({ xCache }) => xCache === 'Miss')).toHaveLength(1)
    expect(results.filter(({ xCache }) => xCache === 'Hit')).toHaveLength(19)
    expect(edge.metrics()).toMatchObject({ origin: { requests: 1 }, cache: { collapsed: 19 } })
  })

  test('the memory bound holds and the least recently used leave first', async () => {
    const edge = await edgeOf({}, { cacheBytes: 60_000 })
    const paths = ['/public/20000.txt', '/users/alice/20000.txt', '/users/bob/20000.txt']
    const bare = { 'accept-encoding': 'identity' }
    for (const path of [paths[0], paths[1], paths[0], paths[2]]) await ask(edge, path ?? '', bare)
    expect(edge.metrics().cache.bytes).toBeLessThanOrEqual(60_000)
    expect(edge.metrics().cache.evictions).toBe(1)
    expect((await ask(edge, paths[0] ?? '', bare)).xCache).toBe('Hit')
    expect((await ask(edge, paths[1] ?? '', bare)).xCache).toBe('Miss')
  })
})

describe('parts and conditions', () => {
  test('a range of a whole object is cut from it; of an absent one it is fetched, kept and reused', async () => {
    const edge = await edgeOf()
    const part = await ask(edge, '/public/20000.txt', { range: 'bytes=100-199' })
    expect([part.status, part.xCache, part.body.length]).toEqual([206, 'Miss', 100])
    const inner = await ask(edge, '/public/20000.txt', { range: 'bytes=110-119' })
    expect([inner.status, inner.xCache, inner.headers['content-range']]).toEqual([206, 'Hit', 'bytes 110-119/20000'])
    expect(inner.body.equals(part.body.subarray(10, 20))).toBe(true)
    const whole = await ask(edge, '/public/20000.txt')
    expect([whole.status, whole.xCache, whole.body.length]).toEqual([200, 'Miss', 20_000])
    const cut = await ask(edge, '/public/20000.txt', { range: 'bytes=-5' })
    expect([cut.xCache, cut.body.toString()]).toEqual(['Hit', whole.body.subarray(-5).toString()])
    expect((await ask(edge, '/public/20000.txt', { range: 'bytes=20000-' })).status).toBe(416)
    const several = await ask(edge, '/public/20000.txt', { range: 'bytes=0-1,4-5' })
    expect([several.status, several.headers['content-type']?.split(';')[0]]).toEqual([206, 'multipart/byteranges'])
    expect((await ask(edge, '/public/20000.txt', { range: 'bytes=4-5,0-1' })).status).toBe(200)
  })

  test('a viewer that holds the object gets 304 from the cache', async () => {
    const edge = await edgeOf()
    const { headers } = await ask(edge, '/public/500.txt')
    const again = await ask(edge, '/public/500.txt', { 'if-none-match': String(headers.etag) })
    expect([again.status, again.xCache, again.body.length]).toEqual([304, 'Hit', 0])
    const since = await ask(edge, '/public/500.txt', { 'if-modified-since': String(headers['last-modified']) })
    expect(since.status).toBe(304)
  })

  test('an expired object is asked for with its validators and refreshed by a 304', async () => {
    const edge = await edgeOf({ cachePolicy: { DefaultTTL: 0 } })
    await ask(edge, '/public/2000.txt')
    const again = await ask(edge, '/public/2000.txt')
    expect([again.status, again.xCache, again.body.length]).toEqual([200, 'RefreshHit', 2000])
    expect(edge.metrics().origin.bytes).toBe(2000)
  })
})

describe('compression', () => {
  test('text of 1,000 bytes and more is compressed, Brotli before gzip, with a weak ETag and an entry of its own', async () => {
    const edge = await edgeOf()
    const plain = await ask(edge, '/public/20000.txt')
    const brotli = await ask(edge, '/public/20000.txt', { 'accept-encoding': 'gzip, deflate, br' })
    const gzip = await ask(edge, '/public/20000.txt', { 'accept-encoding': 'gzip' })
    const none = await ask(edge, '/public/20000.txt', { 'accept-encoding': 'gzip;q=0' })
    expect([brotli, gzip, none].map(({ headers }) => headers['content-encoding'])).toEqual(['br', 'gzip', undefined])
    expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true)
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true)
    expect(gzip.headers.etag).toBe(`W/${plain.headers.etag}`)
    expect([plain, brotli, gzip, none].map(({ xCache }) => xCache)).toEqual(['Miss', 'Miss', 'Miss', 'Hit'])
    expect(
      (await ask(edge, '/public/500.txt', { 'accept-encoding': 'gzip' })).headers['content-encoding'],
    ).toBeUndefined()
  })
})

describe('an origin in trouble', () => {
  test('down: hits are still served, misses are an error, and nothing wrong stays', async () => {
    const edge = await edgeOf({ errorResponses: [{ ErrorCode: 502, ErrorCachingMinTTL: 0 }] })
    await ask(edge, '/public/500.txt')
    edge.origin.fault({ disconnect: 'before' })
    expect((await ask(edge, '/public/500.txt')).xCache).toBe('Hit')
    const miss = await ask(edge, '/public/2000.txt')
    expect([miss.status, miss.xCache]).toEqual([502, 'Error'])
    edge.origin.fault({ disconnect: 'during' })
    expect((await ask(edge, '/public/2000.txt')).status).toBe(502)
    edge.origin.restore()
    const whole = await ask(edge, '/public/2000.txt')
    expect([whole.status, whole.xCache, whole.body.length]).toEqual([200, 'Miss', 2000])
  })

  test('failing: an expired object stands in for a 5xx and for no answer', async () => {
    const edge = await edgeOf({
      cachePolicy: { DefaultTTL: 0 },
      errorResponses: [
        { ErrorCode: 502, ErrorCachingMinTTL: 0 },
        { ErrorCode: 503, ErrorCachingMinTTL: 0 },
      ],
    })
    await ask(edge, '/public/500.txt')
    for (const fault of [{ status: 503 }, { disconnect: 'before' }] as const) {
      edge.origin.fault(fault)
      const stale = await ask(edge, '/public/500.txt')
      expect([stale.status, stale.body.length]).toEqual([200, 500])
    }
    edge.origin.restore()
    expect((await ask(edge, '/public/500.txt')).xCache).toBe('RefreshHit')
  })

  test('an error is kept for its error caching minimum TTL, 10 seconds where the template says nothing', async () => {
    const edge = await edgeOf({ errorResponses: [{ ErrorCode: 500, ErrorCachingMinTTL: 0 }] })
    edge.origin.fault({ status: 503 })
    await ask(edge, '/public/500.txt')
    edge.origin.fault({ status: 500 })
    expect((await ask(edge, '/public/500.txt')).status).toBe(503)
    expect((await ask(edge, '/public/2000.txt')).status).toBe(500)
    edge.origin.restore()
    expect((await ask(edge, '/public/2000.txt')).status).toBe(200)
    expect((await ask(edge, '/public/500.txt')).status).toBe(503)
  })
})

describe('the bucket', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'edgeproof-objects-'))
    closing.push(() => rm(directory, { recursive: true }))
  })

  test('keys are decoded once, a raw + is a space, a missing key is a 403', async () => {
    await writeFile(join(directory, 'a b.txt'), 'spaced')
    const edge = await edgeOf({}, { objects: directory })
    for (const path of ['/a%20b.txt', '/a+b.txt']) expect((await ask(edge, path)).body.toString()).toBe('spaced')
    const missing = await ask(edge, '/a%2520b.txt')
    expect([missing.status, missing.xCache, missing.headers['content-type']]).toEqual([403, 'Error', 'application/xml'])
    expect(edge.paths).toEqual(['/a%20b.txt'])
  })

  test('a path that a function writes beyond ASCII reaches the bucket as UTF-8', async () => {
    await writeFile(join(directory, 'é.txt'), 'accent')
    const code = 'exports.handler = async ({ Records: [{ cf: { request } }] }) => ({ ...request, uri: "/é.txt" })'
    const edge = await edgeOf({ code }, { objects: directory })
    expect((await ask(edge, '/any')).body.toString()).toBe('accent')
  })

  test('a directory that does not exist is a usage error', async () => {
    await expect(edgeOf({}, { objects: join(directory, 'none') })).rejects.toThrow(/none: cannot be read \(ENOENT\)/)
  })
})

describe('refused before function and cache', () => {
  test('methods outside the behavior, bodies of GET, and requests beyond the limits', async () => {
    const edge = await edgeOf()
    expect((await ask(edge, '/public/500.txt', {}, 'POST')).status).toBe(403)
    expect((await ask(edge, '/public/500.txt', { 'x-long': 'x'.repeat(33_000) })).status).toBe(413)
    expect((await ask(edge, `/${'x'.repeat(8_200)}`)).status).toBe(413)
    expect(
      await raw(edge, 'GET /public/500.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx'),
    ).toMatch(/^HTTP\/1.1 403/)
    expect(edge.metrics().sandboxes.invocations).toBe(0)
    expect(await raw(edge, 'no request\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*\r\n[\s\S]*X-Cache: Error/)
  })

  test('plain HTTP is redirected where the behaviors are enforced', async () => {
    const edge = await edgeOf({}, { enforceHttps: true })
    const { status, headers, xCache } = await ask(edge, '/a?b=1', { host: 'd1.example.com' })
    expect([status, headers.location, xCache]).toEqual([301, 'https://d1.example.com/a?b=1', 'Redirect'])
  })
})

test('each point of presence has its own cache and sandboxes, the regional cache is asked before the origin', async () => {
  const edge = await edgeOf({}, { pops: 2 })
  const agents = [
    new http.Agent({ keepAlive: true, maxSockets: 1 }),
    new http.Agent({ keepAlive: true, maxSockets: 1 }),
  ]
  closing.push(async () => {
    for (const agent of agents) agent.destroy()
  })
  const seen = []
  for (const agent of [...agents, ...agents]) {
    const { headers, xCache, body } = await ask(edge, '/public/2000.txt', {}, 'GET', agent)
    seen.push([headers['x-amz-cf-pop'], xCache, body.length])
  }
  expect(new Set(seen.map(([pop]) => pop)).size).toBe(2)
  expect(seen.map(([, xCache]) => xCache)).toEqual(['Miss', 'Hit', 'Hit', 'Hit'])
  expect(edge.metrics()).toMatchObject({ origin: { requests: 1 }, sandboxes: { started: 2 } })
})

test('an object that was kept under one origin server is not kept under no-store', async () => {
  let cacheControl = 'max-age=0'
  const server = http.createServer((_request, response) =>
    response.writeHead(200, { 'Cache-Control': cacheControl }).end('v'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => server.close())
  const originUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const edge = await edgeOf({}, { originUrl })
  await ask(edge, '/a')
  expect(edge.metrics().cache.entries).toBe(1)
  cacheControl = 'no-store'
  await ask(edge, '/a')
  expect(edge.metrics().cache.entries).toBe(0)
})

function raw(edge: Edge, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(edge.url).port), '127.0.0.1', () => socket.write(text, 'latin1'))
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('close', () => resolve(answer)).on('error', reject)
  })
}
