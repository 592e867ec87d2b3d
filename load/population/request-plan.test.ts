import { describe, expect, it } from 'vitest'
import { createEdgeAuthorizer } from '../../authorizer/authorizer.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { parsePolicy } from '../../config/config.ts'
import { toEdgePolicy } from '../../config/edge-policy.ts'
import demo from '../../edgeproof.config.ts'
import { createSigningKey } from '../../testing/issuer.ts'
import { localCredentials, type Mint, mintWith } from '../../testing/population/credentials.ts'
import { allObjects, makePopulation } from '../../testing/population/population.ts'
import { viewerRequestEvent } from '../../testing/viewer-request.ts'
import { scenarios } from '../scenarios/catalogue.ts'
import type { RequestClass, Scenario } from '../scenarios/scenario.ts'
import { timelineOf } from './key-windows.ts'
import { makePlan, type Plan } from './request-plan.ts'

/** Captures of every kind, a digest other than MD5, a route without `*`, literals that browsers encode, and a cookie. */
const everyRouteKind: Policy = parsePolicy({
  issuer: 'https://issuer.example.com/pool',
  clientIds: ['web'],
  credentials: { cookie: 'CognitoIdentityServiceProvider.{client}.*.accessToken' },
  requiredClaims: ['cognito:groups'],
  routes: [
    { path: '/öffentlich/*', public: true },
    { path: '/users/{sub}/avatar' },
    { path: '/users/{sub}/*' },
    { path: '/users/{sub}/shared/*', groups: ['friends'] },
    { path: '/tenants/{claim:custom:tenant}/{group}/*', hash: 'sha256' },
  ],
  deny: { unauthenticated: { redirect: 'https://login.example.com/' }, forbidden: { status: 404 } },
})

const everything: RequestClass[] = ['public', 'valid', 'anonymous', 'expired', 'forged', 'malformed', 'forbidden']

const scenario: Scenario = {
  name: 'everything',
  title: '',
  rate: 100,
  seconds: 4,
  warmUp: 0,
  arrival: 'constant',
  mix: Object.fromEntries(everything.map((kind) => [kind, 1])),
  users: 6,
  objects: 9,
  zipf: 1,
  tokens: 'per-user',
}

describe('a plan', () => {
  it.each([
    ['the demo policy', demo.policy],
    ['a policy with every kind of route', everyRouteKind],
  ])('for %s expects of each request what the authorizer answers', async (_, policy) => {
    const { plan, ask } = await planned(policy, scenario)
    const classes = new Set<string>()
    for (const request of plan.requests) {
      const status = await ask(request)
      expect({ ...request, status }).toMatchObject({
        status: request.statuses.includes(status) ? status : request.statuses,
      })
      classes.add(request.class)
    }
    expect([...classes].sort()).toEqual([...everything].sort())
  })

  it('asks for each object at most once where the cache is meant to stay cold', async () => {
    const { plan } = await planned(demo.policy, { ...scenario, objects: 'fresh', mix: { valid: 1 } })
    const paths = plan.requests.map(({ path }) => path)
    expect(plan.windows[0]?.sequence).toHaveLength(401)
    expect(new Set(paths).size).toBe(401)
  })

  it('has a new token in each request where tokens churn', async () => {
    const { plan } = await planned(demo.policy, { ...scenario, seconds: 1, mix: { valid: 1 }, tokens: 'per-request' })
    expect(plan.credentials).toHaveLength(101)
  })

  it('is the same one for the same seed, except for the tokens', async () => {
    const [first, second] = await Promise.all([planned(demo.policy, scenario), planned(demo.policy, scenario)])
    expect(first.plan.windows).toEqual(second.plan.windows)
    expect(first.plan.requests).toEqual(second.plan.requests)
  })

  it('favours popular objects', async () => {
    const { plan } = await planned(demo.policy, { ...scenario, seconds: 20, mix: { public: 1 } })
    const counts = new Map<string, number>()
    for (const index of plan.windows[0]?.sequence ?? []) {
      const path = plan.requests[index]?.path ?? ''
      counts.set(path, (counts.get(path) ?? 0) + 1)
    }
    const [first = 0, , , fourth = 0] = [...counts.values()].sort((a, b) => b - a)
    expect(first / fourth).toBeGreaterThan(2)
  })
})

describe('the timeline of a key rotation', () => {
  const rotation = scenarios.find(({ name }) => name === 'key-rotation')

  it('uses a new key only once it was published longer than the cooldown, and tries old ones when they must be refused', () => {
    const windows = timelineOf(rotation ?? scenario, 24, {
      ...everyRouteKind,
      ...(rotation?.jwks ? { jwks: rotation.jwks } : {}),
    })
    expect(windows.map(({ generation, withdrawn }) => [generation, withdrawn])).toEqual([
      [0, null],
      [1, null],
      [1, 0],
      [2, 0],
      [2, 1],
    ])
    const [, first, refused] = windows
    // Published at 3.6 s with a cooldown of 1 s, withdrawn at 7.2 s with a maxAge of 2 s.
    expect(first?.from).toBeGreaterThan(3.6 + 1)
    expect(first?.from).toBeLessThan(7.2)
    expect(refused?.from).toBeGreaterThan(7.2 + 2)
  })
})

/** A plan for a policy, and the authorizer's answer to one of its requests, as a status. */
async function planned(policy: Policy, chosen: Scenario) {
  const key = await createSigningKey()
  const mint: Mint = mintWith(key, policy)
  const objects = chosen.objects === 'fresh' ? 60 : chosen.objects
  const population = makePopulation(policy, chosen.users, objects)
  const credentials = await localCredentials(policy, [mint], 3600)
  const timeline = timelineOf(chosen, chosen.seconds, policy)
  const plan = await makePlan({
    scenario: chosen,
    policy,
    population,
    credentials,
    timeline,
    rate: chosen.rate,
    seed: 1,
  })
  const { authorize } = createEdgeAuthorizer(toEdgePolicy(policy), {
    get: async () => JSON.stringify({ keys: [key.jwk] }),
    log: () => {},
  })
  const stored = new Set(allObjects(population).map(({ path }) => path))
  const ask = async ({ method, path, credential }: Plan['requests'][number]): Promise<number> => {
    const header = plan.credentials[credential]
    const event = viewerRequestEvent(path, { method, headers: header ? { [header.name]: header.value } : {} })
    const request = event.Records[0]?.cf.request
    if (!request) throw new Error('no request in the event')
    const decision = await authorize(request)
    if (!decision.allow) return Number(decision.response.status)
    return stored.has(path) ? 200 : 403
  }
  return { plan, ask }
}
