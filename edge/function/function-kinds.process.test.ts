/** Functions as people have them: modules of every kind, the four events, and CloudFront's own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Edge, EdgeOptions } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { readStacks } from '../template/read-stacks.ts'
import type { FunctionFault } from './function-failure.ts'

const config = {
  policy: { issuer: 'https://issuer.example.com', clientIds: ['client'], routes: [{ path: '/*', public: true }] },
}
const directory = mkdtempSync(join(tmpdir(), 'edgeproof-kinds-'))
const open: Edge[] = []
/** An origin that says what it was asked. */
let origin: http.Server
let originUrl: string
let fail: number | null = null
const seen: { path: string; headers: http.IncomingHttpHeaders; body: string }[] = []

beforeAll(async () => {
  origin = http.createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    seen.push({ path: request.url ?? '', headers: request.headers, body })
    response.writeHead(fail ?? 200, { 'Content-Type': 'text/plain', 'X-From': 'origin', 'Set-Cookie': 'a=1; Path=/' })
    response.end(`origin ${request.url}`)
  })
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((edge) => edge.close()))
  seen.length = 0
  fail = null
})
afterAll(() => {
  origin.close()
  origin.closeAllConnections()
  rmSync(directory, { recursive: true, force: true })
})

type Associations = { lambda?: Record<string, string>; cloudfront?: Record<string, string>; includeBody?: boolean }

/** A template with a function for each event, in code or from `Code`. */
function site({ lambda = {}, cloudfront = {}, includeBody = false }: Associations, more: Record<string, unknown> = {}) {
  const lambdas = Object.entries(lambda).map(([event, code]) => [
    event.replace('-', ''),
    {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: { ZipFile: `exports.handler = ${code}` }, Handler: 'index.handler' },
    },
  ])
  const scripts = Object.entries(cloudfront).map(([event, FunctionCode]) => [
    `Cf${event.replace('-', '')}`,
    {
      Type: 'AWS::CloudFront::Function',
      Properties: { Name: event, FunctionCode, FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0', ...more } },
    },
  ])
  return {
    Resources: {
      ...Object.fromEntries([...lambdas, ...scripts]),
      Distribution: {
        Type: 'AWS::CloudFront::Distribution',
        Properties: {
          DistributionConfig: {
            Origins: [
              {
                Id: 'api',
                DomainName: 'api.example.com',
                OriginPath: '/v1',
                OriginCustomHeaders: [{ HeaderName: 'X-Secret', HeaderValue: 's' }],
                CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
              },
              {
                Id: 'other',
                DomainName: 'other.example.com',
                CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
              },
            ],
            DefaultCacheBehavior: {
              TargetOriginId: 'api',
              ViewerProtocolPolicy: 'allow-all',
              AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
              ForwardedValues: { QueryString: true, Cookies: { Forward: 'all' } },
              LambdaFunctionAssociations: Object.keys(lambda).map((event) => ({
                EventType: event,
                LambdaFunctionARN: { 'Fn::GetAtt': [event.replace('-', ''), 'Arn'] },
                IncludeBody: includeBody && event.endsWith('request'),
              })),
              FunctionAssociations: Object.keys(cloudfront).map((event) => ({
                EventType: event,
                FunctionARN: { 'Fn::GetAtt': [`Cf${event.replace('-', '')}`, 'FunctionARN'] },
              })),
            },
          },
        },
      },
    },
  }
}

async function edgeOf(template: EdgeOptions['template'], options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const edge = await startEdge({ template, config, origins: { api: originUrl, other: originUrl }, ...options })
  open.push(edge)
  return edge
}

async function ask(edge: Edge, path = '/x', init: RequestInit = {}) {
  const response = await fetch(edge.url + path, { redirect: 'manual', ...init })
  return { status: response.status, headers: response.headers, body: await response.text() }
}

function written(name: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, name, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return join(directory, name)
}

