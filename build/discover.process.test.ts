/** What `build --discover` finds at the certified provider, fills in and refuses, over real TLS. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runProgram } from '../program.ts'
import { makeCertificate } from '../testing/certificate.ts'
import { inProcess } from '../testing/command-line.ts'
import { startCertifiedProvider } from '../testing/providers/certified-provider.ts'
import type { SignInProvider } from '../testing/providers/sign-in-provider.ts'

const path = '/.well-known/openid-configuration'
const trusted = tls.getCACertificates('default')
const cwd = mkdtempSync(join(tmpdir(), 'edgeproof-discover-'))
let answer: RequestListener
let front: https.Server
let provider: SignInProvider
let issuer: string
let asked = 0

beforeAll(async () => {
  const { key, certificate } = await makeCertificate()
  tls.setDefaultCACertificates([...trusted, certificate])
  front = https.createServer({ key, cert: certificate }, (request, response) => {
    asked++
    answer(request, response)
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  issuer = `https://localhost:${(front.address() as AddressInfo).port}`
  provider = await startCertifiedProvider({ accounts: [], clients: [], resource: issuer, issuer })
})
afterAll(async () => {
  tls.setDefaultCACertificates(trusted)
  front.closeAllConnections()
  await Promise.all([provider.close(), new Promise((resolve) => front.close(resolve))])
  rmSync(cwd, { recursive: true })
})

const certified: RequestListener = ({ url, headers }, response) => {
  http.get({ host: '127.0.0.1', port: provider.port, path: url, headers }, (given) => {
    response.writeHead(given.statusCode ?? 500, given.headers)
    given.pipe(response)
  })
}
const document = (members: object): RequestListener => {
  return (_, response) => response.end(JSON.stringify({ issuer, ...members }))
}
beforeEach(() => {
  answer = certified
  asked = 0
})

const bare = { client: 'web', afterSignOut: '/bye.html' }
const policyWith = (signIn: object, more = {}) => ({
  issuer,
  clientIds: ['web'],
  tokenUse: null,
  routes: [{ path: '/*' }, { path: '/bye.html', public: true }],
  signIn,
  ...more,
})

async function build(policy: object, ...options: string[]) {
  writeFileSync(join(cwd, 'policy.json'), JSON.stringify(policy))
  rmSync(join(cwd, 'built'), { recursive: true, force: true })
  return inProcess(() => runProgram(['build', ...options, '--policy', 'policy.json', '--out', 'built']), { cwd })
}
const built = (file: string) => readFileSync(join(cwd, 'built', file), 'utf8')

test('what is left out is filled in and shown, and with it in the policy the build is the same and asks nobody', async () => {
  const { status, stdout, stderr } = await build(policyWith(bare), '--discover')
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('edgeproof:')])
  const found = JSON.parse(built('discovered.json'))
  const { authorization, token, revocation, logout } = provider.endpoints
  expect(found).toEqual({
    jwksUri: provider.jwksUri,
    signIn: { endpoints: { authorization, token, revocation }, responseIss: true },
  })
  expect(stdout).toContain(`filled in from ${issuer}${path}:\n${JSON.stringify(found, null, 2)}\n`)
  expect(stdout).toContain('signIn.tokenEndpointAuthMethod: stays "none"; the provider states ["client_secret_basic",')
  expect(stdout).toContain(`signIn.endpoints.logout: is left out; the provider states "${logout}", and not whether`)
  const code = built('index.js')
  asked = 0
  expect((await build(policyWith({ ...bare, ...found.signIn }, { jwksUri: found.jwksUri }))).status).toBe(0)
  expect([built('index.js') === code, asked]).toEqual([true, 0])
})

test('what the policy says stays, one provider of several is asked, and one document says all', async () => {
  const {
    issuer: _,
    clientIds,
    tokenUse,
    signIn,
    ...site
  } = policyWith({
    ...bare,
    provider: 'staff',
    endpoints: { token: 'https://other.example.com/token', logout: 'https://other.example.com/logout' },
    logout: 'cognito',
    responseIss: false,
  })
  const providers = {
    partners: { issuer: 'https://partners.example.com', clientIds, tokenUse },
    staff: { issuer, clientIds, tokenUse, jwksUri: 'https://other.example.com/keys' },
  }
  const { status, stdout } = await build({ ...site, signIn, providers }, '--discover', '--json')
  const { filledIn, notes } = JSON.parse(stdout).data.discovery
  const { authorization, token, revocation } = provider.endpoints
  expect([status, filledIn]).toEqual([0, { signIn: { endpoints: { authorization, revocation } } }])
  expect(notes).toEqual([
    `providers.staff.jwksUri: stays "https://other.example.com/keys"; the provider states "${provider.jwksUri}"`,
    `signIn.endpoints.token: stays "https://other.example.com/token"; the provider states "${token}"`,
    'signIn.responseIss: stays false; the provider states true',
    expect.stringMatching(/^signIn\.tokenEndpointAuthMethod: /),
    expect.stringMatching(/^signIn\.endpoints\.logout: stays "https:\/\/other/),
  ])
})

describe('refused in a line, with exit code 2, nothing written', () => {
  const endpoints = { authorization_endpoint: 'https://a.example.com', token_endpoint: 'https://a.example.com/token' }
  const cases: [what: string, answer: () => RequestListener, line: string | RegExp][] = [
    [
      'of another issuer, by a character',
      () => document({ ...endpoints, issuer: `${issuer}/` }),
      /: issuer: is "https:\/\/localhost:\d+\/", and the policy has "https:\/\/localhost:\d+"; they have to be the same/,
    ],
    [
      'without S256',
      () => document({ ...endpoints, code_challenge_methods_supported: ['plain'] }),
      'code_challenge_methods_supported: has no "S256"',
    ],
    [
      'an endpoint in the clear',
      () => document({ ...endpoints, token_endpoint: 'http://a.example.com/token' }),
      'token_endpoint: should be an https URL without user, query or fragment; write signIn.endpoints.token into',
    ],
    [
      'without an endpoint',
      () => document({ token_endpoint: 'https://a.example.com/token' }),
      'authorization_endpoint: is missing; write signIn.endpoints.authorization into the policy',
    ],
    ['a member of another kind', () => document({ token_endpoint: 1 }), 'token_endpoint: should be a string'],
    ['no document', () => (_, response) => response.writeHead(404).end(), 'answers 404; look at the policy'],
    ['a page', () => (_, response) => response.end('<!doctype html>'), 'is not JSON; look at'],
    ['a flood', () => (_, response) => response.end(' '.repeat(300_000)), 'is longer than 256 kB; look at'],
    [
      'a connection that breaks',
      () =>
        ({ socket }) =>
          socket.destroy(),
      'cannot be read (UND_ERR_SOCKET); look at',
    ],
    [
      'a redirect to another host',
      () => (_, response) => response.writeHead(302, { location: 'https://a.example.com/' }).end(),
      'redirects to another place, https://a.example.com; look at',
    ],
    [
      'redirects in a circle',
      () => (_, response) => response.writeHead(302, { location: path }).end(),
      'redirects more than 3 times; look at',
    ],
  ]
  test.each(cases)('%s', async (_, listener, line) => {
    answer = listener()
    const { status, stdout, stderr } = await build(policyWith(bare), '--discover')
    expect(stderr).toMatch(line)
    expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1])
    expect(stderr).toContain(`edgeproof: ${issuer}${path}: `)
    expect(() => built('build.json')).toThrow('ENOENT')
  })

  test.each([
    ['without --discover', policyWith.bind(null, bare), [], 'policy.json: signIn.endpoints: is missing, should be an'],
    [
      'one endpoint, without --discover',
      () => policyWith({ ...bare, endpoints: { token: 'https://a.example.com' } }),
      [],
      'signIn.endpoints.authorization: is missing, should be an https URL; `edgeproof build --discover` reads it',
    ],
    ['a mistake elsewhere', () => policyWith({ ...bare, client: 'x' }), ['--discover'], 'signIn.client: is none of'],
    ['no sign-in', () => policyWith(bare, { signIn: undefined }), ['--discover'], 'signIn: is missing, and --discover'],
    [
      'two issuers',
      () => policyWith(bare, { issuer: [issuer, 'https://b.example.com'] }),
      ['--discover'],
      'issuer: should be one https URL for --discover; write signIn.endpoints out',
    ],
  ])('%s, and nobody is asked', async (_, policy, options, line) => {
    const { status, stderr } = await build(policy(), ...options)
    expect(stderr).toContain(line)
    expect([status, asked, stderr.trim().split('\n').length]).toEqual([2, 0, 1])
  })
})

test('a redirect within the host is followed', async () => {
  answer = (request, response) =>
    request.url === path ? response.writeHead(301, { location: `${path}?moved` }).end() : certified(request, response)
  expect((await build(policyWith(bare), '--discover')).status).toBe(0)
})
