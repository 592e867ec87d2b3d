import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import http2 from 'node:http2'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import { synthesize } from '../infra/synth.ts'
import type { Edge, EdgeOptions } from './edge.ts'
import { standardLogHeader, standardLogLine } from './log/request-log.ts'
import type { RequestRecord } from './log/request-record.ts'
import { startEdge } from './start-edge.ts'
import { templateFixture } from './template/template-fixture.ts'

let config: Config
let template: object
const open: Edge[] = []

/** In seconds, so that a test sees keys age: fresh for 1, kept through outages for 60, one fetch a second at most. */
const shortLived = { maxAge: 1, maxStale: 60, cooldown: 1 }

beforeAll(async () => {
  const loaded = await loadConfig({})
  config = { ...loaded.config, policy: { ...loaded.config.policy, jwks: shortLived } }
  template = (await synthesize(config)).template
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((edge) => edge.close()))
})

async function edgeOf(options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const edge = await startEdge({ template, config, ...options })
  open.push(edge)
  return edge
}

async function status(edge: Edge, path: string, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(edge.url + path, { headers, redirect: 'manual' })
  await response.arrayBuffer()
  return response.status
}

const report = '/reports/500.txt'
const analysts = { 'cognito:groups': ['analysts'] }
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('the deployed authorizer before the cache', () => {
  test('routes decide, denials are never cached, every allowed viewer shares one entry', async () => {
    const edge = await edgeOf()
    const alice = await edge.issuer.mint({ sub: 'alice', ...analysts })
    const bob = await edge.issuer.mint({ sub: 'bob', ...analysts })
    expect(await status(edge, report)).toBe(401)
    expect(await status(edge, report, alice)).toBe(200)
    expect(await status(edge, report, bob)).toBe(200)
    expect(await status(edge, '/users/alice/500.txt', bob)).toBe(403)
    expect(await status(edge, '/users/alice/500.txt', alice)).toBe(200)
    expect(await status(edge, '/users/alice/500.txt', `${alice.slice(0, -4)}AAAA`)).toBe(401)
    expect(await status(edge, '/public/500.txt')).toBe(200)
    expect(edge.metrics()).toMatchObject({
      results: { Miss: 3, Hit: 1, LambdaGeneratedResponse: 3 },
      origin: { requests: 3 },
      sandboxes: { invocations: 7, refusedConnections: 0 },
    })
  })

  test("a template that makes its own user pool: the pool's id and client are resolved inside the code", async () => {
    const made = { ...config, site: { createUserPool: {} } }
    const edge = await edgeOf({ template: (await synthesize(made)).template, config: made })
    expect(edge.issuer.url).toBe('https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01')
    expect(await status(edge, report, await edge.issuer.mint(analysts))).toBe(200)
    expect(await status(edge, report, await edge.issuer.mint({ ...analysts, client_id: 'other' }))).toBe(401)
  })

  test('a denial carries CORS headers for a page of ours, a hit carries those of the policy', async () => {
    const edge = await edgeOf()
    const origin = 'https://app.example.com'
    const authorization = `Bearer ${await edge.issuer.mint(analysts)}`
    const denied = await fetch(edge.url + report, { headers: { origin } })
    expect([denied.status, denied.headers.get('access-control-allow-origin')]).toEqual([401, origin])
    await fetch(edge.url + report, { headers: { authorization } })
    const hit = await fetch(edge.url + report, { headers: { origin, authorization } })
    expect([hit.headers.get('x-cache'), hit.headers.get('access-control-allow-origin')]).toEqual([
      'Hit from cloudfront',
      origin,
    ])
    const other = await fetch(edge.url + report, { headers: { origin: 'https://evil.example.com', authorization } })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
    const preflight = {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    }
    expect(
      (await fetch(edge.url + report, { method: 'OPTIONS', headers: preflight })).headers.get(
        'access-control-allow-headers',
      ),
    ).toMatch(/authorization/i)
  })
})

describe('an issuer in trouble', () => {
  test.each(['hang', 'reset', 'empty'] as const)('%s after the start: no valid request is refused', async (kind) => {
    const edge = await edgeOf()
    const token = await edge.issuer.mint(analysts)
    expect(await status(edge, report, token)).toBe(200)
    edge.issuer.outage(kind)
    await wait(1_200)
    for (let count = 0; count < 2; count++) expect(await status(edge, report, token)).toBe(200)
    expect(edge.metrics().issuer.failures).toBeGreaterThan(0)
  })

  test('keys rotated twice: no valid request is refused, and a withdrawn key is refused after its time', async () => {
    const edge = await edgeOf()
    const tokens = [await edge.issuer.mint(analysts)]
    expect(await status(edge, report, tokens[0])).toBe(200)
    for (let round = 0; round < 2; round++) {
      await wait(1_100)
      await edge.issuer.rotate()
      tokens.push(await edge.issuer.mint(analysts))
      for (const token of tokens) expect(await status(edge, report, token)).toBe(200)
    }
    edge.issuer.withdraw()
    await wait(1_100)
    await status(edge, report, tokens[2])
    await expect.poll(() => status(edge, report, tokens[0]), { timeout: 5000, interval: 200 }).toBe(401)
    expect(await status(edge, report, tokens[2])).toBe(200)
  })
})