describe('code', () => {
  const say = (expression: string) => `async (event) => ({ status: '200', body: String(${expression}) })`
  const kinds: [name: string, module: string, files: Record<string, string>, body: string][] = [
    [
      'CommonJS with a package beside it',
      'index',
      {
        'index.js': `const { word } = require('own'); exports.handler = ${say('word')}`,
        'node_modules/own/package.json': '{"name":"own","main":"main.js"}',
        'node_modules/own/main.js': 'exports.word = "package"',
      },
      'package',
    ],
    [
      'an ES module',
      'index',
      { 'index.mjs': `import { sep } from 'node:path'; export const handler = ${say('sep')}` },
      '/',
    ],
    [
      'an ES module by its package.json',
      'index',
      {
        'package.json': '{"type":"module"}',
        'index.js': `import word from './word.js'; export const handler = ${say('word')}`,
        'word.js': 'export default "module"',
      },
      'module',
    ],
    [
      'a module that awaits at its top',
      'index',
      {
        'index.mjs': `const word = await Promise.resolve('awaited'); export const handler = ${say('word')}`,
      },
      'awaited',
    ],
    [
      'a file that it reads',
      'deep/index',
      {
        'deep/index.js': `const text = require('node:fs').readFileSync(__dirname + '/a.txt', 'utf8'); exports.handler = ${say('text')}`,
        'deep/a.txt': 'file',
      },
      'file',
    ],
    [
      "the runtime's SDK",
      'index',
      {
        'index.js': `exports.handler = ${say("typeof require('@aws-sdk/client-cloudfront').CloudFrontClient")}`,
      },
      'function',
    ],
  ]
  test.each(kinds)('%s', async (name, module, files, body) => {
    const template = site({ lambda: { 'viewer-request': '0' } })
    Object.assign(template.Resources, {
      viewerrequest: {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: { Directory: 'code' }, Handler: `${module}.handler`, Runtime: 'nodejs22.x' },
      },
    })
    const path = written(name, Object.fromEntries(Object.entries(files).map(([file, text]) => [`code/${file}`, text])))
    writeFileSync(join(path, 'template.json'), JSON.stringify(template))
    const edge = await edgeOf(readStacks(join(path, 'template.json')))
    expect(await ask(edge)).toMatchObject({ status: 200, body })
  })

  test('a zip archive', async () => {
    const template = site({ lambda: { 'viewer-request': '0' } })
    Object.assign(template.Resources, {
      viewerrequest: {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: { Directory: 'code.zip' }, Handler: 'lib/main.run', Runtime: 'nodejs24.x' },
      },
    })
    const path = written('zip', { 'template.json': JSON.stringify(template) })
    const code = Buffer.from(`exports.run = ${say("'zipped'")}`)
    writeFileSync(join(path, 'code.zip'), zipSync({ 'lib/main.js': code }))
    const edge = await edgeOf(readStacks(join(path, 'template.json')))
    expect(await ask(edge)).toMatchObject({ status: 200, body: 'zipped' })
  })

  test("a handler in its place gets the policy's keys, and the issuer signs for that policy", async () => {
    const file = join(
      written('keys', {
        'handler.mjs': `export const handler = async (event) => {
          const { keys } = await (await fetch('https://issuer.example.com/.well-known/jwks.json')).json()
          return { status: '200', body: String(keys.length) }
        }`,
      }),
      'handler.mjs',
    )
    const template = site({ lambda: { 'viewer-request': '0' } })
    Object.assign(template.Resources, { Pool: { Type: 'AWS::Cognito::UserPool' } })
    const edge = await edgeOf(template, { handlers: { '': file } })
    expect((await ask(edge)).body).toBe('1')
    expect(edge.issuer.url).toBe('https://issuer.example.com')
    expect((await edgeOf(template)).issuer.url).toBe('https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01')
  })

  test('a TypeScript handler in its place', async () => {
    const file = join(
      written('ts', {
        'handler.ts':
          "import { word } from './word.ts'\nexport const handler = async (): Promise<{ status: string; body: string }> => ({ status: '200', body: word })",
        'word.ts': "export const word: string = 'typed'",
      }),
      'handler.ts',
    )
    const edge = await edgeOf(site({ lambda: { 'viewer-request': '0' } }), { handlers: { viewerrequest: file } })
    expect(await ask(edge)).toMatchObject({ status: 200, body: 'typed' })
  })
})

