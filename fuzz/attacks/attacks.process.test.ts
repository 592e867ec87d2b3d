import { describe, expect, it } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import type { AttackClass } from '../case.ts'
import { cataloguePolicy } from '../effectiveness/flaws/flawed-handler.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { worldOf } from '../world/handler-world.ts'
import { createWorld } from '../world/make-world.ts'
import type { World } from '../world/world.ts'
import { attacks, inTurns } from './attacks.ts'

const start = Date.UTC(2026, 0, 1)

const policies: Record<string, Policy> = {
  catalogue: cataloguePolicy,
  'id tokens in a cookie, by ECDSA, of two issuers': {
    ...cataloguePolicy,
    issuer: ['https://one.example.com/a', 'https://two.example.com/b'],
    credentials: { cookie: 'CognitoIdentityServiceProvider.{client}.*.idToken' },
    tokenUse: 'id',
    algorithms: ['ES256'],
  },
  'Ed25519, no token_use': { ...cataloguePolicy, tokenUse: null, algorithms: ['EdDSA'] },
  'one public route': { issuer: 'https://one.example.com', clientIds: ['c'], routes: [{ path: '/*', public: true }] },
}

function scenarios(world: World, seed: string) {
  const random = seededRandom(seed)
  return attacks.flatMap((attack) => {
    const built = attack.build(world, random)
    return built ? [{ name: attack.name, ...built }] : []
  })
}

describe('the list of attacks', () => {
  it('gives each attack a name of its own and a source that can be looked up', () => {
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length)
    for (const { name, source } of attacks) {
      expect(name).toMatch(/^\S+$/)
      expect(source).toMatch(
        /^(CVE-\d{4}-\d{4,}|GHSA(-[a-z0-9]{4}){3}|RFC \d{4}|CWE-\d+|Fetch standard|OpenID Connect .* \d|JARM \d|.* Guide, ".*"|.* Reference, ".*")/,
      )
    }
  })

  it('has attacks of every class', () => {
    const classes: AttackClass[] = [
      'benign',
      'credentials',
      'algorithm',
      'signature',
      'key-selection',
      'serialization',
      'json',
      'claims',
      'time',
      'path',
      'headers',
      'method',
      'preflight',
      'cache',
      'rotation',
      'outage',
      'resources',
      'logging',
      'event-shape',
    ]
    expect(new Set(attacks.map((attack) => attack.class))).toEqual(new Set(classes))
  })

  it.each(Object.entries(policies))(
    'builds for the policy with %s, the same for the same seed',
    async (_name, policy) => {
      const world = await createWorld(policy, start)
      const built = scenarios(world, 'one')
      expect(built.length).toBeGreaterThan(attacks.length / 2)
      for (const { steps } of built) expect(steps.length).toBeGreaterThan(0)
      // Signatures of ECDSA and PSS are new each time, so texts are compared without their tokens.
      const outline = (all: typeof built) => all.map(({ name, steps }) => [name, steps.map(({ kind }) => kind)])
      expect(outline(scenarios(world, 'one'))).toEqual(outline(built))
    },
  )

  it("builds for tokens of a handler's own, which have no public key", async () => {
    const handler = { file: 'index.js', secret: 'a secret', credential: { query: { jwt: '{token}' } } }
    const tested: HandlerUnderTest = {
      name: 'own',
      whose: 'foreign',
      file: 'index.js',
      policy: cataloguePolicy,
      runtime: 'nodejs24.x',
      handler,
    }
    expect(scenarios(await worldOf(tested, start), 'one').length).toBeGreaterThan(attacks.length / 2)
  })

  it('puts tokens where the policy looks for them', async () => {
    const world = await createWorld({ ...cataloguePolicy, credentials: { cookie: 'session' } }, start)
    const good = attacks.find(({ name }) => name === 'rights-of-others')?.build(world, seededRandom('one'))
    expect(JSON.stringify(good)).toContain('"cookie":[{"key":"cookie","value":"session=ey')
    expect(JSON.stringify(good)).not.toContain('Bearer')
  })

  it('is tried in another order for each seed, every idea once before any has its second turn', () => {
    const [one, again, other] = ['1', '1', '2'].map((seed) => inTurns(seededRandom(seed)).map(({ name }) => name))
    expect(one).toEqual(again)
    expect(one).not.toEqual(other)
    expect(one?.toSorted()).toEqual(attacks.map(({ name }) => name).toSorted())
    const early = new Set(
      inTurns(seededRandom('1'))
        .slice(0, 40)
        .map((attack) => attack.class),
    )
    expect(early.size).toBeGreaterThanOrEqual(14)
  })
})
