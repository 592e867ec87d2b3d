import http from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chromiumProgram, launchChromium } from '../../reports/html/screenshots.ts'
import type { Edge } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { templateFixture } from '../template/template-fixture.ts'

const config = {
  policy: { issuer: 'https://issuer.example.com', clientIds: ['client'], routes: [{ path: '/*', public: true }] },
}
/** Lets a bearer through that says it is of the issuer; no verification is needed to see a token arrive. */
const code = `exports.handler = async (event) => {
  const { request } = event.Records[0].cf
  const [, payload] = (request.headers.authorization?.[0].value ?? '').split('.')
  if (!request.uri.startsWith('/public') && !payload) return { status: '401' }
  if (request.uri === '/public/throws') throw new Error('<b>bold</b>')
  return request
}`
let edge: Edge

beforeEach(async () => {
  edge = await startEdge({
    template: templateFixture({ code, distribution: { WebACLId: 'acl' } }),
    withoutWebAcl: true,
    config,
  })
})
afterEach(() => edge.close())

const ask = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(edge.url + path, { headers })
  await response.arrayBuffer()
  return [response.status, response.headers.get('x-cache')?.replace(' from cloudfront', '')]
}
const read = async (path: string) => (await fetch(`${edge.url}/_edge/${path}`)).json()
const post = async (
  path: string,
  body: object = {},
  headers: Record<string, string> = { 'content-type': 'application/json' },
) => {
  const response = await fetch(`${edge.url}/_edge/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  return response.ok ? JSON.parse(text) : `${response.status} ${text}`
}

describe('by HTTP', () => {
  test('the state: behaviors, functions and what is not emulated', async () => {
    expect(await read('state')).toMatchObject({
      distribution: { id: 'Distribution' },
      behaviors: [{ pathPattern: '*', origin: 'bucket', functions: ['viewer-request: Function'], refusal: null }],
      notEmulated: ['WebACLId is not emulated: what the web ACL blocks is served'],
      metrics: { requests: 0 },
    })
  })

  test('requests from the first question on, each with its result and why', async () => {
    await ask('/public/500.txt')
    expect(await read('requests')).toEqual([])
    await ask('/public/2000.txt?a=1')
    await ask('/public/2000.txt')
    const requests = await read('requests')
    expect(requests).toMatchObject([
      {
        number: 1,
        uri: '/public/2000.txt',
        querystring: 'a=1',
        status: 200,
        result: 'Miss',
        why: expect.stringContaining('nothing is cached under this key'),
      },
      { number: 2, status: 200, result: 'Hit', why: null },
    ])
    expect(await read('requests?after=1')).toHaveLength(1)
  })

  test('cache entries, and an invalidation of some paths', async () => {
    for (const path of ['/public/500.txt', '/public/2000.txt']) await ask(path)
    expect(await read('cache')).toMatchObject([
      { behavior: '*', key: '/public/500.txt\ngzip', status: 200, bytes: 500 },
      { behavior: '*', key: '/public/2000.txt\ngzip' },
    ])
    expect(await post('invalidate', { paths: ['/public/5*'] })).toEqual({ entries: 1 })
    expect([await ask('/public/500.txt'), await ask('/public/2000.txt')]).toEqual([
      [200, 'Miss'],
      [200, 'Hit'],
    ])
    expect(await post('invalidate')).toEqual({ entries: 2 })
    expect(await post('invalidate', { paths: 'all' })).toBe('400 paths should be a list such as ["/*"]\n')
  })

  test('a token for a chosen user, an outage and its end', async () => {
    const { token } = await post('token', { claims: { sub: 'alice', scope: 'read' } })
    expect(JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())).toMatchObject({
      sub: 'alice',
      scope: 'read',
      client_id: 'client',
    })
    expect(await ask('/reports/500.txt')).toEqual([401, 'LambdaGeneratedResponse'])
    expect(await ask('/reports/500.txt', { authorization: `Bearer ${token}` })).toEqual([200, 'Miss'])
    await post('fault', { status: 503 })
    expect((await ask('/public/20000.txt'))[0]).toBe(503)
    await post('restore')
    await post('invalidate')
    expect((await ask('/public/20000.txt'))[0]).toBe(200)
  })

  test("another site's page can neither press a button nor read", async () => {
    expect(await post('invalidate', {}, { 'content-type': 'text/plain' })).toMatch(/^415 /)
    const { hostname, port } = new URL(edge.url)
    const status = await new Promise((resolve) =>
      http.get({ hostname, port, path: '/_edge/state', headers: { host: 'rebound.example.com' } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }),
    )
    expect(status).toBe(403)
  })
})

const found = chromiumProgram() !== undefined
if (!found) console.log('skipped: chromium missing')

describe.skipIf(!found)(`the page in Chromium${found ? '' : ' (skipped: chromium missing)'}`, () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    page = await browser.newPage()
    await page.goto(`${edge.url}/_edge/`)
    await page.locator('#behaviors tr').first().waitFor()
  })
  afterEach(() => page.close())

  test('shows requests as they come, as text, and invalidates', async () => {
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    await ask('/public/500.txt')
    await ask('/public/throws')
    await page.locator('#requests tr', { hasText: '/public/500.txt' }).waitFor()
    await page.locator('#requests tr', { hasText: '<b>bold</b>' }).waitFor()
    expect(await page.locator('#requests b').count()).toBe(0)
    await page.locator('#cache tr', { hasText: '/public/500.txt' }).waitFor()
    await page.getByRole('button', { name: 'Invalidate' }).click()
    await page.getByText('1 entries forgotten').waitFor()
    expect(await ask('/public/500.txt')).toEqual([200, 'Miss'])
    expect(problems).toEqual([])
  })

  test('mints a token and tries it, and takes the bucket down and up', async () => {
    await page.locator('#path').fill('/reports/500.txt')
    await page.getByRole('button', { name: 'Mint and try' }).click()
    await page.getByText('GET /reports/500.txt: 200, Miss from cloudfront').waitFor()
    await page.locator('#kind').selectOption('down')
    await page.getByRole('button', { name: 'Set' }).click()
    await page.getByText('origin: down, issuer: up').waitFor()
    expect((await ask('/public/20000.txt'))[0]).toBe(502)
    await page.locator('#kind').selectOption('none')
    await page.getByRole('button', { name: 'Set' }).click()
    await page.getByText('origin: none, issuer: up').waitFor()
    expect((await ask('/public/200000.txt'))[0]).toBe(200)
  })
})