describe('a function that fails says so', () => {
  test('in the page, to its listener, and not where CloudFront would be silent', async () => {
    const lambda = { 'viewer-request': 'async () => { throw new TypeError("no <user> here") }' }
    const faults: FunctionFault[] = []
    const edge = await edgeOf(site({ lambda }), { functionFailed: (fault) => faults.push(fault) })
    const { status, body, headers } = await ask(edge, '/page')
    expect(status).toBe(503)
    expect(body).toContain('function viewerrequest at viewer-request: TypeError: no &lt;user> here\n    at ')
    expect(headers.get('x-edge-why')).toBe('function viewerrequest: TypeError: no <user> here')
    expect(faults).toMatchObject([{ functionId: 'viewerrequest', uri: '/page', reason: 'TypeError: no <user> here' }])
    const plain = await edgeOf(site({ lambda }), { plainErrors: true })
    expect((await ask(plain)).body).not.toContain('TypeError')
  })

  test('in its log, and where it does not even load', async () => {
    const functionLog = join(directory, 'failures.log')
    const thrown = site({ lambda: { 'viewer-request': 'async () => { throw new RangeError("too far") }' } })
    await ask(await edgeOf(thrown, { functionLog }))
    expect(readFileSync(functionLog, 'utf8')).toMatch(/^Invoke Error RangeError: too far\n\s+at /)
    const broken = site({ lambda: { 'viewer-request': '(() => { throw new Error("at INIT") })()' } })
    const { status, body } = await ask(await edgeOf(broken))
    expect([status, body]).toEqual([503, expect.stringContaining('Error: at INIT\n    at index.js:1')])
  })

  test('at the origin as well', async () => {
    const edge = await edgeOf(site({ lambda: { 'origin-response': 'async () => ({ status: "99" })' } }))
    const { status, headers } = await ask(edge)
    expect([status, headers.get('x-cache')]).toEqual([502, 'LambdaValidationError from cloudfront'])
    expect(headers.get('x-edge-why')).toBe('function originresponse: status 99')
  })
})

