/** The fuzzer's attacks and properties against the authorizer in this very thread, where mutation testing can change it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Policy } from '../authorizer/policy.ts'
import { seededRandom } from '../statistics/seeded-random.ts'
import { anyScenario } from './arbitraries/scenario.ts'
import type { Scenario } from './case.ts'
import { cataloguePolicy } from './effectiveness/flaws/flawed-handler.ts'
import { strategies } from './engine/strategy.ts'
import { type Judged, Trial } from './engine/trial.ts'
import type { Target } from './sandbox/handler-under-test.ts'
import { createInThreadSandbox } from './sandbox/in-thread-sandbox.ts'
import { createWorld, servedByIssuers } from './world/make-world.ts'
import type { World } from './world/world.ts'

const start = Date.UTC(2026, 0, 1)

/** Signatures that are quick to make; RSA has its turn in the first. */
const policies = {
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
} satisfies Record<string, Policy>
type PolicyName = keyof typeof policies

test.each<PolicyName>(['a route of each kind', 'id tokens of two issuers in a cookie, and a login page'])(
  'ours withstands every attack of the list under a policy with %s',
  async (name) => {
    const world = await createWorld(policies[name], start)
    const shared = await openTrial(world)
    for (const { scenario } of strategies.list(world, seededRandom('in-thread'))) {
      const trial = isRequestsOnly(scenario) ? shared : await openTrial(world, scenario)
      expect(await observationsOf(trial, scenario), scenario.name).toEqual([])
    }
  },
)

test.each<PolicyName>(['a route of each kind', 'no token_use, short-lived keys and a tolerance'])(
  'ours keeps to the semantics whatever is generated under a policy with %s',
  async (name) => {
    const world = await createWorld(policies[name], start)
    const shared = await openTrial(world)
    await fc.assert(
      fc.asyncProperty(anyScenario(world), async (scenario) => {
        const trial = isRequestsOnly(scenario) ? shared : await openTrial(world, scenario)
        expect(await observationsOf(trial, scenario)).toEqual([])
      }),
      // `edgeproof fuzz` finds the smallest case; here it is enough that there is one.
      { seed: 20, numRuns: 250, endOnFailure: true },
    )
  },
  // A key set of 100,000 members takes the judge seconds, and it may be among what is generated more than once.
  180_000,
)

interface OpenTrial {
  trial: Trial
  sandbox: ReturnType<typeof createInThreadSandbox>
}

async function openTrial(world: World, scenario?: Scenario): Promise<OpenTrial> {
  const { policy } = world
  const sandbox = createInThreadSandbox(policy)
  const target: Target = { name: 'ours', whose: 'ours', file: '', policy, runtime: 'nodejs24.x' }
  const serve = { ...servedByIssuers(world.issuers), ...scenario?.serve }
  return { sandbox, trial: await Trial.open(sandbox, target, world.start, serve) }
}

async function observationsOf({ trial, sandbox }: OpenTrial, { steps }: Scenario): Promise<Judged['observations']> {
  const judged = await trial.judge(steps, await sandbox.run(steps))
  return judged.flatMap(({ observations }) => observations)
}

/** As in a run: requests alone share one life of the authorizer, so that one can poison another. */
function isRequestsOnly({ steps, serve = {} }: Scenario): boolean {
  return Object.keys(serve).length === 0 && steps.every(({ kind }) => kind === 'request')
}
