import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { warningText } from '../../config/policy-warnings.ts'
import demo from '../../edgeproof.config.ts'
import type { rules } from '../../oracle/rules.ts'
import { runProgram } from '../../program.ts'
import type { Result } from '../../result/result.ts'
import { inProcess } from '../../testing/command-line.ts'
import type { CheckData } from './check-stage.ts'
import { difference } from './decide.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-check-'))
afterAll(() => rmSync(directory, { recursive: true }))

function edgeproof(...args: string[]) {
  return inProcess(() => runProgram(args), { cwd: directory, env: { NO_COLOR: '1' } })
}

function policyFile(fields: object): string {
  writeFileSync(join(directory, 'policy.json'), JSON.stringify(fields))
  return 'policy.json'
}

async function request(policy: object, ...args: string[]) {
  const { stdout, status, stderr } = await edgeproof('check', '--json', '--policy', policyFile(policy), ...args)
  expect(stderr).toBe('')
  const { data } = JSON.parse(stdout) as Result
  const { request } = data as unknown as CheckData
  if (!request) throw new Error('no request was checked')
  return { ...request, exit: status }
}

const page = readFileSync(new URL('../../docs/check.md', import.meta.url), 'utf8')

describe('docs/check.md', () => {
  const blocks = [...page.matchAll(/^ {4}\$ edgeproof (.*)\n((?: {4}.*\n|\n(?= {4}[^$]))*)/gm)]

  test.each(blocks.map(([, line = '', output = '']) => [line, output]))('edgeproof %s', async (line, output) => {
    const args = (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, '$1'))
    const { stdout, status } = await edgeproof(...args)
    expect(stdout).toBe(output.replace(/^ {4}/gm, ''))
    expect(status).toBe(0)
  })

  const rows = [...page.matchAll(/^\| `(".*)` \| (.*) \|$/gm)].map(([, fields = '', says = '']) => ({ fields, says }))

  test.each(rows)('$fields', async ({ fields, says }) => {
    const file = policyFile({ ...demo.policy, requiredClaims: [], ...plainRoutes, ...JSON.parse(`{${fields}}`) })
    const { stdout, stderr } = await edgeproof('check', '--json', '--policy', file)
    const told = stdout === '' ? [stderr.trim().replace('edgeproof: policy.json: ', '')] : warningsOf(stdout)
    expect(told.join('<br>')).toBe(says)
  })

  test('has a command, and traps of both kinds', () => {
    expect(blocks.length).toBeGreaterThan(3)
    expect(rows.length).toBeGreaterThan(20)
  })
})

const plainRoutes = { routes: [{ path: '/users/{sub}/*' }] }

function warningsOf(json: string): string[] {
  return ((JSON.parse(json) as Result).data as unknown as CheckData).warnings.map(warningText)
}

const issuer = 'https://issuer.example.com'
const several = {
  providers: {
    staff: {
      issuer,
      tokenUse: null,
      clientIds: ['portal'],
      audiences: ['https://files.example.com'],
      types: ['at+jwt'],
      algorithms: ['ES256'],
      claims: { email_verified: true },
    },
    partners: {
      issuer: 'https://login.example.com/{tid}/v2.0',
      jwksUri: 'https://login.example.com/keys',
      tenants: ['one'],
      tokenUse: null,
      clientIds: ['gate'],
      clientClaim: 'azp',
      algorithms: ['ES256'],
      groupsClaim: { claim: '/org/teams', split: ',' },
    },
  },
  credentials: ['header', { cookie: 'C.{client}.{lastUser}.token' }],
  routes: [
    { path: '/public/*', public: true },
    { path: '/{group}/*', provider: 'partners' },
    { path: '/files/*', provider: ['staff', 'partners'], scopes: ['files:read'], claims: { level: [2, 3] } },
    { path: '/files/{claim:team}', provider: 'staff', hash: 'sha256' },
  ],
  deny: { unauthenticated: { redirect: 'https://login.example.com/', returnTo: 'to' } },
}