describe('Lambda@Edge at the origin', () => {
  test('a request is seen as it goes to the origin, and goes as it is changed', async () => {
    const lambda = {
      'origin-request': `async (event) => {
        const { request } = event.Records[0].cf
        console.log(JSON.stringify(event))
        request.uri = '/changed'
        request.headers['x-added'] = [{ value: 'yes' }]
        request.headers['x-origin'] = [{ value: JSON.stringify(request.origin) }]
        return request
      }`,
    }
    const functionLog = join(directory, 'events.log')
    const edge = await edgeOf(site({ lambda }), { functionLog })
    expect((await ask(edge, '/x?a=1')).body).toBe('origin /v1/changed?a=1')
    expect(seen[0]?.headers).toMatchObject({ 'x-added': 'yes', 'x-secret': 's', host: new URL(originUrl).host })
    // Every field of the guide's example, and no other (lambda-event-structure, "Example origin request").
    expect(JSON.parse(String(seen[0]?.headers['x-origin']))).toEqual({
      custom: {
        customHeaders: { 'x-secret': [{ key: 'X-Secret', value: 's' }] },
        domainName: 'api.example.com',
        keepaliveTimeout: 5,
        path: '/v1',
        port: 443,
        protocol: 'https',
        readTimeout: 30,
        sslProtocols: ['TLSv1', 'SSLv3'],
      },
    })
    expect((await ask(edge, '/x?a=1')).headers.get('x-cache')).toBe('Hit from cloudfront')
    expect(seen).toHaveLength(1)
  })

  test('a request may go to another origin of the distribution, or to one that is given by its domain', async () => {
    const code = (domain: string) => `async (event) => {
      const { request } = event.Records[0].cf
      request.origin = { custom: { domainName: '${domain}', path: '/p', port: 443, protocol: 'https', readTimeout: 5, keepaliveTimeout: 5, sslProtocols: ['TLSv1.2'], customHeaders: {} } }
      request.headers.host = [{ key: 'Host', value: '${domain}' }]
      return request
    }`
    const edge = await edgeOf(site({ lambda: { 'origin-request': code('other.example.com') } }))
    expect((await ask(edge)).body).toBe('origin /p/x')
    expect(seen[0]?.headers['x-secret']).toBeUndefined()
    const unknown = site({ lambda: { 'origin-request': code('third.example.com') } })
    expect(await ask(await edgeOf(unknown))).toMatchObject({
      status: 501,
      body: 'origin third.example.com (third.example.com) has no server here; pass --origin third.example.com=URL\n',
    })
    const given = await edgeOf(unknown, { origins: { api: originUrl, 'third.example.com': originUrl } })
    expect((await ask(given)).body).toBe('origin /p/x')
  })

  test('an answer that a function makes is cached, and the function of responses does not see it', async () => {
    const lambda = {
      'origin-request':
        'async () => ({ status: "200", headers: { "cache-control": [{ value: "max-age=60" }] }, body: String(Math.random()) })',
      'origin-response': 'async () => { throw new Error("not asked") }',
    }
    const edge = await edgeOf(site({ lambda }))
    const first = await ask(edge)
    const second = await ask(edge)
    expect([first.status, second.body, second.headers.get('x-cache')]).toEqual([200, first.body, 'Hit from cloudfront'])
    expect(seen).toHaveLength(0)
  })

  test('a response may get another status, body and headers, and is cached like that', async () => {
    fail = 404
    const lambda = {
      'origin-response': `async (event) => {
        const { request, response } = event.Records[0].cf
        return { ...response, status: '200', statusDescription: 'OK', body: 'for ' + request.uri, headers: { ...response.headers, 'x-was': [{ value: response.status }] } }
      }`,
    }
    const edge = await edgeOf(site({ lambda }))
    const first = await ask(edge)
    expect(first).toMatchObject({ status: 200, body: 'for /x' })
    expect([first.headers.get('x-was'), first.headers.get('x-from')]).toEqual(['404', 'origin'])
    expect((await ask(edge)).headers.get('x-cache')).toBe('Hit from cloudfront')
  })
})

test('functions of the origin run once for all points of presence, those of the viewer in each', async () => {
  const counting = (event: string, what: string) => `async (event) => {
    globalThis.count = (globalThis.count ?? 0) + 1
    const { ${what} } = event.Records[0].cf
    ${what}.headers['x-${event}'] = [{ value: String(globalThis.count) }]
    return ${what}
  }`
  const lambda = {
    'origin-response': counting('origin', 'response'),
    'viewer-response': counting('viewer', 'response'),
  }
  const edge = await edgeOf(site({ lambda }), { pops: 2 })
  const answers = []
  for (let index = 0; index < 2; index++) answers.push(await ask(edge, '/x', { headers: { connection: 'close' } }))
  expect(answers.map(({ headers }) => headers.get('x-amz-cf-pop'))).toEqual(['IAD89-P1', 'FRA56-P2'])
  expect(answers.map(({ headers }) => [headers.get('x-origin'), headers.get('x-viewer')])).toEqual([
    ['1', '1'],
    ['1', '1'],
  ])
  expect(seen).toHaveLength(1)
})