describe('what it tells', () => {
  test('one record for each answer, with the id that the viewer saw, and the standard log of it', async () => {
    const edge = await edgeOf()
    const records: RequestRecord[] = []
    edge.log.subscribe((record) => records.push(record))
    const seen: [string | null, string | null][] = []
    for (const path of ['/public/500.txt', '/public/500.txt?a=1', '/reports/500.txt']) {
      const { headers } = await fetch(edge.url + path, { headers: { 'user-agent': 'a b' } })
      seen.push([headers.get('x-amz-cf-id'), headers.get('x-cache')])
    }
    await expect.poll(() => records.length).toBe(3)
    expect(records.map(({ id, xCache }) => [id, xCache])).toEqual(seen)
    const [names] = standardLogHeader.split('\n').slice(1)
    const fields = names?.replace('#Fields: ', '').split(' ') ?? []
    const values = standardLogLine(records[1] as RequestRecord)
      .trimEnd()
      .split('\t')
    expect(values).toHaveLength(33)
    expect(Object.fromEntries(fields.map((name, index) => [name, values[index]]))).toMatchObject({
      'cs-method': 'GET',
      'cs-uri-stem': '/public/500.txt',
      'cs-uri-query': 'a=1',
      'sc-status': '200',
      'cs(User-Agent)': 'a%20b',
      'x-edge-result-type': 'Hit',
      'x-edge-request-id': seen[1]?.[0],
      'sc-content-len': '500',
      'cs(Cookie)': '-',
    })
    const metrics = await (await fetch(`${edge.url}/_edge/metrics`)).text()
    expect(metrics).toContain('edgeproof_edge_requests_total{result="Hit"} 1\n')
    expect(metrics).toContain('edgeproof_edge_cache_entries 1\n')
  })

  test('a viewer that leaves before its answer is counted as one that left', async () => {
    const edge = await edgeOf()
    const records: RequestRecord[] = []
    edge.log.subscribe((record) => records.push(record))
    edge.origin.fault({ latencyMs: 300 })
    await expect(fetch(`${edge.url}/public/500.txt`, { signal: AbortSignal.timeout(150) })).rejects.toThrow()
    await expect.poll(() => records, { timeout: 20_000 }).toMatchObject([{ complete: false, status: 200 }])
    expect(standardLogLine(records[0] as RequestRecord).split('\t')[8]).toBe('000')
  })

  test('HTTP/2 over TLS with the certificate of the run', async () => {
    const edge = await edgeOf({ tlsPort: 0 })
    const records: RequestRecord[] = []
    edge.log.subscribe((record) => records.push(record))
    const session = http2.connect(edge.tlsUrl ?? '', { ca: edge.certificate ?? '' })
    const stream = session.request({ ':path': '/public/2000.txt' })
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
    const chunks = await stream.toArray()
    session.close()
    expect([headers[':status'], headers['x-cache'], Buffer.concat(chunks).length]).toEqual([
      200,
      'Miss from cloudfront',
      2000,
    ])
    await expect.poll(() => records).toMatchObject([{ protocol: 'HTTP/2.0', tlsProtocol: 'TLSv1.3', complete: true }])
  })
})

describe('what it refuses to start with', () => {
  test('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(edgeOf({ port })).rejects.toThrow(`--port ${port}: is in use`)
    await expect(edgeOf({ tlsPort: port })).rejects.toThrow(`--tls-port ${port}: is in use`)
    other.close()
  })

  test.each([
    ['nothing of a template', {}, /has no AWS::CloudFront::Distribution/],
    ['no distribution', { Resources: {} }, /has no AWS::CloudFront::Distribution/],
    [
      'a missing policy',
      templateFixture({ behavior: { CachePolicyId: { Ref: 'Nowhere' } } }),
      /Ref Nowhere is not known/,
    ],
  ])('a template with %s', async (_name, broken, message) => {
    await expect(edgeOf({ template: broken })).rejects.toThrow(message)
  })
})

describe('edgeproof edge', () => {
  test('serves, says how to ask, and ends with Ctrl-C without a trace', async () => {
    const child = spawn(process.execPath, ['cli.ts', 'edge', '--port', '0', '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let text = ''
    for await (const chunk of child.stdout) {
      text += chunk
      if (text.endsWith('}\n')) break
    }
    const { url, token, paths } = JSON.parse(text) as { url: string; token: string; paths: string[] }
    expect(paths).toContain(report)
    expect((await fetch(url + report, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    await expect(fetch(url)).rejects.toThrow()
  })

  test('--watch starts again on the same port when a handler changes, and keeps what runs where it is broken', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'edgeproof-watch-'))
    const handler = join(directory, 'handler.mjs')
    const template = join(directory, 'template.json')
    const answer = (body: string) => `export const handler = async () => ({ status: '200', body: '${body}' })`
    writeFileSync(handler, answer('one'))
    writeFileSync(template, JSON.stringify(templateFixture()))
    const options = ['--port', '0', '--template', template, '--handler', handler, '--watch']
    const child = spawn(process.execPath, ['cli.ts', 'edge', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
    const until = async (stream: Readable, text: string) => {
      let all = ''
      for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
        all += chunk
        if (all.includes(text)) return all
      }
      throw new Error(`ended without ${text}: ${all}`)
    }
    const url = /http:\S+:\d+/.exec(await until(child.stdout, 'try: curl'))?.[0] ?? ''
    const body = async () => (await fetch(`${url}/x`)).text()
    expect(await body()).toBe('one')
    // As editors save: a new file in the old one's place.
    writeFileSync(`${handler}.new`, answer('two'))
    renameSync(`${handler}.new`, handler)
    await until(child.stderr, 'started again after a change')
    expect(await body()).toBe('two')
    writeFileSync(template, '{')
    await until(child.stderr, 'is not JSON')
    expect(await body()).toBe('two')
    child.kill('SIGINT')
    await once(child, 'exit')
    rmSync(directory, { recursive: true, force: true })
  })
})
