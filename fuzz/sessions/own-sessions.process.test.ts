/** A handler that signs its sessions itself: it is given a key pair, and binds a sign-in to the browser by the ID token's nonce. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import type { HandlerConfig } from '../../config/handler-schema.ts'
import { checkFit } from '../engine/fit.ts'
import { checkSignIn, type HandlerWithSignIn, runSessions } from './session-campaign.ts'

const login = 'https://tenant.example.com'
const policy = {
  issuer: login,
  clientIds: ['exampleclient'],
  tokenUse: null,
  kid: 'optional',
  credentials: { cookie: '__Host-session' },
  routes: [{ path: '/*' }],
  deny: { unauthenticated: { redirect: `${login}/authorize`, redirectOn: 'always' } },
} satisfies Policy

const program = `const { createHash, randomBytes, sign, verify, createPublicKey } = require('node:crypto')
const { privateKey, publicKey } = JSON.parse(require('node:fs').readFileSync('keys.json', 'utf8'))
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const parsed = (part) => JSON.parse(Buffer.from(part, 'base64url').toString())
const hashed = (text) => createHash('sha256').update(text).digest('hex')

function session(sub) {
  const input = encoded({ alg: 'RS256' }) + '.' + encoded({ sub, exp: Date.now() / 1000 + 3600 })
  return input + '.' + sign('sha256', Buffer.from(input), privateKey).toString('base64url')
}

function verified(token = '', keyOf) {
  try {
    const [head, payload, signature] = token.split('.')
    const { alg, kid } = parsed(head)
    const octets = Buffer.from(signature, 'base64url')
    const isGood = alg === 'RS256' && verify('sha256', Buffer.from(head + '.' + payload), keyOf(kid), octets)
    return isGood && parsed(payload).exp > Date.now() / 1000 ? parsed(payload) : null
  } catch {
    return null
  }
}

const redirect = (location, cookie) => ({
  status: '302',
  headers: {
    location: [{ key: 'Location', value: location }],
    'cache-control': [{ key: 'Cache-Control', value: 'no-store' }],
    'set-cookie': [{ key: 'Set-Cookie', value: cookie + '; Path=/; Secure; HttpOnly; SameSite=Lax' }],
  },
})
const refused = { status: '403', headers: { 'cache-control': [{ key: 'Cache-Control', value: 'no-store' }] } }

async function callback(parameters, cookies) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: parameters.get('code') ?? '',
    redirect_uri: 'https://site.example/callback',
    client_id: 'exampleclient',
    client_secret: 'example',
  })
  try {
    const { keys } = await (await fetch('${login}/.well-known/jwks.json')).json()
    const answer = await fetch('${login}/token', { method: 'POST', body })
    const { id_token: idToken } = await answer.json()
    const claims = verified(idToken, (kid) => createPublicKey({ key: keys.find((key) => key.kid === kid), format: 'jwk' }))
    if (claims.nonce !== hashed(cookies['__Host-nonce'] ?? '')) return refused
    const path = parameters.get('state') ?? '/'
    return redirect('https://site.example' + path, '__Host-session=' + session(claims.email))
  } catch {
    return refused
  }
}

exports.handler = async (event) => {
  const { request } = event.Records[0].cf
  const pairs = (request.headers.cookie ?? []).flatMap(({ value }) => value.split('; '))
  const cookies = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s)))
  if (request.uri === '/callback') return callback(new URLSearchParams(request.querystring), cookies)
  if (verified(cookies['__Host-session'], () => publicKey) !== null) return request
  const nonce = randomBytes(16).toString('hex')
  const asked = new URLSearchParams({
    client_id: 'exampleclient',
    response_type: 'code',
    scope: 'openid email',
    redirect_uri: 'https://site.example/callback',
    state: request.uri,
    nonce: hashed(nonce),
  })
  return redirect('${login}/authorize?' + asked, '__Host-nonce=' + nonce)
}
`

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'edgeproof-own-sessions-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function tested(name: string, text: string): HandlerWithSignIn {
  const file = join(directory, `${name}.cjs`)
  writeFileSync(file, text)
  const signIn = {
    client: 'exampleclient',
    clientSecret: 'example',
    endpoints: { authorization: `${login}/authorize`, token: `${login}/token` },
    paths: { callback: '/callback' },
  }
  const handler: HandlerConfig = {
    file,
    hosts: ['site.example'],
    files: { 'keys.json': { privateKey: '{privateKey}', publicKey: '{publicKey}' } },
    signIn,
  }
  const description = { hosts: ['site.example'], ...signIn }
  return { name, whose: 'foreign', file, policy, runtime: 'nodejs24.x', handler, description }
}

async function bypasses(handler: HandlerWithSignIn): Promise<string[]> {
  const { found } = await runSessions({
    tested: handler,
    seed: '1',
    stories: 60,
    shrinks: false,
    signal: new AbortController().signal,
  })
  return found.filter(({ sight }) => sight.class === 'bypass').map(({ sight }) => sight.story)
}

test('its visitors show sessions of its own, and sign in at the provider', async () => {
  const handler = tested('right', program)
  expect(await checkFit(handler)).toMatchObject({ passed: 1, of: 1 })
  expect(await checkSignIn(handler)).toMatchObject({ passed: true })
})

test('a code that it redeems and then refuses for its nonce signs nobody in', async () => {
  expect(await bypasses(tested('right', program))).toEqual([])
})

test('one that does not compare the nonce is told of', async () => {
  const flawed = program.replace(/ {4}if \(claims\.nonce.*\n/, '')
  expect(await bypasses(tested('flawed', flawed))).toContain(
    "another browser's code was redeemed: nothing tied it to the browser that had asked for it",
  )
})
