import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Policy } from '../authorizer/policy.ts'
import { silentProgress } from '../command/progress.ts'
import type { HandlerConfig } from '../config/handler-schema.ts'
import { withHandler } from './chosen-handler.ts'
import { checkFit } from './engine/fit.ts'
import { fitLines } from './fit-report.ts'
import type { HandlerOptions } from './fuzz-options.ts'

const policy: Policy = {
  issuer: 'https://issuer.example',
  tokenUse: null,
  clientIds: ['portal'],
  routes: [{ path: '/open/*', public: true }, { path: '/files/*' }],
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgeproof-fit-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A handler that verifies nothing, and lets in whoever `shows` something. */
function believing(shows: string, signature = 'async (event)', done = (result: string) => `return ${result}`): string {
  return `exports.handler = ${signature} => {
    const { request } = event.Records[0].cf
    const { cookie, authorization } = request.headers
    const cookies = Object.fromEntries((cookie?.[0].value ?? '').split('; ').map((pair) => pair.split('=')))
    const isGood = request.uri.startsWith('/open/') || (${shows})
    ${done(`isGood ? request : { status: '401', headers: {} }`)}
  }`
}

let files = 0
async function fitOf(source: string, handler: Partial<HandlerConfig> = {}, options: HandlerOptions = {}) {
  const file = join(folder, `handler${files++}.cjs`)
  writeFileSync(file, source)
  const said: string[] = []
  const context = {
    config: { policy, handler: { file, ...handler } },
    progress: { ...silentProgress, log: (line: string) => void said.push(line) },
  }
  const fit = await withHandler(options, context, (tested) => checkFit(tested))
  return { said, lines: fitLines(fit), fit }
}

test('a handler with a callback is run in the last runtime that takes one, which is said', async () => {
  const { said, lines } = await fitOf(
    believing('authorization', '(event, context, callback)', (result) => `callback(null, ${result})`),
  )
  expect(said.join()).toMatch(/handler\d+\.cjs takes a callback, .* it is run as nodejs22\.x/)
  expect(lines).toEqual([
    'good requests passed: 2 of 2',
    '  /open/*: 1 of 1, public',
    '  /files/*: 1 of 1, without a credential denied',
  ])
})

test('a credential that is no plain token is shown as it is described, with its companions', async () => {
  const shows = `JSON.parse(Buffer.from(cookies.session ?? 'e30', 'base64url')).token?.split('.').length === 3
    && cookies.user === JSON.parse(Buffer.from(JSON.parse(Buffer.from(cookies.session, 'base64url')).token.split('.')[1], 'base64url')).sub`
  const cookies = { session: '{"token":"{token}"}|base64url', user: '{sub}' }
  expect((await fitOf(believing(shows), { credential: { cookies } })).fit).toMatchObject({ passed: 2, of: 2 })
})

test('keys are found by discovery', async () => {
  const source = `const keys = fetch('https://issuer.example/.well-known/openid-configuration')
    .then((answer) => answer.json()).then(({ jwks_uri }) => fetch(jwks_uri)).then((answer) => answer.json())
  ${believing('authorization && (await keys).keys.length > 0')}`
  expect((await fitOf(source)).fit).toMatchObject({ passed: 2, of: 2 })
})

test('the part of the policy that no good request passed is named', async () => {
  const routes = [...policy.routes, { path: '/groups/{group}/*' }]
  const file = join(folder, 'some.cjs')
  writeFileSync(file, believing("authorization && request.uri.startsWith('/files/')"))
  const context = { config: { policy: { ...policy, routes } }, progress: silentProgress }
  const some = await withHandler({ handler: file }, context, (tested) => checkFit(tested))
  expect(fitLines(some)).toContain('/groups/{group}/* was not tested: no good request passed there (0 of 1)')
})

test('of one that lets nobody in: what was sent, what came of it, and what usually causes that', async () => {
  const source = `exports.handler = async () => {
    console.log('no token in cookie SESSION')
    await fetch('https://keys.example/jwks').catch(() => {})
    return { status: '302', headers: { location: [{ value: 'https://login.example/?client_id=other' }] } }
  }`
  const error = await fitOf(source, {}, { cookie: ['session={token}'] }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'UsageError' })
  const { message } = error as Error
  expect(message.split('\n').map((line) => line.replace(/eyJ[\w.-]+…/, 'TOKEN'))).toEqual([
    'the policy does not fit the handler: good requests passed: 0 of 1; nothing was attacked',
    '  sent       GET /files/a.txt',
    '             host: d111111abcdef8.cloudfront.net',
    '             cookie: session=TOKEN',
    '  came back  302',
    '             Location: https://login.example/?client_id=other',
    '  its log    no token in cookie SESSION',
    '  it fetched https://keys.example/jwks (nothing is served there)',
    '  what usually causes this:',
    "  - it asks for https://keys.example/jwks: if its keys are there, make that the policy's jwksUri (now https://issuer.example/.well-known/jwks.json), else say in handler.answers what it answers",
    "  - it sends visitors to sign in for the client other, and the policy's clientIds are portal",
    '  - it looks for the credential elsewhere, or for a companion cookie: policy.credentials, or handler.credential',
    '  - its keys are baked in, or its tokens are its own: handler.keys, handler.files, handler.secret',
    '  - it lets nobody in where it is deployed either: a mistake of its own',
    '  - no credential can be made for it: --deny-only shows that nobody passes with a forged one',
  ])
})

test.each<[string, HandlerOptions, RegExp]>([
  ['--cookie: "session" should be NAME=VALUE', { cookie: ['session'] }, /--cookie: "session" should be NAME=VALUE/],
  ['a place that is none', { header: ['x: {tok}'] }, /--handler: credential.*\{tok\}/s],
])('a mistake in an option is told: %s', async (_title, options, message) => {
  await expect(fitOf(believing('false'), {}, options)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(message),
  })
})