describe('Lambda@Edge at the viewer', () => {
  test('a response gets headers and keeps its status; errors of the origin are not shown to it', async () => {
    const lambda = {
      'viewer-response': `async (event) => {
        const { response } = event.Records[0].cf
        response.headers['x-seen'] = [{ value: response.status }]
        return response
      }`,
    }
    const edge = await edgeOf(site({ lambda }))
    expect((await ask(edge, '/a')).headers.get('x-seen')).toBe('200')
    expect((await ask(edge, '/a')).headers.get('x-seen')).toBe('200')
    fail = 404
    const missing = await ask(edge, '/b')
    expect([missing.status, missing.headers.get('x-seen')]).toEqual([404, null])
    const status = { 'viewer-response': 'async (event) => ({ ...event.Records[0].cf.response, status: "201" })' }
    fail = null
    const refused = await ask(await edgeOf(site({ lambda: status })))
    expect([refused.status, refused.headers.get('x-cache')]).toEqual([502, 'LambdaValidationError from cloudfront'])
  })

  test('with IncludeBody a function sees 40 KB of a body, in base64, and may replace it', async () => {
    const lambda = {
      'viewer-request': `async (event) => {
        const { request } = event.Records[0].cf
        const { data, encoding, inputTruncated, action } = request.body
        request.headers['x-body'] = [{ value: [Buffer.from(data, encoding).length, inputTruncated, action].join() }]
        if (request.uri === '/replace') request.body = { action: 'replace', encoding: 'text', data: 'other' }
        return request
      }`,
    }
    const template = site({ lambda, includeBody: true })
    const behavior = template.Resources.Distribution.Properties.DistributionConfig.DefaultCacheBehavior
    Object.assign(behavior.ForwardedValues, { Headers: ['X-Body'] })
    const edge = await edgeOf(template)
    await ask(edge, '/keep', { method: 'POST', body: 'x'.repeat(50_000) })
    expect([seen[0]?.headers['x-body'], seen[0]?.body.length]).toEqual(['40960,true,read-only', 50_000])
    await ask(edge, '/replace', { method: 'POST', body: 'small' })
    expect([seen[1]?.headers['x-body'], seen[1]?.body]).toEqual(['5,false,read-only', 'other'])
  })
})

