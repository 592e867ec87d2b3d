/** The fuzzer's attacks against the authorizer in the caller's own thread, where mutation testing can change it. */
import type { Policy } from '../authorizer/policy.ts'
import { seededRandom } from '../statistics/seeded-random.ts'
import type { Scenario } from './case.ts'
import { cataloguePolicy } from './effectiveness/flaws/flawed-handler.ts'
import { strategies } from './engine/strategy.ts'
import { type Judged, Trial } from './engine/trial.ts'
import type { HandlerUnderTest } from './sandbox/handler-under-test.ts'
import { createInThreadSandbox } from './sandbox/in-thread-sandbox.ts'
import { createWorld, servedByIssuers } from './world/make-world.ts'
import type { World } from './world/world.ts'

export const start = Date.UTC(2026, 0, 1)

/** Signatures that are quick to make; RSA has its turn in the first. */
export const policies = {
  'a route of each kind': { ...cataloguePolicy, algorithms: ['ES256', 'RS256'] },
  'id tokens of two issuers in a cookie, and a login page': {
    ...cataloguePolicy,
    issuer: ['https://one.example.com/a', 'https://two.example.com/b'],
    credentials: { cookie: 'CognitoIdentityServiceProvider.{client}.*.idToken' },
    tokenUse: 'id',
    requiredClaims: [],
    algorithms: ['ES256'],
    deny: { unauthenticated: { redirect: 'https://login.example.com/' }, forbidden: { status: 404 } },
  },
  'no token_use, short-lived keys and a tolerance': {
    ...cataloguePolicy,
    tokenUse: null,
    algorithms: ['EdDSA'],
    jwks: { maxAge: 60, maxStale: 600, cooldown: 1 },
    clockToleranceSeconds: 5,
    corsPreflight: false,
    corsOrigins: [],
  },
  'the folder of a site': {
    ...cataloguePolicy,
    algorithms: ['ES256'],
    index: 'index.html',
    slash: 'redirect',
    corsOrigins: ['https://*.example.com'],
    routes: [
      { path: '/', public: true },
      { path: '/index.html', public: true },
      { path: '/docs/*', public: true },
      { path: '/docs/staff/index.html', groups: ['analysts'] },
      { path: '/assets/c++-*.css', public: true },
      { path: '/assets/*', groups: ['analysts'] },
      { path: '/reports/{sub}.pdf' },
      { path: '/orgs/*/logo.png', public: true },
      { path: '/orgs/{group}/*' },
      { path: '/app/*', app: '/app/index.html', groups: ['analysts'] },
    ],
    deny: {
      unauthenticated: { redirect: '/login', returnTo: 'to', returnQuery: true, page: '<title>401</title>' },
      forbidden: { page: '<title>403</title><style>p{}</style><p>No' },
    },
  },
} satisfies Record<string, Policy>
export type PolicyName = keyof typeof policies

/** Attacks whose key sets have thousands of members, all of which are read: nearly all of the time that the list takes. */
export const isCountless = ({ name }: Scenario): boolean => name.startsWith('jwks-countless-members')

/** What is wrong with the authorizer's answers to the `wanted` attacks of the list, each with its attack's name. */
export async function attackInThread(name: PolicyName, wanted: (scenario: Scenario) => boolean): Promise<Found> {
  const world = await createWorld(policies[name], start)
  const shared = await openTrial(world)
  const found: Found = { attacks: 0, observations: [] }
  for (const { scenario } of strategies.list(world, seededRandom('in-thread'))) {
    if (!wanted(scenario)) continue
    found.attacks++
    const observed = await observationsIn(world, shared, scenario)
    found.observations.push(...observed.map((observation) => ({ attack: scenario.name, ...observation })))
  }
  return found
}

export interface Found {
  attacks: number
  observations: (Judged['observations'][number] & { attack: string })[]
}

/** As in a run: requests alone share one life of the authorizer, so that one can poison another. */
export async function observationsIn(
  world: World,
  shared: OpenTrial,
  scenario: Scenario,
): Promise<Judged['observations']> {
  const { trial, sandbox } = isRequestsOnly(scenario) ? shared : await openTrial(world, scenario)
  const judged = await trial.judge(scenario.steps, await sandbox.run(scenario.steps))
  return judged.flatMap(({ observations }) => observations)
}

export interface OpenTrial {
  trial: Trial
  sandbox: ReturnType<typeof createInThreadSandbox>
}

export async function openTrial(world: World, scenario?: Scenario): Promise<OpenTrial> {
  const { policy } = world
  const sandbox = createInThreadSandbox(policy)
  const tested: HandlerUnderTest = { name: 'ours', whose: 'ours', file: '', policy, runtime: 'nodejs24.x' }
  const serve = { ...servedByIssuers(world.issuers), ...scenario?.serve }
  return { sandbox, trial: await Trial.open(sandbox, tested, world.start, serve) }
}

function isRequestsOnly({ steps, serve = {} }: Scenario): boolean {
  return Object.keys(serve).length === 0 && steps.every(({ kind }) => kind === 'request')
}
