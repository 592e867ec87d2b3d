/** What would guard access in CloudFront and is not emulated must not let everybody through here. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { Edge } from './edge.ts'
import type { RequestRecord } from './log/request-record.ts'
import { startEdge } from './start-edge.ts'
import { type TemplateFixture, templateFixture } from './template/template-fixture.ts'

const config = {
  policy: { issuer: 'https://issuer.example.com', clientIds: ['client'], routes: [{ path: '/*', public: true }] },
}
const open: Edge[] = []
const directory = mkdtempSync(join(tmpdir(), 'edgeproof-guards-'))

afterEach(async () => {
  await Promise.all(open.splice(0).map((edge) => edge.close()))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Signed URLs, and a function of CloudFront's own that always answers 418. */
function guarded(fixture: TemplateFixture = {}): object {
  const { Resources } = templateFixture(fixture)
  return {
    Resources: {
      ...Resources,
      Keys: { Type: 'AWS::CloudFront::KeyGroup', Properties: { KeyGroupConfig: { Name: 'keys', Items: ['K1'] } } },
      Teapot: {
        Type: 'AWS::CloudFront::Function',
        Properties: {
          Name: 'teapot',
          FunctionCode: 'function handler() { return { statusCode: 418 } }',
          FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0' },
        },
      },
    },
  }
}

const signed = { TrustedKeyGroups: [{ Ref: 'Keys' }] }
const functionOf = (event: string) => ({
  FunctionAssociations: [{ EventType: event, FunctionARN: { 'Fn::GetAtt': ['Teapot', 'FunctionARN'] } }],
})
const alsoAt = (event: string) => ({
  LambdaFunctionAssociations: ['viewer-request', event].map((EventType) => ({
    EventType,
    LambdaFunctionARN: { Ref: 'Version' },
  })),
})

async function edgeOf(template: object): Promise<Edge> {
  const edge = await startEdge({ template, config })
  open.push(edge)
  return edge
}

async function ask(
  edge: Edge,
  path: string,
  method = 'GET',
): Promise<{ status: number; body: string; headers: Headers }> {
  const response = await fetch(edge.url + path, { method })
  return { status: response.status, body: await response.text(), headers: response.headers }
}

const free = '/public/500.txt'
const path = '/reports/500.txt'
const reports = 'behavior /reports/* answers 501, because what guards it is not emulated: '

test.each<[string, TemplateFixture, string]>([
  ['signed URLs', { behaviors: [{ PathPattern: '/reports/*', ...signed }] }, 'TrustedKeyGroups'],
  [
    "signed URLs of the account's own keys",
    { behaviors: [{ PathPattern: '/reports/*', TrustedSigners: ['self'] }] },
    'TrustedSigners',
  ],
  [
    'a CloudFront Function before the cache',
    { behaviors: [{ PathPattern: '/reports/*', ...functionOf('viewer-request') }] },
    'FunctionAssociations (viewer-request)',
  ],
  [
    'a function before the origin',
    { behaviors: [{ PathPattern: '/reports/*', ...alsoAt('origin-request') }] },
    'LambdaFunctionAssociations (origin-request)',
  ],
  [
    'two of them',
    { behaviors: [{ PathPattern: '/reports/*', ...signed, ...functionOf('viewer-request') }] },
    'TrustedKeyGroups, FunctionAssociations (viewer-request)',
  ],
])('a behavior with %s answers 501 with the reason, and the others serve', async (_title, fixture, guards) => {
  const edge = await edgeOf(guarded(fixture))
  const records: RequestRecord[] = []
  edge.log.subscribe((record) => records.push(record))
  for (const method of ['GET', 'GET', 'OPTIONS', 'PUT']) {
    const { status, body, headers } = await ask(edge, path, method)
    expect([status, body]).toEqual([501, `${reports}${guards}\n`])
    expect([headers.get('cache-control'), headers.get('x-cache')]).toEqual(['no-store', 'Error from cloudfront'])
  }
  expect(await ask(edge, path, 'HEAD')).toMatchObject({ status: 501, body: '' })
  expect((await ask(edge, free)).status).toBe(200)
  expect(edge.notEmulated).toEqual([`${reports}${guards}`])
  expect(records.map(({ result }) => result)).toEqual([...Array(5).fill('Error'), 'Miss'])
  expect(edge.metrics()).toMatchObject({ origin: { requests: 1 }, sandboxes: { invocations: 1 } })
})

test.each<[string, Record<string, unknown>, string]>([
  [
    'a geographic restriction',
    { Restrictions: { GeoRestriction: { RestrictionType: 'whitelist', Locations: ['NL'] } } },
    'GeoRestriction',
  ],
  [
    "viewers' certificates",
    { ViewerMtlsConfig: { Mode: 'required', TrustStoreConfig: { TrustStoreId: 'T1' } } },
    'ViewerMtlsConfig',
  ],
  ['a connection function', { ConnectionFunctionAssociation: { Id: 'C1' } }, 'ConnectionFunctionAssociation'],
])('a distribution with %s answers 501 everywhere', async (_title, distribution, guard) => {
  const edge = await edgeOf(guarded({ distribution, behaviors: [{ PathPattern: '/reports/*' }] }))
  for (const uri of [free, path]) expect((await ask(edge, uri)).status).toBe(501)
  expect(edge.notEmulated).toEqual(
    ['/reports/*', '*'].map(
      (pattern) => `behavior ${pattern} answers 501, because what guards it is not emulated: ${guard}`,
    ),
  )
})

test('what guards nobody is served, and told where it is left out', async () => {
  const distribution = {
    Restrictions: { GeoRestriction: { RestrictionType: 'none' } },
    WebACLId: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/1',
  }
  const behaviors = [{ PathPattern: '/reports/*', ...functionOf('viewer-response'), ...alsoAt('origin-response') }]
  const edge = await edgeOf(guarded({ distribution, behaviors, behavior: { TrustedKeyGroups: [] } }))
  for (const uri of [free, path]) expect((await ask(edge, uri)).status).toBe(200)
  expect(edge.notEmulated).toEqual([
    'WebACLId is not emulated: what the web ACL blocks is served',
    'behavior /reports/*: FunctionAssociations (viewer-response) is not emulated: answers are served without it',
    'behavior /reports/*: LambdaFunctionAssociations (origin-response) is not emulated: answers are served without it',
  ])
})

test('the start of edgeproof edge says so', async () => {
  const template = join(directory, 'template.json')
  writeFileSync(template, JSON.stringify(guarded({ behaviors: [{ PathPattern: '/reports/*', ...signed }] })))
  const child = spawn(process.execPath, ['cli.ts', 'edge', '--port', '0', '--template', template, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for await (const chunk of child.stdout) {
    text += chunk
    if (text.endsWith('}\n')) break
  }
  child.kill('SIGINT')
  const errors = (await child.stderr.toArray()).join('')
  if (child.exitCode === null) await once(child, 'exit')
  expect(JSON.parse(text).notEmulated).toEqual([`${reports}TrustedKeyGroups`])
  expect(errors).toBe(`edgeproof edge: ${reports}TrustedKeyGroups\n`)
})
