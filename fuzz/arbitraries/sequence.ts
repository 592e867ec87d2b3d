import fc from 'fast-check'
import { withDefaults } from '../../config/policy-defaults.ts'
import type { Served } from '../../oracle/served-urls.ts'
import type { SigningKey } from '../../testing/issuer.ts'
import { attackerJwks } from '../attacks/key-injection.ts'
import { late } from '../attacks/key-scene.ts'
import { keySet, switchingProtocols } from '../attacks/key-set-answers.ts'
import { request } from '../attacks/request-step.ts'
import { attackerToken, change, issuedToken, signedBy } from '../attacks/tokens.ts'
import type { Cut, Scenario, Step } from '../case.ts'
import type { Visitor, World } from '../world/world.ts'

/**
 * What happens to a handler over its life, in the terms of a small model: which keys are published, whether the endpoint
 * answers, what time it is. Each action is written down on its own, so that leaving some out leaves a sequence that still
 * makes sense; that is what makes a counterexample shrink.
 */
type Action =
  | { do: 'use'; key: 'first' | 'second' | 'spare' | 'attacker'; path: 'granted' | 'denied' }
  | { do: 'use-short'; life: number }
  | { do: 'strangers'; count: number }
  | { do: 'wait'; ms: number }
  | { do: 'freeze'; ms: number; cuts: Cut | undefined }
  /** Asks without credentials: answered at once, whatever is being fetched. */
  | { do: 'visit' }
  | { do: 'publish'; set: 'usual' | 'with-spare' | 'spare-only' | 'same-kid-other-key'; late: boolean }
  | { do: 'break'; how: keyof typeof outages }

/** Any life of a handler up to 14 actions long: tokens, rotations, outages (at load too), clock jumps and freezes. */
export function lifeOfAHandler(world: World): fc.Arbitrary<Scenario> {
  const { maxAge, maxStale, cooldown } = withDefaults(world.policy).jwks
  const waits = [
    1,
    cooldown,
    61,
    300,
    maxAge / 2,
    maxAge - 1,
    maxAge + 1,
    maxAge + 61,
    maxStale,
    maxAge + maxStale + 61,
  ].map((seconds) => Math.round(seconds * 1000))
  const action: fc.Arbitrary<Action> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('use' as const),
        key: fc.constantFrom('first' as const, 'second' as const, 'spare' as const, 'attacker' as const),
        path: fc.constantFrom('granted' as const, 'denied' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('use-short' as const), life: fc.constantFrom(1, 30, 120, 3600, 7200) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('strangers' as const), count: fc.integer({ min: 1, max: 20 }) }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(...waits) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('freeze' as const),
        ms: fc.constantFrom(...waits, -5000, -120_000),
        cuts: fc.constantFrom(undefined, 'reset' as const, 'silence' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('visit' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('publish' as const),
        set: fc.constantFrom(
          'usual' as const,
          'with-spare' as const,
          'spare-only' as const,
          'same-kid-other-key' as const,
        ),
        late: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('break' as const),
        how: fc.constantFrom(...(Object.keys(outages) as (keyof typeof outages)[])),
      }),
    },
  )
  const atLoad = fc.option(fc.constantFrom(...(Object.keys(outages) as (keyof typeof outages)[])), {
    nil: undefined,
    freq: 5,
  })
  return fc
    .tuple(fc.constantFrom(...world.visitors), fc.array(action, { minLength: 2, maxLength: 14, size: 'max' }), atLoad)
    .map(([visitor, actions, outage]) => ({
      name: 'life-of-a-handler',
      class: 'rotation',
      steps: actions.flatMap((one) => stepsOf(one, world, visitor)),
      serve: {
        [`${world.attackerOrigin}/.well-known/jwks.json`]: attackerJwks(world),
        ...(outage === undefined ? {} : { [visitor.issuer.jwksUri]: outages[outage](world) }),
      },
    }))
}

/** How the endpoint fails. */
const outages = {
  reset: (): Served => ({ kind: 'reset' }),
  never: (): Served => ({ kind: 'never' }),
  error: (): Served => ({ kind: 'body', status: 500, body: 'error' }),
  empty: (): Served => keySet([]),
  upgrade: (): Served => switchingProtocols,
  garbage: (): Served => ({ kind: 'body', body: '<html>' }),
  redirect: ({ attackerOrigin }: World): Served => ({
    kind: 'body',
    status: 301,
    body: '',
    headers: { location: `${attackerOrigin}/.well-known/jwks.json` },
  }),
} satisfies Record<string, (world: World) => Served>

function stepsOf(action: Action, world: World, visitor: Visitor): Step[] {
  const { issuer, granted, denied } = visitor
  switch (action.do) {
    case 'use': {
      const uri = action.path === 'granted' ? granted[0] : (denied[0] ?? granted[1] ?? granted[0])
      return [request(world, { uri, token: longLived(world, visitor, action.key) })]
    }
    case 'use-short': {
      const exp = Math.floor(world.start / 1000) + action.life
      return [request(world, { uri: granted[0], token: issuedToken(world, visitor, { exp }) })]
    }
    case 'strangers':
      return Array.from({ length: action.count }, (_, n) =>
        request(world, { uri: granted[0], token: attackerToken(world, visitor.claims, { kid: `stranger-${n}` }) }),
      )
    case 'wait':
      return [{ kind: 'advance', ms: action.ms }]
    case 'freeze':
      return [{ kind: 'freeze', ms: action.ms, ...(action.cuts ? { cuts: action.cuts } : {}) }]
    case 'visit':
      return [request(world, { uri: granted[0] })]
    case 'publish': {
      const answer = keySet(published(action.set, visitor))
      return [{ kind: 'serve', urls: { [issuer.jwksUri]: action.late ? late(answer) : answer } }]
    }
    case 'break':
      return [{ kind: 'serve', urls: { [issuer.jwksUri]: outages[action.how](world) } }]
  }
}

function published(set: 'usual' | 'with-spare' | 'spare-only' | 'same-kid-other-key', { issuer }: Visitor): object[] {
  const [first] = issuer.keys
  const [spare] = issuer.spareKeys
  const usual = issuer.keys.map(({ jwk }) => jwk)
  if (set === 'usual') return usual
  if (set === 'with-spare') return [...usual, spare.jwk]
  return set === 'spare-only' ? [spare.jwk] : [{ ...spare.jwk, kid: first.kid }]
}

/** Valid for as long as any sequence lasts. */
function longLived(
  world: World,
  { issuer, claims }: Visitor,
  which: 'first' | 'second' | 'spare' | 'attacker',
): string {
  const lasting = change(claims, { exp: Math.floor(world.start / 1000) + 30 * 86_400 })
  if (which === 'attacker') return attackerToken(world, lasting, { kid: issuer.keys[0].kid })
  const keys: Record<typeof which, SigningKey> = {
    first: issuer.keys[0],
    second: issuer.keys[1] ?? issuer.keys[0],
    spare: issuer.spareKeys[0],
  }
  return signedBy(world, keys[which], lasting)
}
