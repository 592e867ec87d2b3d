/** The distribution may list its bucket, so that a missing object is 404; what that must never let a viewer see. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import type { SiteConfig } from '../../config/site-schema.ts'
import { synthesize } from '../../infra/synth.ts'
import type { Edge, EdgeOptions } from '../edge.ts'
import { startEdge } from '../start-edge.ts'

const issuer = { issuer: 'https://issuer.example.com', clientIds: ['client'] }
/** All of it public: nothing but the distribution stands between a viewer and a listing. */
const open: Policy = { ...issuer, routes: [{ path: '/*', public: true }] }
const closing: (() => Promise<unknown>)[] = []
let objects: string

beforeAll(async () => {
  objects = await mkdtemp(join(tmpdir(), 'edgeproof-objects-'))
  await mkdir(join(objects, 'docs'))
  for (const name of ['index.html', 'secret-name.txt', 'docs/index.html']) await writeFile(join(objects, name), name)
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
afterAll(() => rm(objects, { recursive: true }))

async function edgeOf(policy: Policy, options: Partial<EdgeOptions> & { site?: SiteConfig } = {}): Promise<Edge> {
  const { site = {}, ...rest } = options
  const { template } = await synthesize({ policy, site })
  return start({ template, config: { policy, site }, ...(rest.originUrl === undefined && { objects }), ...rest })
}

async function start(options: EdgeOptions): Promise<Edge> {
  const edge = await startEdge(options)
  closing.push(edge.close)
  return edge
}

interface Answer {
  status: number | undefined
  body: string
  headers: http.IncomingHttpHeaders
}

/** A raw client: fetch would resolve dots and merge what a path holds. */
function ask(edge: Edge, path: string, { method = 'GET', headers = {} }: http.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(edge.url)
    http
      .request({ hostname, port, path, method, headers }, async (response) => {
        const body = Buffer.concat(await response.toArray()).toString()
        resolve({ status: response.statusCode, body, headers: response.headers })
      })
      .on('error', reject)
      .end()
  })
}

/** What somebody who wants the list would ask for. */
const attempts = ['/', '//', '/.', '/%2F', '/%2e', '/docs/', '/docs/..', '/index.html/..'].flatMap((path) =>
  ['', '?list-type=2&prefix=&width=1', '?versions'].map((query) => path + query),
)

/** A server in the bucket's place that keeps what it is asked for, each time anew. */
async function recorder(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = http.createServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`)
    response.setHeader('cache-control', 'no-store').end('object')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const sites: [string, Policy, SiteConfig][] = [
  ['everything is public', open, {}],
  ['directories have an index', { ...open, index: 'home.html', slash: 'redirect' }, {}],
  ['a single-page app has it all', { ...issuer, routes: [{ path: '/*', public: true, app: '/index.html' }] }, {}],
  ['a query string is a part of the cache key', open, { cacheKey: { queryStrings: ['width'] } }],
]

test.each(sites)(
  'where %s, S3 is asked for no list: never "/", and no query that was not configured',
  async (_, policy, site) => {
    const { url, asked } = await recorder()
    const preflighted = { ...policy, methods: ['GET', 'HEAD', 'OPTIONS'] }
    const edge = await edgeOf(preflighted, { originUrl: url, site })
    for (const method of ['GET', 'HEAD', 'OPTIONS']) for (const path of attempts) await ask(edge, path, { method })
    expect(asked.length).toBeGreaterThan(0)
    const seen = asked.map((line) => line.split(/[ ?]/) as [method: string, path: string, query?: string])
    for (const [, path, query = ''] of seen) {
      expect(path).toMatch(/^\/[\w%]/)
      expect(['', ...(site.cacheKey ? ['width=1'] : [])]).toContain(query)
    }
  },
)

test('a missing object that may be asked for is 404, and no answer lists the bucket', async () => {
  const edge = await edgeOf({ ...open, index: 'index.html' })
  for (const path of ['/none.txt', '/none/', '/docs/none.html', '/%20']) {
    const { status, body } = await ask(edge, path)
    expect([path, status, body]).toEqual([path, 404, expect.stringContaining('NoSuchKey')])
    expect((await ask(edge, path, { method: 'HEAD' })).status).toBe(404)
  }
  for (const path of ['/', '/docs/']) expect((await ask(edge, path)).body).toBe(`${path.slice(1)}index.html`)
  for (const path of attempts) expect((await ask(edge, path)).body).not.toMatch(/ListBucketResult|secret-name/)
})

test('one that may not be asked for is denied, whether it is there or not', async () => {
  const routes = [{ path: '/docs/*', groups: ['staff'] }]
  const edge = await edgeOf({ ...issuer, routes })
  const token = await edge.issuer.mint({ 'cognito:groups': ['others'] })
  for (const [headers, status] of [
    [{}, 401],
    [{ authorization: `Bearer ${token}` }, 403],
  ] as const) {
    const [there, missing, unrouted] = await Promise.all(
      ['/docs/index.html', '/docs/none.html', '/secret-name.txt'].map((path) => ask(edge, path, { headers })),
    )
    const told = ({ status, body, headers: { date, 'x-amz-cf-id': id, ...rest } }: Answer) => ({ status, body, rest })
    expect(there && told(there)).toEqual(missing && told(missing))
    expect([there?.status, unrouted?.status]).toEqual([status, 403])
  }
  expect(edge.metrics().origin.requests).toBe(0)
})

test('the local bucket does list where the default root object is taken away, and tells nothing without the permission', async () => {
  const rootless = await spoiled((text) => text.replace('"DefaultRootObject":"index.html",', ''))
  expect(await ask(rootless, '/')).toMatchObject({
    status: 200,
    body: expect.stringContaining('<Key>secret-name.txt</Key>'),
  })
  const reader = await spoiled((text) =>
    text.replace('"DefaultRootObject":"index.html",', '').replace('"s3:ListBucket"', '"s3:GetObjectVersion"'),
  )
  for (const path of ['/', '/none.txt']) expect((await ask(reader, path)).status).toBe(403)
})

async function spoiled(change: (text: string) => string): Promise<Edge> {
  const { template } = await synthesize({ policy: open })
  return start({ template: JSON.parse(change(JSON.stringify(template))), config: { policy: open }, objects })
}
