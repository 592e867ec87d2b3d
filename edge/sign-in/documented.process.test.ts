/** docs/sign-in.md word by word: its policy, secret and commands as they stand, and a visitor before what they built. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import { createAuthorizer } from '../../config/create-authorizer.ts'
import { runProgram } from '../../program.ts'
import { jwkSet } from '../../testing/authorizer-test-bed.ts'
import { inProcess } from '../../testing/command-line.ts'
import { HttpBrowser } from '../../testing/http-browser.ts'
import { type AccessTokenClaims, accessTokenPayload, createSigningKey } from '../../testing/issuer.ts'
import { mint } from '../../testing/mint.ts'
import { startCognitoProvider } from '../../testing/providers/cognito-provider.ts'
import { viewerRequestEvent } from '../../testing/viewer-request.ts'
import { startEdge } from '../start-edge.ts'
import { localDomain } from '../template/local-domain.ts'
import { templateFixture } from '../template/template-fixture.ts'
import { accounts } from './sign-in-site.ts'

const page = readFileSync(new URL('../../docs/sign-in.md', import.meta.url), 'utf8')
const cwd = mkdtempSync(join(tmpdir(), 'edgeproof-documented-'))
afterAll(() => rmSync(cwd, { recursive: true }))

/** The code blocks under a heading. */
function blocks(heading: string): string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  return [...own.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block.replaceAll(/^ {4}/gm, ''))
}
const [policy = '', commands = ''] = blocks('Cognito in ten lines')
const [secret = ''] = blocks('The secret')

async function startParameterStore(arn: string, value: string) {
  const server = http.createServer(async (request, response) => {
    const asked = JSON.parse((await request.toArray()).join(''))
    response.writeHead(asked.Name === arn ? 200 : 400).end(JSON.stringify({ Parameter: { Value: value } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => new Promise((resolve) => server.close(resolve)) }
}

test('Cognito in ten lines: checked, built, signed in and signed out', async () => {
  expect(policy.trim().split('\n')).toHaveLength(10)
  writeFileSync(join(cwd, 'policy.json'), policy)
  for (const command of commands.trim().split('\n')) {
    const args = command.replace('npm run -s edgeproof -- ', '').split(' ')
    expect(await inProcess(() => runProgram(args), { cwd })).toMatchObject({ status: 0 })
  }
  const { signIn, clientIds } = JSON.parse(policy)
  const host = localDomain('Distribution')
  const url = `https://${host}`
  await using resources = new AsyncDisposableStack()
  const provider = await startCognitoProvider({
    accounts: Object.values(accounts),
    clients: [{ id: clientIds[0], redirectUris: [`${url}/_auth/callback`], signOutUris: [`${url}/bye.html`] }],
  })
  resources.defer(provider.close)
  const store = await startParameterStore(signIn.secret.ssmParameter, secret)
  resources.defer(async () => void (await store.close()))
  const objects = mkdtempSync(join(cwd, 'objects-'))
  for (const name of ['bye', 'plan'])
    writeFileSync(join(objects, `${name}.html`), `<a href="/_auth/sign-out">${name}</a>`)
  const edge = await startEdge({
    template: templateFixture({ code: readFileSync(join(cwd, 'built/index.js'), 'utf8') }),
    config: { policy: JSON.parse(policy) },
    objects,
    tlsPort: 0,
    servers: {
      ...Object.fromEntries(provider.hosts.map((name) => [name, provider.port])),
      'ssm.us-east-1.amazonaws.com': store.port,
    },
  })
  resources.defer(edge.close)
  const site = { tlsPort: Number(new URL(edge.tlsUrl ?? '').port), certificate: edge.certificate ?? '' }
  const browser = new HttpBrowser({
    ...Object.fromEntries(provider.hosts.map((name) => [name, provider])),
    [host]: site,
  })
  const form = await browser.visit(`${url}/plan.html?page=2`)
  expect(new URL(form.url).pathname).toBe('/login')
  const { username, password } = accounts.alice
  const shown = await browser.submit(form, { username, password })
  expect([shown.status, shown.url, shown.body]).toEqual([
    200,
    `${url}/plan.html?page=2`,
    expect.stringContaining('plan'),
  ])
  const out = await browser.visit(`${url}/_auth/sign-out`, { from: shown.url })
  expect([out.status, out.url]).toEqual([200, `${url}/bye.html`])
  expect(provider.backChannel.filter((line) => line.startsWith('POST'))).toEqual([
    'POST /oauth2/token',
    'POST /oauth2/revoke',
  ])
  expect(new URL((await browser.visit(`${url}/plan.html`)).url).pathname).toBe('/login')
})

const entra = '66666666-7777-4888-9999-000000000000'
/** What each provider's documentation has in a token of a session, beside iss, sub and times. */
const documented: Record<string, Record<string, unknown>> = {
  'example.eu.auth0.com': {
    aud: ['https://files.example.com', 'https://example.eu.auth0.com/userinfo'],
    azp: 'exampleclient',
    scope: 'openid offline_access',
  },
  'login.microsoftonline.com': { aud: entra, azp: entra, ver: '2.0', scp: 'read', roles: ['staff'] },
  'id.example.com': { typ: 'Bearer', azp: 'exampleclient', aud: 'account', realm_access: { roles: ['staff'] } },
  'accounts.google.com': { azp: 'exampleclient', aud: 'exampleclient', hd: 'example.com' },
}

test('the other providers’ examples are policies, which take the tokens that those document', async () => {
  const { routes, signIn } = JSON.parse(policy)
  const { endpoints, afterSignOut, secret } = signIn
  const key = await createSigningKey()
  const examples = blocks('Other providers').map((text) => JSON.parse(text))
  expect(examples.map(({ issuer }) => new URL(issuer).hostname)).toEqual(Object.keys(documented))
  for (const { signIn: own, ...example } of examples) {
    const { authorization, token } = endpoints
    const ofSignIn = { ...own, endpoints: { authorization, token, ...own.endpoints }, afterSignOut, secret }
    const { authorize } = createAuthorizer(
      { ...example, routes, signIn: ofSignIn },
      { get: async () => jwkSet([key]), post: async () => ({ status: 500, body: '' }) },
    )
    const decision = async (claims: object) => {
      const { iat, exp } = accessTokenPayload({ iss: example.issuer, client_id: '' })
      const text = mint(key, { iss: example.issuer, sub: 'alice', iat, exp, ...claims } as AccessTokenClaims)
      const headers = { authorization: `Bearer ${text}` }
      return (await authorize(viewerRequestEvent('/x', { headers }).Records[0]?.cf.request as ViewerRequest)).allow
    }
    const claims = documented[new URL(example.issuer).hostname] ?? {}
    expect([example.issuer, await decision(claims)]).toEqual([example.issuer, true])
    const [field, value] = 'hd' in claims ? ['hd', undefined] : ['azp', 'other']
    expect([example.issuer, await decision({ ...claims, [field]: value })]).toEqual([example.issuer, false])
  }
})
