import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Policy } from '../authorizer/policy.ts'
import { silentProgress } from '../command/progress.ts'
import type { HandlerConfig } from '../config/handler-schema.ts'
import { forgedSessionAttacks } from './attacks/forged-sessions.ts'
import { signInPathAttacks } from './attacks/sign-in-paths.ts'
import { withHandler } from './chosen-handler.ts'
import { runCampaign } from './engine/campaign.ts'
import { checkFit } from './engine/fit.ts'
import type { Strategy } from './engine/strategy.ts'
import { fitCheck } from './fit-report.ts'

const policy: Policy = { issuer: 'https://issuer.example', clientIds: ['portal'], routes: [{ path: '/*' }] }
const endpoints = { authorization: 'https://issuer.example/authorize', token: 'https://issuer.example/token' }

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgeproof-deny-only-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The attacks on sessions and on the sign-in's paths alone: the others have their own tests. */
const ofSessions: Strategy = function* (world, random) {
  for (const { name, class: kind, build } of [...forgedSessionAttacks, ...signInPathAttacks]) {
    const scenario = build(world, random)
    if (scenario) yield { scenario: { name, class: kind, ...scenario } }
  }
}

let files = 0
async function found(decide: string, handler: Partial<HandlerConfig> = {}) {
  const file = join(folder, `handler${files++}.cjs`)
  writeFileSync(
    file,
    `const crypto = require('node:crypto')
    const mac = (text) => crypto.createHmac('sha256', 'secret').update(text).digest('hex')
    const page = (status, headers = {}, body = '') => ({ status, body, headers: { 'cache-control': [{ value: 'no-store' }], ...headers } })
    const cookie = (name, value) => ({ value: name + '=' + value + '; Secure; HttpOnly' })
    exports.handler = async (event) => {
      const { request } = event.Records[0].cf
      const cookies = Object.fromEntries((request.headers.cookie?.[0].value ?? '').split('; ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
      const query = new URLSearchParams(request.querystring)
      ${decide}
    }`,
  )
  const context = { config: { policy, handler: { file, ...handler } }, progress: silentProgress }
  return withHandler({ denyOnly: true }, context, async (tested) => {
    const fit = await checkFit(tested)
    const signal = new AbortController().signal
    const report = await runCampaign({ tested, strategy: ofSessions, seed: '1', cases: 100, minimize: false, signal })
    return { fit, findings: report.found.map(({ class: kind, rule, case: { name } }) => `${kind} ${rule} ${name}`) }
  })
}

test('a handler that lets nobody in has no finding, and the first line says what that does not show', async () => {
  const { fit, findings } = await found(
    `return page('302', { location: [{ value: 'https://issuer.example/authorize' }] })`,
  )
  expect(findings).toEqual([])
  expect(fitCheck(fit).title).toMatch(
    /^good requests passed, of 0; only forged credentials were tried: this does not show/,
  )
})

test('a session that nobody signed passes', async () => {
  const { findings } = await found(`
    try { if (JSON.parse(Buffer.from(cookies.session, 'base64')).user) return request } catch {}
    return page('401', { 'set-cookie': [cookie('session', 'none')] })`)
  expect(findings).toEqual([expect.stringMatching(/^bypass credentials\/absent session-json/)])
})

test('a value of the handler passes under the name of another of its cookies', async () => {
  const { findings } = await found(`
    const [text = '', sign] = (cookies.session ?? '').split('.')
    if (sign === mac(text)) return request
    return page('302', { 'set-cookie': [cookie('nonce', 'n1.' + mac('n1')), cookie('session', 'none')], location: [{ value: 'https://issuer.example/authorize' }] })`)
  expect(findings).toEqual([expect.stringMatching(/^bypass credentials\/absent session-of-its-other-cookies/)])
})

test("the sign-in's own paths lead elsewhere, and repeat markup", async () => {
  const signIn = { client: 'portal', endpoints, paths: { callback: '/callback' } }
  const { findings } = await found(
    `if (request.uri !== '/callback') return page('401')
    if (query.get('error')) return page('400', {}, '<p>' + query.get('error') + '</p>')
    return page('302', { location: [{ value: 'https://' + request.headers.host[0].value + query.get('state') }] })`,
    { signIn },
  )
  expect(findings.toSorted()).toEqual([
    expect.stringMatching(/^open-redirect deny\/location sign-in-/),
    expect.stringMatching(/^unsafe-denial deny\/page sign-in-/),
  ])
})