test('a policy of several providers is told route by route, as it is decided', async () => {
  const { stdout } = await edgeproof('check', '--policy', policyFile(several))
  expect(stdout.split('\n\n')[0]).toBe(`Who may read what (GET and HEAD), in the order of decision
  /public/*            anybody, with or without a token
  /files/{claim:team}  a token of staff with a team whose sha256 is the segment
                       {claim:team}
  /files/*             a token of staff or partners with the scope files:read,
                       whose level is 2 or 3
  /{group}/*           a token of partners with a group that is the segment
                       {group}
  anything else        nobody`)
  for (const line of stdout.split('\n').filter((text) => !text.includes('https://')))
    expect(line.length).toBeLessThanOrEqual(80)
  expect(stdout).toContain('navigations: 302 to https://login.example.com/')
})

const site = {
  issuer,
  clientIds: ['web'],
  tokenUse: null,
  algorithms: ['ES256'],
  index: 'index.html',
  slash: 'redirect',
  routes: [
    { path: '/*' },
    { path: '/{group}/*' },
    { path: '/docs/*', public: true },
    { path: '/app/*', app: '/app/index.html' },
    { path: '/{sub}.pdf' },
    { path: '/report-*.pdf', public: true },
    { path: '/docs/*/draft.html' },
  ],
  deny: {
    unauthenticated: { redirect: '/docs/login.html', redirectOn: 'always' },
    forbidden: { status: 404, page: '<p>404' },
  },
}

test('a site is told with its patterns, and with what is served in place of a path', async () => {
  const { stdout } = await edgeproof('check', '--policy', policyFile(site))
  const [routes = '', served, ...others] = stdout.split('\n\n')
  expect(routes.split('\n').flatMap((line) => /^ {2}(\S+)/.exec(line)?.[1] ?? [])).toEqual([
    ...['/docs/*/draft.html', '/docs/*', '/app/*', '/report-*.pdf', '/{sub}.pdf', '/{group}/*', '/*', 'anything'],
  ])
  expect(routes).toContain('a token whose sub is the part {sub}')
  expect(served).toBe(`What is served in place of a path, if both are granted
  /app/*              /app/index.html, where the last segment has no "."
  …/                  …/index.html
  no route without /  302 to the path with it`)
  expect(others.join('\n')).toMatch(
    /without a good token +302 to \/docs\/login\.html\n +with one that may not +404, with its page/,
  )
})

test('a request says what it is served from, or where its slash is', async () => {
  const claims = '{"cognito:groups":["blue"]}'
  expect(await request(site, '--uri', '/app/orders/42', '--claims', claims)).toMatchObject({
    decision: 'allow',
    served: '/app/index.html',
  })
  expect(await request(site, '--uri', '/docs/', '--claims', claims)).toMatchObject({ served: '/docs/index.html' })
  const closed = { ...site, routes: site.routes.slice(1) }
  const redirected = await request(closed, '--uri', '/docs', '--query', 'a=b')
  expect(redirected).toMatchObject({ rule: 'paths/slash', response: { status: '302', location: '/docs/?a=b' } })
  expect(redirected.defect).toBeUndefined()
})

test('a token is completed for the provider that its route, --provider or iss means', async () => {
  const files = '{"scope":"files:read","level":3,"email_verified":true}'
  const ofRoute = await request(several, '--uri', '/files/x/y', '--claims', files)
  expect(ofRoute).toMatchObject({
    decision: 'allow',
    route: { field: 'routes[2]', path: '/files/*' },
    rule: 'order/allow',
    token: { provider: 'staff', added: { iss: issuer, aud: ['portal', 'https://files.example.com'] } },
  })
  const named = await request(several, '--uri', '/files/x/y', '--claims', files, '--provider', 'partners')
  expect(named.token).toMatchObject({ provider: 'partners', added: { tid: 'one', azp: 'gate' } })
  expect(named.decision).toBe('allow')
  const byIssuer = await request(several, '--uri', '/blue/x', '--claims', JSON.stringify({ iss: issuer }))
  expect(byIssuer).toMatchObject({ decision: 'deny', token: { provider: 'staff' }, rule: 'order/claims' })
})

