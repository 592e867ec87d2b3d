/**
 * How long a callback and a refresh take beside cognito-at-edge, whole, the provider's answer included: both handlers ask the
 * same provider on loopback for tokens, and take turns (ABBA) in one process. The ratio of each pair is one sample.
 * Usage: node tools/sign-in-time.ts [pairs]
 */
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { loadavg } from 'node:os'
import { compileFunction } from 'node:vm'
import type { OneProviderPolicy } from '../authorizer/policy.ts'
import { bundleAuthorizer, deployable } from '../build/bundle.ts'
import { confineNetwork } from '../edge/function/network-guard.ts'
import { medianInterval } from '../statistics/median-interval.ts'
import { HttpBrowser } from '../testing/http-browser.ts'
import { startCognitoProvider } from '../testing/providers/cognito-provider.ts'
import { viewerRequestEvent } from '../testing/viewer-request.ts'

const pairs = Number(process.argv[2] ?? 40)
const warmUp = 5
const host = 'site.example.com'
const client = 'portal'
const callback = '/_auth/callback'
const alice = { username: 'alice', password: 'correct horse', sub: 'alice-sub', groups: ['staff'] }

/** Of the function's own lines, which nobody reads here. */
const silent = { log: () => {} }

const provider = await startCognitoProvider({
  accounts: [alice],
  clients: [{ id: client, redirectUris: [`https://${host}${callback}`], signOutUris: [] }],
})
confineNetwork({ ports: Object.fromEntries(provider.hosts.map((name) => [name, provider.port])), open: true }, () => {})
const browser = new HttpBrowser(Object.fromEntries(provider.hosts.map((name) => [name, provider])))

interface Answer {
  status: string
  headers: Record<string, { value: string }[]>
}
type Handler = (event: unknown) => Promise<Answer>
type Jar = Record<string, string>

interface Subject {
  name: string
  handler: Handler
  /** What the jar holds when a refresh is due. */
  due(jar: Jar): Jar
}

const { Authenticator } = await import('cognito-at-edge')
const [domain = ''] = provider.hosts
const peer = new Authenticator({
  region: 'us-east-1',
  userPoolId: 'us-east-1_EXAMPLE01',
  userPoolAppId: client,
  userPoolDomain: domain,
  parseAuthPath: callback,
  logLevel: 'silent',
})
const policy: OneProviderPolicy = {
  issuer: provider.issuer,
  clientIds: [client],
  routes: [{ path: '/bye.html', public: true }, { path: '/docs/*' }],
  signIn: {
    client,
    endpoints: provider.endpoints,
    logout: 'cognito',
    afterSignOut: '/bye.html',
    hosts: [host],
    secret: { seal: [randomBytes(32).toString('base64url')] },
  },
}
const subjects: Subject[] = [
  {
    name: 'edgeproof',
    handler: bundledHandler(policy),
    due: ({ '__Host-ep-a': _, ...rest }) => rest,
  },
  {
    name: 'cognito-at-edge',
    handler: (event) => peer.handle(event as Parameters<typeof peer.handle>[0]) as unknown as Promise<Answer>,
    due: (jar) =>
      Object.fromEntries(
        Object.entries(jar).map(([name, value]) => [name, name.endsWith('idToken') ? 'expired' : value]),
      ),
  },
]

function bundledHandler(of: OneProviderPolicy): Handler {
  const code = deployable(bundleAuthorizer(of, { snapshots: false }).program, { policy: of })
  const module: { exports: { handler?: Handler } } = { exports: {} }
  compileFunction(code, ['module', 'exports', 'require', 'console'])(
    module,
    module.exports,
    createRequire(import.meta.url),
    silent,
  )
  if (!module.exports.handler) throw new Error('the bundle exports no handler')
  return module.exports.handler
}

/** A navigation of a browser that keeps its cookies. */
async function navigate(handler: Handler, address: string, jar: Jar): Promise<{ answer: Answer; ms: number }> {
  const { pathname, search } = new URL(address, `https://${host}`)
  const cookie = Object.entries(jar).map(([name, value]) => `${name}=${value}`)
  const event = viewerRequestEvent(pathname, {
    querystring: search.slice(1),
    headers: {
      host,
      accept: 'text/html',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      ...(cookie.length > 0 && { cookie: cookie.join('; ') }),
    },
  })
  const began = performance.now()
  const answer = await handler(event)
  const ms = performance.now() - began
  for (const { value } of answer.headers?.['set-cookie'] ?? []) {
    const [, name = '', text = ''] = /^([^=]+)=([^;]*)/.exec(value) ?? []
    if (/max-age=0(;|$)/i.test(value)) delete jar[name]
    else jar[name] = text
  }
  return { answer, ms }
}

const locationOf = ({ status, headers }: Answer): string => {
  const [location] = headers?.location ?? []
  if (!location) throw new Error(`no redirect but ${status}`)
  return location.value
}

/** One sign-in and one refresh: milliseconds within the handler. */
async function measure({ name, handler, due }: Subject): Promise<{ callback: number; refresh: number }> {
  const jar: Jar = {}
  const start = await navigate(handler, '/docs/one.html', jar)
  const at = await browser.visit(locationOf(start.answer), { follow: false })
  const back = await navigate(handler, String(at.headers.location), jar)
  if (locationOf(back.answer) === '' || Object.keys(jar).length < 3) throw new Error(`${name}: not signed in`)
  const before = provider.backChannel.length
  const expired = due(jar)
  let refresh = 0
  let next = '/docs/one.html'
  while (provider.backChannel.filter((line, index) => index >= before && line.startsWith('POST')).length === 0) {
    const { answer, ms } = await navigate(handler, next, expired)
    refresh += ms
    next = locationOf(answer)
  }
  return { callback: back.ms, refresh }
}

/** So that codes are given without a form. */
async function signInAtProvider(): Promise<void> {
  const start = await navigate(subjects[0]?.handler as Handler, '/docs/one.html', {})
  const form = await browser.visit(locationOf(start.answer))
  await browser.submit(form, { username: alice.username, password: alice.password }).catch(() => {})
}

await signInAtProvider()
const samples: Record<'callback' | 'refresh', [number, number][]> = { callback: [], refresh: [] }
const [ours, theirs] = subjects as [Subject, Subject]
for (let pair = -warmUp; pair < pairs; pair++) {
  const order = pair % 2 === 0 ? [ours, theirs] : [theirs, ours]
  const measured = new Map<Subject, Awaited<ReturnType<typeof measure>>>()
  for (const subject of order) measured.set(subject, await measure(subject))
  if (pair < 0) continue
  for (const what of ['callback', 'refresh'] as const) {
    samples[what].push([ours, theirs].map((subject) => measured.get(subject)?.[what] ?? Number.NaN) as [number, number])
  }
}
await provider.close()
console.log(`${pairs} pairs, load average ${loadavg()[0]?.toFixed(1)}`)
for (const [what, rows] of Object.entries(samples)) {
  const own = medianInterval(rows.map(([first]) => first))
  const other = medianInterval(rows.map(([, second]) => second))
  const ratio = medianInterval(rows.map(([first, second]) => first / second))
  const text = ({ median, low, high }: typeof own) => `${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`
  console.log(`${what}: ${ours.name} ${text(own)} ms, ${theirs.name} ${text(other)} ms, ratio ${text(ratio)}`)
}
