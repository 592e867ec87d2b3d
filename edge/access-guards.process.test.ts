/** What would guard access in CloudFront and cannot be emulated must not let everybody through here. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { Edge, EdgeOptions } from './edge.ts'
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

/** A key group whose key is elsewhere, and a function that Lambda@Edge runs and the local edge does not. */
function guarded(fixture: TemplateFixture = {}): object {
  const { Resources } = templateFixture(fixture)
  return {
    Resources: {
      ...Resources,
      Keys: { Type: 'AWS::CloudFront::KeyGroup', Properties: { KeyGroupConfig: { Name: 'keys', Items: ['K1'] } } },
      Snake: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { ZipFile: 'def handler(event, context): pass' },
          Runtime: 'python3.13',
          Handler: 'index.handler',
        },
      },
      SnakeVersion: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Snake' } } },
    },
  }
}

const signed = { TrustedKeyGroups: [{ Ref: 'Keys' }] }
const snakeAt = (event: string) => ({
  LambdaFunctionAssociations: [{ EventType: event, LambdaFunctionARN: { Ref: 'SnakeVersion' } }],
})

async function edgeOf(template: object, options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const edge = await startEdge({ template, config, ...options })
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
const reports = 'behavior /reports/* answers 501, because '
const unknownKey = 'TrustedKeyGroups: public key K1 is not in the template'
const python = 'function Snake has the runtime python3.13, which does not run here; pass --handler Snake=FILE'

test.each<[string, TemplateFixture, string]>([
  ['a key that is not in the template', { behaviors: [{ PathPattern: '/reports/*', ...signed }] }, unknownKey],
  [
    "signed URLs of the account's own keys",
    { behaviors: [{ PathPattern: '/reports/*', TrustedSigners: ['self'] }] },
    'what guards it is not emulated: TrustedSigners',
  ],
  ['a function in Python', { behaviors: [{ PathPattern: '/reports/*', ...snakeAt('viewer-request') }] }, python],
  [
    'a function in Python after the origin',
    { behaviors: [{ PathPattern: '/reports/*', ...snakeAt('origin-response') }] },
    python,
  ],
  [
    'two of them',
    { behaviors: [{ PathPattern: '/reports/*', ...signed, ...snakeAt('origin-request') }] },
    `${unknownKey}; ${python}`,
  ],
  [
    'a CloudFront Function of elsewhere',
    {
      behaviors: [
        {
          PathPattern: '/reports/*',
          FunctionAssociations: [
            { EventType: 'viewer-request', FunctionARN: 'arn:aws:cloudfront::111122223333:function/gate' },
          ],
        },
      ],
    },
    'CloudFront Function gate is not in the template',
  ],
  [
    'an origin without a server',
    {
      behaviors: [{ PathPattern: '/reports/*', TargetOriginId: 'api', LambdaFunctionAssociations: [] }],
      distribution: {
        Origins: [
          {
            Id: 'bucket',
            DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] },
            OriginAccessControlId: { 'Fn::GetAtt': ['Access', 'Id'] },
          },
          { Id: 'api', DomainName: 'api.example.com', CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } },
        ],
      },
    },
    'origin api (api.example.com) has no server here; pass --origin api=URL',
  ],
])('a behavior with %s answers 501 with the reason, and the others serve', async (_title, fixture, reason) => {
  const edge = await edgeOf(guarded(fixture))
  const records: RequestRecord[] = []
  edge.log.subscribe((record) => records.push(record))
  for (const method of ['GET', 'GET', 'OPTIONS', 'PUT']) {
    const { status, body, headers } = await ask(edge, path, method)
    expect([status, body]).toEqual([501, `${reports}${reason}\n`])
    expect([headers.get('cache-control'), headers.get('x-cache')]).toEqual(['no-store', 'Error from cloudfront'])
  }
  expect(await ask(edge, path, 'HEAD')).toMatchObject({ status: 501, body: '' })
  expect((await ask(edge, free)).status).toBe(200)
  expect(edge.notEmulated).toEqual([`${reports}${reason}`])
  expect(records.map(({ result }) => result)).toEqual([...Array(5).fill('Error'), 'Miss'])
  expect(edge.metrics()).toMatchObject({ origin: { requests: 1 }, sandboxes: { invocations: 1 } })
})

test.each<[string, Record<string, unknown>, string]>([
  [
    'a geographic restriction and no country',
    { Restrictions: { GeoRestriction: { RestrictionType: 'whitelist', Locations: ['NL'] } } },
    'GeoRestriction (pass --geo COUNTRY, the country of all viewers)',
  ],
  [
    "viewers' certificates",
    { ViewerMtlsConfig: { Mode: 'required', TrustStoreConfig: { TrustStoreId: 'T1' } } },
    'ViewerMtlsConfig',
  ],
  [
    'a web ACL',
    { WebACLId: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/1' },
    'WebACLId (pass --without-web-acl to serve what it would block)',
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

test.each([
  ['whitelist', 'NL', 200],
  ['whitelist', 'BE', 403],
  ['blacklist', 'NL', 403],
  ['blacklist', 'BE', 200],
])('a %s of NL, and viewers in %s: %d', async (RestrictionType, country, status) => {
  const distribution = { Restrictions: { GeoRestriction: { RestrictionType, Locations: ['NL'] } } }
  const edge = await edgeOf(guarded({ distribution }), { geo: { country } })
  expect((await ask(edge, free)).status).toBe(status)
})

test('what guards nobody is served, and told where it is left out', async () => {
  const distribution = {
    Restrictions: { GeoRestriction: { RestrictionType: 'none' } },
    WebACLId: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/1',
    Enabled: 'false',
    NewSetting: true,
  }
  const behaviors = [{ PathPattern: '/reports/*', SmoothStreaming: true, FieldLevelEncryptionId: 'F1' }]
  const edge = await edgeOf(guarded({ distribution, behaviors, behavior: { TrustedKeyGroups: [] } }), {
    withoutWebAcl: true,
  })
  for (const uri of [free, path]) expect((await ask(edge, uri)).status).toBe(200)
  expect(edge.notEmulated).toEqual([
    'Enabled is false: CloudFront would serve nothing, and the local edge does',
    'WebACLId is not emulated: what the web ACL blocks is served',
    'NewSetting is not emulated: this property is not known here',
    'behavior /reports/*: SmoothStreaming is not emulated: Smooth Streaming is not served',
    'behavior /reports/*: FieldLevelEncryptionId is not emulated: fields reach the origin as the viewer sent them',
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
  expect(JSON.parse(text).notEmulated).toEqual([`${reports}${unknownKey}`])
  expect(errors).toContain(`edgeproof edge: ${reports}${unknownKey}\n`)
})
