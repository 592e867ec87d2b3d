import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { GeneratedResponse, ViewerRequest, ViewerRequestEvent } from '../authorizer/cloudfront.ts'
import type { Policy } from '../authorizer/policy.ts'
import { parsePolicy } from '../config/config.ts'
import { accessTokenPayload, createSigningKey } from '../testing/issuer.ts'
import { mint } from '../testing/mint.ts'
import { viewerRequestEvent } from '../testing/viewer-request.ts'
import { bundleAuthorizer, deployable } from './bundle.ts'

const issuer = 'https://issuer.example.com/pool'
const key = await createSigningKey('RS256')
const { program, metafile } = bundleAuthorizer()
const directory = mkdtempSync(join(tmpdir(), 'bundle-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Asks the deployed file's handler, in a process of its own that has nothing but that file and no network. */
function ask(code: string, events: ViewerRequestEvent[]): (ViewerRequest | GeneratedResponse)[] {
  const file = join(directory, 'index.js')
  writeFileSync(file, code)
  const script = `
    const { handler } = require(${JSON.stringify(file)})
    Promise.all(JSON.parse(process.argv[1]).map((event) => handler(event))).then((results) =>
      console.log('\\n' + JSON.stringify({ results, arity: handler.length, kind: handler.constructor.name })))`
  const output = execFileSync(
    process.execPath,
    ['--permission', `--allow-fs-read=${directory}`, '-e', script, JSON.stringify(events)],
    {
      encoding: 'utf8',
      env: {},
    },
  )
  const { results, arity, kind } = JSON.parse(output.trim().split('\n').at(-1) ?? '')
  expect(kind).toBe('AsyncFunction')
  expect(arity).toBeLessThanOrEqual(2)
  return results
}

const policyWith = (fields: Partial<Policy>): Policy =>
  parsePolicy({ issuer, clientIds: ['web'], routes: [{ path: '/users/{sub}/*' }], ...fields })
const snapshots = { [issuer]: { fetchedAt: Date.now(), keys: [key.jwk] } }

describe('the bundle', () => {
  it('is the same bytes for the same sources and policy', () => {
    expect(bundleAuthorizer().program).toBe(program)
    const policy = policyWith({})
    expect(bundleAuthorizer(policy).program).toBe(bundleAuthorizer(structuredClone(policy)).program)
    expect(deployable(program, { policy, snapshots })).toBe(
      deployable(program, { policy: structuredClone(policy), snapshots }),
    )
  })

  it('holds the authorizer and nothing else', () => {
    const inputs = Object.keys(metafile.inputs)
    expect(inputs).toContain('authorizer/token-verifier.ts')
    expect(inputs.filter((input) => !/^authorizer\/[a-z0-9-]+\.ts$/.test(input))).toEqual([])
    // The network's module is loaded when keys are fetched for the first time.
    const required = [...program.matchAll(/require\("([^"]+)"\)/g)].map(([, path]) => path)
    expect(required.filter((path) => !path?.startsWith('node:'))).toEqual([])
  })

  it('says where its bytes are from', () => {
    const { bytes = 0, inputs = {} } = metafile.outputs['index.js'] ?? {}
    const attributed = Object.values(inputs).reduce((sum, { bytesInOutput }) => sum + bytesInOutput, 0)
    expect(bytes).toBe(Buffer.byteLength(program))
    expect(Object.keys(inputs).filter((input) => !(input in metafile.inputs))).toEqual([])
    expect(attributed).toBeLessThanOrEqual(bytes)
    expect(attributed).toBeGreaterThan(0.95 * bytes)
  })

  it('keeps to 12,288 bytes, and 6,144 compressed, for a policy of one provider by header', () => {
    const plain = bundleAuthorizer(
      policyWith({ routes: [{ path: '/v/{group}/*', hash: 'md5' }, { path: '/{sub}/*' }] }),
    )
    expect(Buffer.byteLength(plain.program)).toBeLessThanOrEqual(12_288)
    expect(gzipSync(plain.program, { level: 9 }).length).toBeLessThanOrEqual(6144)
  })

  it('holds less for a policy that uses less, and does the same', () => {
    const policy = policyWith({ credentials: { cookie: 'token' } })
    const [byHeader, byCookie] = [bundleAuthorizer(policyWith({})).program, bundleAuthorizer(policy).program]
    expect(byHeader.length).toBeLessThan(byCookie.length)
    expect(byCookie.length).toBeLessThan(program.length)
    const token = mint(key, accessTokenPayload({ iss: issuer, client_id: 'web', sub: 'ann' }))
    const event = viewerRequestEvent('/users/ann/x', { headers: { cookie: `a=1; token=${token}` } })
    for (const whole of [byCookie, program]) {
      expect(ask(deployable(whole, { policy, snapshots }), [event])[0]?.headers.cookie).toMatchObject([
        { value: 'a=1' },
      ])
    }
  })

  it('decides as the sources do, from its snapshot alone', async () => {
    const claims = { iss: issuer, client_id: 'web', sub: 'ann', 'cognito:groups': ['a'] }
    const stranger = await createSigningKey('RS256')
    const good = mint(key, accessTokenPayload(claims))
    const event = (uri: string, token?: string) =>
      viewerRequestEvent(uri, token ? { headers: { authorization: `Bearer ${token}` } } : {})
    const events = [
      event('/users/ann/x', good),
      event('/users/bob/x', good),
      event('/users/ann/x'),
      event('/users/ann/x', mint({ ...stranger, kid: key.kid }, accessTokenPayload(claims))),
      event('/users/ann/x', mint(key, accessTokenPayload({ ...claims, exp: 1 }))),
      event('/users/%2e%2e/x', good),
      event('/v/0cc175b9c0f1b6a831c399e269772661/x', good),
      event('/public/x', good),
      { Records: [] },
    ]
    const policy = policyWith({
      routes: [{ path: '/users/{sub}/*' }, { path: '/v/{group}/*', hash: 'md5' }, { path: '/public/*', public: true }],
      deny: { unauthenticated: { redirect: 'https://login.example.com/', redirectOn: 'always', returnTo: 'to' } },
    })
    const results = ask(deployable(bundleAuthorizer(policy).program, { policy, snapshots }), events)
    expect(results.map((result) => ('status' in result ? result.status : 'allow'))).toEqual([
      'allow',
      '403',
      '302',
      '302',
      '302',
      '403',
      'allow',
      'allow',
      '403',
    ])
    const { authorization, ...headers } = events[0]?.Records[0]?.cf.request.headers ?? {}
    expect(results[0]).toEqual({ ...events[0]?.Records[0]?.cf.request, headers })
    expect(authorization).toHaveLength(1)
    expect(results[2]?.headers.location).toEqual([{ value: 'https://login.example.com/?to=%2Fusers%2Fann%2Fx' }])
  })

  it('reads the token from a cookie, under every algorithm that the policy allows', async () => {
    const keys = await Promise.all(
      (['PS256', 'ES256', 'ES512', 'EdDSA'] as const).map((algorithm) => createSigningKey(algorithm)),
    )
    const policy = policyWith({
      algorithms: keys.map(({ algorithm }) => algorithm),
      credentials: { cookie: 'pool.{client}.*.token' },
    })
    const code = deployable(bundleAuthorizer(policy).program, {
      policy,
      snapshots: { [issuer]: { fetchedAt: Date.now(), keys: keys.map(({ jwk }) => jwk) } },
    })
    const tokens = await Promise.all(
      keys.map((key) => mint(key, accessTokenPayload({ iss: issuer, client_id: 'web', sub: 'ann' }))),
    )
    const results = ask(
      code,
      tokens.map((token) =>
        viewerRequestEvent('/users/ann/x', { headers: { cookie: `a=1; pool.web.ann.token=${token}` } }),
      ),
    )
    expect(results.map(({ headers }) => headers.cookie)).toEqual(keys.map(() => [{ key: 'cookie', value: 'a=1' }]))
  })

  it.each([
    '"',
    "'",
    '`',
    '\\',
    '\u0024{x}',
    '</script>',
    '\u2028',
    '\u2029',
    '\0',
    '__proto__',
    'constructor',
    '\u{1f600}',
    '*/',
    '//',
    '\n',
  ])('takes the configuration’s texts as they are: %j', async (text) => {
    const policy = policyWith({ clientIds: [text], routes: [{ path: '/r/*', groups: [text] }] })
    const token = (claims: object) => mint(key, accessTokenPayload({ iss: issuer, client_id: text, ...claims }))
    const events = [await token({ 'cognito:groups': [text] }), await token({ 'cognito:groups': [`${text}x`] })].map(
      (value) => viewerRequestEvent('/r/x', { headers: { authorization: `Bearer ${value}` } }),
    )
    const results = ask(deployable(bundleAuthorizer(policy).program, { policy, snapshots }), events)
    expect(results.map((result) => ('status' in result ? result.status : 'allow'))).toEqual(['allow', '403'])
  })
})