test.each<[title: string, args: string[], rule: (typeof rules)[number], status: string]>([
  ['without a token', ['--uri', '/files/x'], 'credentials/absent', '302'],
  ['with an expired one', ['--uri', '/blue/x', '--claims', '{"exp":1}'], 'claims/exp', '302'],
  ['of another client', ['--uri', '/blue/x', '--claims', '{"azp":"x"}'], 'claims/client', '302'],
  ['of a stranger', ['--uri', '/blue/x', '--claims', '{"iss":"https://x.example"}'], 'claims/iss', '302'],
  ['without the right', ['--uri', '/blue/x', '--claims', '{"org":{"teams":"red"}}'], 'paths/no-right', '403'],
  ['to a malformed path', ['--uri', '/files//x'], 'paths/malformed', '403'],
  ['by another method', ['--uri', '/public/x', '--method', 'POST'], 'order/method', '403'],
  [
    'with a header that is no token',
    ['--uri', '/files/x', '--header', 'authorization: Bearer x'],
    'token/compact',
    '302',
  ],
])('a request %s is denied, by its rule', async (_, args, rule, status) => {
  const denied = await request(several, ...args, '--expect', 'deny', '--header', 'sec-fetch-mode: navigate')
  expect(denied).toMatchObject({ decision: 'deny', rule, response: { status }, exit: 0 })
  expect(denied.reference).toBe(`oracle/SEMANTICS.md#${rule.replace('/', '-')}`)
  expect(denied.defect).toBeUndefined()
  if (status === '302') expect(denied.response?.location).toMatch(/^https:\/\/login\.example\.com\/\?to=%2F/)
})

test("the token goes into the policy's cookie, and a claims file is read", async () => {
  writeFileSync(join(directory, 'claims.json'), '{"org":{"teams":"red,blue"}}')
  const allowed = await request(
    several,
    '--uri',
    '/blue/x',
    '--claims',
    'claims.json',
    '--provider',
    'partners',
    '--cookie',
  )
  expect(allowed.decision).toBe('allow')
})

test('--expect fails where the other is decided', async () => {
  expect(await request(several, '--uri', '/public/x', '--expect', 'deny')).toMatchObject({ decision: 'allow', exit: 1 })
})

test.each<[string[], RegExp]>([
  [['--claims', '{}'], /^edgeproof: --claims: is about one request; pass --uri PATH too$/],
  [['--uri', '/a?b=c'], /^edgeproof: --uri: should be a path .*--query$/],
  [['--uri', '/a', '--cookie'], /^edgeproof: --cookie: is about a token; pass --claims too$/],
  [['--uri', '/a', '--claims', '{}', '--cookie'], /^edgeproof: --cookie: the policy reads no cookie; leave it out$/],
  [['--uri', '/a', '--claims', '{'], /^edgeproof: --claims: is not JSON: /],
  [['--uri', '/a', '--claims', 'none.json'], /^edgeproof: none\.json: not found; pass --claims FILE/],
  [
    ['--uri', '/a', '--claims', '{}', '--provider', 'x'],
    /^edgeproof: --provider: "x" is none of the policy's, which are default$/,
  ],
  [['--uri', '/a', '--header', 'x'], /^edgeproof: --header: "x" should be "name: value"$/],
])('%j is a mistake', async (args, line) => {
  const { stderr, status } = await edgeproof('check', ...args)
  expect(stderr.trim()).toMatch(line)
  expect(status).toBe(2)
})

test('authorizer and rules that differ are a defect', () => {
  const allowed = { allow: true, request: { method: 'GET', uri: '/', querystring: '', headers: {} } } as const
  const denied = { allow: false, reason: 'signature', response: { status: '401', headers: {} } } as const
  const must = { outcome: 'must-deny', rule: 'paths/no-right', reason: '', ours: 'deny' } as const
  expect(difference(allowed, must, 403)).toContain('the authorizer says allow, the rules say deny (paths/no-right)')
  expect(difference(denied, must, 403)).toBeUndefined()
  expect(difference(denied, { ...must, isForbidden: true }, 403)).toContain('answers 401 (signature)')
  expect(difference(denied, { outcome: 'must-allow', rule: 'order/allow', reason: '' }, 403)).toContain('say allow')
  expect(difference(allowed, { outcome: 'may', rule: 'keys/new', reason: '' }, 403)).toBeUndefined()
})
