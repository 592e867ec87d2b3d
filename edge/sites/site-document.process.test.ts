/** docs/sites.md is true: its policy is taken, and the requests it lists are answered as it says. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { siteWarnings } from '../../config/site-checks.ts'
import { synthesize } from '../../infra/synth.ts'
import type { Edge } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { exampleObjects, type StatedRequest, statedPolicy, statedRequests } from './site-document.ts'

let policy: Policy
let template: object
let edge: Edge
let token: string

beforeAll(async () => {
  policy = await statedPolicy()
  template = (await synthesize({ policy })).template
  edge = await startEdge({ template, config: { policy }, objects: exampleObjects })
  token = await edge.issuer.mint({ sub: 'alice' })
})
afterAll(async () => {
  await edge?.close()
})

/** As Chromium asks, by header or by cookie. */
async function ask(path: string, isNavigation: boolean, credential: Record<string, string>) {
  const how = isNavigation
    ? { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html,*/*;q=0.8' }
    : { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' }
  const sent = request(edge.url + path, { headers: { ...how, ...credential } }).end()
  const [response]: IncomingMessage[] = await once(sent, 'response')
  if (!response) throw new Error('no response')
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }
}

async function expectStated(
  { statuses, object, location, page }: StatedRequest,
  { status, headers, body }: { status: number; headers: IncomingHttpHeaders; body: string },
): Promise<void> {
  // Without s3:ListBucket S3 does not tell a missing key from a forbidden one.
  const isTold = JSON.stringify(template).includes('s3:ListBucket')
  expect(status).toBe(statuses.length > 1 ? statuses.find((one) => one === (isTold ? 404 : 403)) : statuses[0])
  expect(headers.location).toBe(location)
  if (object !== undefined) expect(body).toBe(await readFile(join(exampleObjects, object), 'utf8'))
  if (page !== undefined) expect(body).toBe(policy.deny?.[page]?.page)
  if (object === undefined && statuses.length === 1) expect(headers['cache-control']).toBe('no-store')
}

test('the policy has nothing to warn of', () => {
  expect(siteWarnings(policy)).toEqual([])
})

const rows = await statedRequests()

test('every row of the table is read', async () => {
  const document = await readFile(new URL('../../docs/sites.md', import.meta.url), 'utf8')
  expect(rows.length).toBe((document.match(/^\| `/gm) ?? []).length)
  expect(rows.length).toBeGreaterThan(15)
})

const credentials = {
  'by header': () => ({ authorization: `Bearer ${token}` }),
  'by cookie': () => ({ cookie: `__Host-session=${token}` }),
  'without a token': () => ({}),
}
type Way = keyof typeof credentials
const signedIn: readonly Way[] = ['by header', 'by cookie']
const nobody: readonly Way[] = ['without a token']

test.each(rows.flatMap((row) => (row.isSignedIn ? signedIn : nobody).map((way) => ({ ...row, way }))))(
  '$path, navigation: $isNavigation, $way',
  async ({ way, ...row }) => {
    await expectStated(row, await ask(row.path, row.isNavigation, credentials[way]()))
  },
)

test('all deep links of an app are one object to the cache', async () => {
  const signedIn = { authorization: `Bearer ${token}` }
  await ask('/app/orders/42', true, signedIn)
  const before = edge.metrics().origin.requests
  const { status, headers } = await ask('/app/customers/7?tab=2', true, signedIn)
  expect([status, headers['x-cache'], edge.metrics().origin.requests]).toEqual([200, 'Hit from cloudfront', before])
})
