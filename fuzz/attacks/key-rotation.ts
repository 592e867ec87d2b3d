/** The issuer's keys come and go (RFC 7517 5, SEMANTICS.md: The issuer's keys), and the clock and the network with them. */

import type { Served } from '../../oracle/served-urls.ts'
import type { Step } from '../case.ts'
import type { World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { advance } from './dates.ts'
import { attackerJwks } from './key-injection.ts'
import { good, jwks, late, minute, type Scene, scene } from './key-scene.ts'
import { keySet } from './key-set-answers.ts'
import { request } from './request-step.ts'
import { attackerToken, issuedToken } from './tokens.ts'

const hour = 3_600_000

const cacheable = {
  'content-type': 'application/json',
  'cache-control': 'public, max-age=864000, immutable',
  expires: 'Fri, 31 Dec 2100 23:59:59 GMT',
  age: '0',
  etag: '"keys"',
}

const stories: readonly {
  name: string
  class: 'rotation' | 'outage'
  source: string
  steps: (scene: Scene) => Step[]
}[] = [
  {
    name: 'key-added',
    class: 'rotation',
    source: 'RFC 7517 5',
    steps: ({ use, useKey, publish, issuer }) => [
      use,
      publish(jwks(...issuer.keys, issuer.spareKeys[0])),
      advance(2 * minute),
      useKey(issuer.spareKeys[0]),
      advance(2 * minute),
      useKey(issuer.spareKeys[0]),
      use,
    ],
  },
  {
    name: 'key-used-before-published',
    class: 'rotation',
    source: 'RFC 7517 5',
    steps: ({ use, useKey, publish, issuer }) => [
      use,
      useKey(issuer.spareKeys[0]),
      publish(jwks(...issuer.keys, issuer.spareKeys[0])),
      advance(2 * minute),
      useKey(issuer.spareKeys[0]),
    ],
  },
  {
    name: 'key-replaced',
    class: 'rotation',
    source: 'RFC 7517 5',
    steps: ({ use, useKey, publish, issuer, maxAge }) => [
      use,
      publish(jwks(issuer.spareKeys[0])),
      advance(2 * minute),
      useKey(issuer.spareKeys[0]),
      advance(maxAge + minute),
      useKey(issuer.spareKeys[0]),
      use,
    ],
  },
  {
    name: 'key-withdrawn',
    class: 'rotation',
    source: 'RFC 8725 3.4',
    steps: ({ use, useKey, publish, issuer, maxAge }) => [
      use,
      publish(jwks(issuer.spareKeys[0])),
      advance(maxAge + minute),
      useKey(issuer.spareKeys[0]),
      advance(minute),
      use,
      advance(hour),
      use,
    ],
  },
  {
    name: 'key-withdrawn-quietly',
    class: 'rotation',
    source: 'RFC 8725 3.4',
    steps: ({ use, publish, issuer, maxAge }) => [
      use,
      publish(jwks(issuer.spareKeys[0])),
      advance(maxAge + minute),
      use,
      advance(minute),
      use,
      advance(maxAge + minute),
      use,
    ],
  },
  {
    name: 'key-withdrawn-token-in-use',
    class: 'rotation',
    source: 'CWE-613',
    steps: ({ use, publish, issuer, maxAge }) => [
      use,
      use,
      publish(jwks(issuer.spareKeys[0])),
      ...[1, 2, 3].flatMap(() => [advance(maxAge / 2 + minute), use, advance(1000), use]),
    ],
  },
  {
    name: 'key-returns',
    class: 'rotation',
    source: 'RFC 7517 5',
    steps: (s) => [
      s.use,
      s.publish(jwks(s.issuer.spareKeys[0])),
      advance(s.maxAge + minute),
      s.useKey(s.issuer.spareKeys[0]),
      s.publish(good(s)),
      advance(s.maxAge + minute),
      s.useKey(s.issuer.keys[0]),
      advance(2 * minute),
      s.use,
    ],
  },
  {
    name: 'same-kid-other-key',
    class: 'rotation',
    source: 'RFC 7517 4.5',
    steps: ({ use, publish, issuer, maxAge }) => [
      use,
      publish(keySet([{ ...issuer.spareKeys[0].jwk, kid: issuer.keys[0].kid }])),
      advance(maxAge + minute),
      use,
      advance(minute),
      use,
    ],
  },
  {
    name: 'strangers',
    class: 'rotation',
    source: 'CWE-770',
    steps: ({ use, stranger }) => [
      use,
      ...Array.from({ length: 30 }, (_, n) => [stranger(n), advance(1000)]).flat(),
      use,
    ],
  },
  {
    name: 'strangers-at-once',
    class: 'rotation',
    source: 'CWE-770',
    steps: ({ use, stranger }) => [use, ...Array.from({ length: 30 }, (_, n) => stranger(n)), use],
  },
  {
    name: 'one-stranger-again',
    class: 'rotation',
    source: 'CWE-770',
    steps: ({ use, stranger }) => [use, ...Array.from({ length: 30 }, () => stranger(0)), use],
  },
  {
    name: 'many-visitors',
    class: 'rotation',
    source: 'CWE-770',
    steps: ({ use }) => Array.from({ length: 30 }, () => use),
  },
  {
    name: 'strangers-then-rotation',
    class: 'rotation',
    source: 'RFC 7517 5',
    steps: ({ use, useKey, stranger, publish, issuer }) => [
      use,
      stranger(0),
      stranger(1),
      publish(jwks(...issuer.keys, issuer.spareKeys[0])),
      advance(2 * minute),
      useKey(issuer.spareKeys[0]),
      use,
    ],
  },
  {
    // Each of them may start a fetch too many, but must not put off the one that brings the new key.
    name: 'strangers-through-rotation',
    class: 'rotation',
    source: 'CWE-770',
    steps: ({ use, useKey, stranger, publish, issuer, cooldown }) => [
      use,
      publish(jwks(...issuer.keys, issuer.spareKeys[0])),
      // Longer in all than others may take to notice a key.
      ...Array.from({ length: 14 }, (_, n) => [advance(Math.max(6000, cooldown / 2)), stranger(n)]).flat(),
      useKey(issuer.spareKeys[0]),
      use,
    ],
  },
  {
    // The issuer's own caching headers do not make keys younger than the policy says.
    name: 'withdrawn-though-cacheable',
    class: 'rotation',
    source: 'RFC 9111 5.2.2.1',
    steps: (s) => [
      s.publish({ ...good(s), headers: cacheable } as Served),
      advance(s.maxAge + minute),
      s.use,
      s.publish(jwks(s.issuer.spareKeys[0])),
      advance(s.maxAge + minute),
      s.use,
      advance(hour),
      s.use,
    ],
  },
  {
    name: 'freeze-then-rotation',
    class: 'rotation',
    source: 'CWE-672',
    steps: ({ use, useKey, publish, issuer, maxAge }) => [
      use,
      publish(jwks(issuer.spareKeys[0])),
      { kind: 'freeze', ms: maxAge + hour },
      use,
      advance(2 * minute),
      useKey(issuer.spareKeys[0]),
      use,
    ],
  },
  ...(['reset', 'silence'] as const).map((cuts) => ({
    // A fetch ahead of maxAge that a freeze cuts off has confirmed nothing.
    name: `withdrawn-behind-cut-off-${cuts}`,
    class: 'rotation' as const,
    source: 'CWE-672',
    steps: ({ use, publish, issuer, maxAge }: Scene): Step[] => [
      use,
      publish(late(jwks(issuer.spareKeys[0]))),
      advance(maxAge - 2000),
      use,
      { kind: 'freeze', ms: 3000, cuts },
      use,
    ],
  })),
  {
    name: 'long-quiet',
    class: 'rotation',
    source: 'CWE-672',
    steps: ({ use }) => [use, advance(2 * hour), use, advance(30 * hour), use, { kind: 'freeze', ms: 26 * hour }, use],
  },
  {
    name: 'clock-back',
    class: 'rotation',
    source: 'CWE-367',
    steps: ({ use, useKey, publish, issuer }) => [
      use,
      { kind: 'freeze', ms: -30 * minute },
      use,
      publish(jwks(...issuer.keys, issuer.spareKeys[0])),
      advance(45 * minute),
      useKey(issuer.spareKeys[0]),
      use,
    ],
  },
  {
    name: 'redirected-to-attacker',
    class: 'outage',
    source: 'RFC 8725 3.10',
    steps: ({ world, use, publish, maxAge }) => [
      use,
      publish({
        kind: 'body',
        status: 302,
        body: '',
        headers: { location: `${world.attackerOrigin}/.well-known/jwks.json` },
      }),
      advance(maxAge + minute),
      forged(world),
      advance(minute),
      forged(world),
      use,
    ],
  },
  {
    name: 'keys-lost-in-turn',
    class: 'outage',
    source: 'CWE-754',
    steps: (s) => [
      s.use,
      s.publish(keySet([])),
      advance(s.maxAge + minute),
      s.use,
      advance(minute),
      s.use,
      s.publish(good(s)),
      advance(2 * minute),
      s.use,
    ],
  },
  {
    name: 'past-stale',
    class: 'outage',
    source: 'CWE-672',
    steps: (s) => [
      s.use,
      s.publish({ kind: 'reset' }),
      advance(s.maxAge + s.maxStale - minute),
      s.use,
      advance(2 * minute),
      s.use,
      s.publish(good(s)),
      advance(2 * minute),
      s.use,
    ],
  },
]

function forged(world: World): Step {
  const visitor = world.visitors[0]
  return request(world, { uri: visitor.granted[0], token: attackerToken(world, visitor.claims) })
}

const storyAttacks: Attack[] = stories.map(({ name, class: attackClass, source, steps }) => ({
  name: `keys-${name}`,
  class: attackClass,
  source,
  build(world, random) {
    const attackerUrl = `${world.attackerOrigin}/.well-known/jwks.json`
    return { steps: steps(scene(world, random.pick(world.visitors))), serve: { [attackerUrl]: attackerJwks(world) } }
  },
}))

/** With two published keys, a token of each; and of two issuers, a token of each. */
const everyKey: Attack = {
  name: 'keys-each-in-turn',
  class: 'benign',
  source: 'RFC 7517 5',
  build(world) {
    const steps = world.visitors.flatMap((visitor) => [
      ...visitor.issuer.keys.map((key) => scene(world, visitor).useKey(key)),
      request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor) }),
    ])
    return { steps: [...steps, advance(minute), ...steps] }
  },
}

export const keyRotationAttacks = [...storyAttacks, everyKey]
