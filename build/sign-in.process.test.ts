/** What is deployed signs in as the sources do, in so many bytes; and nothing of it is in a program without. */
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import type { AuthorizerOptions } from '../authorizer/authorizer.ts'
import type { OneProviderPolicy, Policy, SignIn } from '../authorizer/policy.ts'
import { host, leave, sealKey, signInTestBed } from '../testing/sign-in-test-bed.ts'
import { bundleAuthorizer, deployable } from './bundle.ts'

/** The handler of a deployed file, whose clock, network and log are the options'. */
function load(code: string, { get, post, now, log }: AuthorizerOptions) {
  const request = (
    uri: string,
    { method, headers }: { method?: string; headers: Record<string, string> },
    take: (response: Readable) => void,
  ) => ({
    on() {
      return this
    },
    async end(body = '') {
      const answer =
        method === 'POST' ? await post?.(uri, headers, body, 4000) : { status: 200, body: (await get?.(uri)) ?? '' }
      const { status: statusCode, body: text } = answer ?? { status: 500, body: '' }
      take(Object.assign(Readable.from([text]), { statusCode }))
    },
  })
  const https = {
    request,
    get: (uri: string, _: object, take: (response: Readable) => void) => {
      const asked = request(uri, { headers: {} }, take)
      void asked.end()
      return asked
    },
  }
  const module: { handler?: ReturnType<typeof import('../authorizer/authorizer.ts').createEdgeAuthorizer>['handler'] } =
    {}
  const around = {
    stdout: { write: (line: string) => log?.(line.trim()) },
    env: {},
    getBuiltinModule: (name: string) => (name === 'node:https' ? https : process.getBuiltinModule(name)),
  }
  new Function('exports', 'require', 'process', 'Date', code)(
    module,
    process.getBuiltinModule,
    around,
    class extends Date {
      static override now = () => now?.() ?? 0
    },
  )
  return { handler: module.handler as NonNullable<typeof module.handler> }
}

const endpoints = { authorization: 'https://login.example.com/authorize', token: 'https://login.example.com/token' }
const whole = bundleAuthorizer().program
const cases: [string, Partial<SignIn>, Partial<Policy>?][] = [
  ['as it is', { endpoints, secret: { seal: [sealKey('k')] } }],
  [
    'with all that it has',
    {
      tokenEndpointAuthMethod: 'client_secret_basic',
      secret: { seal: [sealKey('k')], clientSecret: 'x' },
      idleSeconds: 3600,
      responseIss: false,
      parameters: { index: 'claims', values: 'text' },
    },
    { index: 'index.html' },
  ],
]

it.each(
  cases.flatMap(([name, fields, more]) => [
    [name, 'its own program', fields, more, undefined] as const,
    [name, 'the whole program', fields, more, whole] as const,
  ]),
)('%s, %s signs in, refreshes and signs out', async (_, _program, fields, more = {}, program) => {
  const { browser, clock, log } = signInTestBed(
    fields.endpoints ? { ...fields, logout: undefined as never } : fields,
    more as Partial<OneProviderPolicy>,
    (policy: Policy, options) => {
      const { logout, ...signIn } = policy.signIn as SignIn
      const checked = { ...policy, signIn: logout ? { ...signIn, logout } : signIn }
      return load(deployable(program ?? bundleAuthorizer(checked).program, { policy: checked }), options)
    },
  )
  const { go, logIn, jar } = browser()
  const { location = '' } = await go('/x?y')
  if (fields.parameters) expect(location).toContain('index=claims&values=text')
  expect(await go(logIn(location, 'ann'))).toMatchObject({ status: '303', location: `https://${host}/x?y` })
  const { passed } = await go('/users/ann/')
  expect(passed?.headers.cookie).toBeUndefined()
  expect(passed?.uri).toBe(more.index ? '/users/ann/index.html' : '/users/ann/')
  expect((await go('/users/bob/x')).response?.body).toContain('href="/_auth/sign-out"')
  clock.now += 3_590_000
  expect((await go((await go('/x?y')).location ?? '')).status).toBe('303')
  clock.now += 100_000
  expect((await go('/x?y')).status).toBe('passed')
  expect((await go('/_auth/callback?state=x')).response?.body).toContain('state')
  const out = await go('/_auth/sign-out', leave)
  expect(out.response?.headers['clear-site-data']).toEqual([{ value: '"cache"' }])
  expect([...jar.keys()]).toEqual(['__Host-ep-o'])
  expect(log.map(({ reason }) => reason)).toEqual([
    ...['start/sign-in', 'callback/signed-in', 'right', 'refresh/refresh', 'refresh/refreshed'],
    ...['callback/state', 'sign-out/signed-out'],
  ])
})

const plain: Policy = {
  issuer: 'https://issuer.example.com',
  clientIds: ['web'],
  routes: [{ path: '/*' }, { path: '/bye.html', public: true }],
}
const size = (policy?: Policy) => Buffer.byteLength(bundleAuthorizer(policy, { snapshots: false }).program)

it('has a size', () => {
  expect(size({ ...plain, signIn: { client: 'web', endpoints, afterSignOut: '/bye.html' } })).toBeLessThan(22_400)
  expect(size()).toBeLessThan(33_050)
})

it('is not in a program whose policy has none', () => {
  const { program } = bundleAuthorizer(plain)
  for (const text of ['__Host-', 'code_verifier', 'aes-256-gcm', 'set-cookie', 'amazonaws'])
    expect([text, program.includes(text), whole.includes(text)]).toEqual([text, false, true])
})
