/** What objects and denials of one site tell a browser has to be the same. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Config } from '../config/config.ts'
import { synthesize } from '../infra/synth.ts'
import type { Edge } from './edge.ts'
import { startEdge } from './start-edge.ts'

const config: Config = {
  policy: {
    issuer: 'https://issuer.example.com',
    clientIds: ['client'],
    routes: [{ path: '/public/*', public: true }, { path: '/*' }],
    corsPreflight: true,
    corsOrigins: ['https://*.example.com'],
    corsHeaders: ['baggage', 'sentry-trace'],
  },
  site: { hsts: { maxAge: 600, includeSubDomains: true } },
}

let edge: Edge
beforeAll(async () => {
  edge = await startEdge({ template: (await synthesize(config)).template, config })
})
afterAll(() => edge.close())

async function headersOf(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(edge.url + path, { method, headers })
  await response.arrayBuffer()
  return { status: response.status, headers: response.headers }
}

const [object, denied] = ['/public/500.txt', '/reports/500.txt']

test.each([
  [object, 200],
  [denied, 401],
  ['/public/none.txt', 404],
])('HSTS of %s (%d) is as configured', async (path, status) => {
  const answer = await headersOf(path)
  expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([
    status,
    'max-age=600; includeSubDomains',
  ])
})

test.each([
  ['https://pr-1.example.com', true],
  ['https://a.b.example.com', true],
  ['https://evil-example.com', false],
  ['https://example.com', false],
  ['http://pr-1.example.com', false],
])('a page of %s may read objects and denials, and ask with the configured headers: %s', async (origin, isAllowed) => {
  const allowed = isAllowed ? origin : null
  for (const path of [object, denied])
    expect((await headersOf(path, { origin })).headers.get('access-control-allow-origin')).toBe(allowed)
  const preflight = (names: string) =>
    headersOf(
      denied,
      { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': names },
      'OPTIONS',
    )
  expect((await preflight('authorization,baggage,sentry-trace')).status).toBe(isAllowed ? 200 : 403)
  expect((await preflight('authorization,x-other')).status).toBe(403)
})
