/** Stories of a released handler's own sign-in: what its tracker says of it, found by the story that shows it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { silentProgress } from '../../command/progress.ts'
import type { HandlerConfig } from '../../config/handler-schema.ts'
import type { Finding } from '../finding.ts'
import { fuzzStage } from '../fuzz-stage.ts'
import { replayStage } from '../replay-stage.ts'
import { checkSignIn, type HandlerWithSignIn, runSessions } from './session-campaign.ts'
import { campaignOfSessions } from './session-findings.ts'

const login = 'https://login.auth.us-east-1.amazoncognito.com'
const policy = {
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
  clientIds: ['exampleclient'],
  tokenUse: 'id',
  credentials: { cookie: 'CognitoIdentityServiceProvider.{client}.*.idToken' },
  routes: [{ path: '/*' }],
  deny: { unauthenticated: { redirect: `${login}/authorize`, redirectOn: 'always' } },
} satisfies Policy

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'edgeproof-foreign-sign-in-'))
  const authenticator = createRequire(import.meta.url).resolve('cognito-at-edge')
  const settings = {
    region: 'us-east-1',
    userPoolId: 'us-east-1_EXAMPLE01',
    userPoolAppId: 'exampleclient',
    userPoolDomain: new URL(login).host,
    parseAuthPath: '/parseauth',
    csrfProtection: { nonceSigningSecret: 'a long secret' },
  }
  const program = `const { Authenticator } = require(${JSON.stringify(authenticator)})
const authenticator = new Authenticator(${JSON.stringify(settings)})
const paths = {
  '/signin': (event) => authenticator.handleSignIn(event),
  '/parseauth': (event) => authenticator.handleParseAuth(event),
  '/refreshauth': (event) => authenticator.handleRefreshToken(event),
  '/signout': (event) => authenticator.handleSignOut(event),
}
exports.handler = async (event) =>
  (paths[event.Records[0].cf.request.uri] ?? ((one) => authenticator.handle(one)))(event)
`
  writeFileSync(join(directory, 'index.js'), program)
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function described(): HandlerConfig & { signIn: object } {
  return {
    file: join(directory, 'index.js'),
    hosts: ['files.example.com'],
    signIn: {
      client: 'exampleclient',
      endpoints: {
        authorization: `${login}/authorize`,
        token: `${login}/oauth2/token`,
        revocation: `${login}/oauth2/revoke`,
        logout: `${login}/logout`,
      },
      paths: { start: '/signin', callback: '/parseauth', refresh: '/refreshauth', signOut: '/signout' },
    },
  }
}

function tested(): HandlerWithSignIn {
  const handler = described()
  return {
    name: 'cognito-at-edge',
    whose: 'foreign',
    file: handler.file,
    policy,
    runtime: 'nodejs24.x',
    handler,
    description: { hosts: ['files.example.com'], ...handler.signIn } as HandlerWithSignIn['description'] & object,
  }
}

test.each([
  // A sign-out without cookies.
  ['sign-out-with-little', 'crash result/answer: /signout: the handler threw TypeError'],
  // redirect_uri of /signin and /signout.
  ['way-back-to-another-site', 'open-redirect sign-in/return: a redirect leads to https://attacker.example'],
  // No challenge is sent, so that a code belongs to nobody.
  ['stolen-code-injected', "bypass sign-in/start: another browser's code was redeemed"],
])('cognito-at-edge 1.5.5: %s', async (only, expected) => {
  const report = await runSessions({
    tested: tested(),
    seed: '1',
    only,
    stories: 1,
    shrinks: false,
    signal: new AbortController().signal,
  })
  const stories = report.found.map(({ sight }) => `${sight.class} ${sight.rule}: ${sight.story}`)
  expect(stories).toContainEqual(expect.stringContaining(expected))
  // What the handler throws costs its sender an answer, and nobody else anything.
  const { found } = campaignOfSessions(report, tested())
  expect(found.filter(({ class: name, severity }) => name === 'crash' && severity !== 'none')).toEqual([])
})

test('awslabs/cognito-at-edge #120 is found, what our page alone asks for is a note, and a wrong description is no finding', async () => {
  const { notes, found } = await runSessions({
    tested: tested(),
    seed: '1',
    only: 'foreign-host',
    stories: 1,
    shrinks: false,
    signal: new AbortController().signal,
  })
  expect(notes.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['sign-in/host', 'sign-in/start']))
  expect(found.map(({ sight }) => sight.rule)).toEqual(['sign-in/return'])
  expect(found[0]?.sight.story).toMatch(/ended at \/https:\/\/files\.example\.com\/parseauth$/)
  const wrong = tested()
  const paths = { ...wrong.description?.paths, callback: '/other' }
  const check = await checkSignIn({ ...wrong, description: { ...wrong.description, paths } as never })
  expect(check.passed).toBe(false)
  expect(check.why).toMatch(/^the provider says: redirect_uri .* is not registered$/)
})

test('the description of a configuration is attacked, and its story replayed', async () => {
  const context = {
    config: { policy, handler: described() },
    configFile: 'test',
    out: directory,
    progress: silentProgress,
    signal: new AbortController().signal,
  }
  const { data } = await fuzzStage(context, { sessions: true, seconds: 0.3, seed: '3' })
  const of = (told: unknown) => {
    const { findings, hardening } = told as Record<'findings' | 'hardening', Finding[]>
    return [...findings, ...hardening]
  }
  const [finding] = of(data)
  const file = finding?.replay.split(' ').find((word) => word.endsWith('.json')) ?? ''
  const again = await replayStage(context, { file })
  expect(of(again.data).map(({ rule }) => rule)).toContain(finding?.rule)
})