describe('CloudFront Functions', () => {
  const answer = (code: string) =>
    `function handler(event) { return { statusCode: 200, body: JSON.stringify(${code}) } }`

  test("a request is the guide's example: values, multiValue, cookies apart", async () => {
    const edge = await edgeOf(site({ cloudfront: { 'viewer-request': answer('event') } }))
    const { body } = await ask(edge, '/m?ID=42&none&mv=1&mv=2,3', {
      headers: { cookie: 'id=9; id=10; t=a', 'x-one': '1' },
    })
    const event = JSON.parse(body)
    expect(event).toMatchObject({
      version: '1.0',
      context: { eventType: 'viewer-request', distributionId: 'Distribution' },
      viewer: { ip: '127.0.0.1' },
      request: {
        method: 'GET',
        uri: '/m',
        querystring: {
          ID: { value: '42' },
          none: { value: '' },
          mv: { value: '1', multiValue: [{ value: '1' }, { value: '2,3' }] },
        },
        headers: { 'x-one': { value: '1' } },
        cookies: { id: { value: '9', multiValue: [{ value: '9' }, { value: '10' }] }, t: { value: 'a' } },
      },
    })
    expect(event.request.headers).not.toHaveProperty('cookie')
    expect(event).not.toHaveProperty('response')
  })

  test('a request goes on as it is changed', async () => {
    const code = `
      import crypto from 'crypto'
      async function handler(event) {
        const request = event.request
        request.uri += '/index.html'
        request.querystring.b = { value: '2' }
        delete request.cookies.a
        request.headers['x-hash'] = { value: crypto.createHash('md5').update('x').digest('hex').slice(0, 4) }
        return request
      }`
    const template = site({ cloudfront: { 'viewer-request': code } })
    Object.assign(template.Resources.Distribution.Properties.DistributionConfig.DefaultCacheBehavior.ForwardedValues, {
      Headers: ['X-Hash'],
    })
    const edge = await edgeOf(template)
    expect((await ask(edge, '/d?a=1', { headers: { cookie: 'a=1; b=2' } })).body).toBe(
      'origin /v1/d/index.html?a=1&b=2',
    )
    expect(seen[0]?.headers).toMatchObject({ cookie: 'b=2', 'x-hash': '9dd4' })
  })

  test('a response gets headers, cookies with attributes, another status and body', async () => {
    const code = `function handler(event) {
      var response = event.response
      response.headers['x-frame-options'] = { value: 'DENY' }
      response.cookies.b = { value: '2', attributes: 'Secure; Path=/' }
      if (event.request.uri === '/teapot') { response.statusCode = 418; response.body = { encoding: 'base64', data: 'dGVh' } }
      return response
    }`
    const edge = await edgeOf(site({ cloudfront: { 'viewer-response': code } }))
    const { headers } = await ask(edge)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Secure; Path=/'])
    expect(await ask(edge, '/teapot')).toMatchObject({ status: 418, body: 'tea' })
  })

  test.each([
    ['throws', 'function handler() { throw new Error("no") }', 503, 'FunctionExecutionError from cloudfront'],
    ['loops', 'function handler() { for (;;); }', 503, 'FunctionExecutionError from cloudfront'],
    ['evaluates text', 'function handler() { return eval("1") }', 503, 'FunctionExecutionError from cloudfront'],
    ["asks for Node's modules", 'function handler() { require("fs") }', 503, 'FunctionExecutionError from cloudfront'],
    ['has no timers', 'function handler() { setTimeout(handler) }', 503, 'FunctionExecutionError from cloudfront'],
    ['returns nothing', 'function handler() {}', 502, 'FunctionValidationError from cloudfront'],
    [
      'changes a read-only header',
      'function handler({ request }) { request.headers.host.value = "a"; return request }',
      502,
      'FunctionValidationError from cloudfront',
    ],
    [
      'answers',
      'function handler() { return { statusCode: 302, headers: { location: { value: "/" } } } }',
      302,
      'FunctionGeneratedResponse from cloudfront',
    ],
  ])('one that %s', async (_name, code, status, xCache) => {
    const edge = await edgeOf(site({ cloudfront: { 'viewer-request': code } }))
    const response = await ask(edge)
    expect([response.status, response.headers.get('x-cache')]).toEqual([status, xCache])
    expect(seen).toHaveLength(0)
  })

  test('a key value store is read, and a missing key is an error that can be caught', async () => {
    const code = `
      import cf from 'cloudfront'
      const store = cf.kvs()
      async function handler(event) {
        const missing = await store.get('none').catch((error) => error.message)
        return { statusCode: 200, body: JSON.stringify([await store.get('a'), await store.get('json', { format: 'json' }), await store.exists('none'), await store.count(), missing]) }
      }`
    const template = site(
      { cloudfront: { 'viewer-request': code } },
      { KeyValueStoreAssociations: [{ KeyValueStoreARN: { 'Fn::GetAtt': ['Store', 'Arn'] } }] },
    )
    Object.assign(template.Resources, {
      Store: { Type: 'AWS::CloudFront::KeyValueStore', Properties: { Name: 'store' } },
    })
    const file = join(
      written('store', { 'data.json': '{"data":[{"key":"a","value":"1"},{"key":"json","value":"{\\"b\\":2}"}]}' }),
      'data.json',
    )
    const edge = await edgeOf(template, { handlers: { Store: file } })
    expect(JSON.parse((await ask(edge)).body)).toEqual([
      '1',
      { b: 2 },
      false,
      2,
      'KeyNotFound: the key none does not exist',
    ])
  })
})
