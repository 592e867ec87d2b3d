/** The handler loads while the issuer cannot be asked (SEMANTICS.md: The issuer's keys): it must recover, and not ask at each request. */

import type { Served } from '../../oracle/served-urls.ts'
import type { Step } from '../case.ts'
import type { Attack } from './attack.ts'
import { advance } from './dates.ts'
import { good, late, minute, type Scene, scene } from './key-scene.ts'
import { keySet, switchingProtocols } from './key-set-answers.ts'
import { request } from './request-step.ts'

/** The handler loads into an outage, and the issuer comes back: the failure must not stay. */
const initOutages: readonly { name: string; answer: (scene: Scene) => Served }[] = [
  { name: 'refused', answer: () => ({ kind: 'reset' }) },
  { name: 'silent', answer: () => ({ kind: 'never' }) },
  { name: 'error', answer: () => ({ kind: 'body', status: 503, body: 'unavailable' }) },
  { name: 'garbage', answer: () => ({ kind: 'body', body: '<html>' }) },
  { name: 'empty-set', answer: () => keySet([]) },
  { name: 'slow', answer: (s) => ({ ...good(s), kind: 'body', delayMs: 20_000 }) as Served },
  { name: 'switching-protocols', answer: () => switchingProtocols },
]

/** One attack for each of the first `count` answers, in force from before the handler loads. */
function whileFailing(prefix: string, source: string, count: number, steps: (scene: Scene) => Step[]): Attack[] {
  return initOutages.slice(0, count).map(({ name, answer }) => ({
    name: `keys-${prefix}-${name}`,
    class: 'outage',
    source,
    build(world, random) {
      const s = scene(world, random.pick(world.visitors))
      return { serve: { [s.issuer.jwksUri]: answer(s) }, steps: steps(s) }
    },
  }))
}

const initOutageAttacks = whileFailing('outage-at-load', 'CWE-754', initOutages.length, (s) => [
  s.use,
  advance(1000),
  s.use,
  s.publish(good(s)),
  advance(2 * minute),
  s.use,
  advance(2 * minute),
  s.use,
])

/** While the endpoint fails, each request must not become a fetch (CWE-770). */
const failingBursts = whileFailing('burst-while', 'CWE-770', 4, (s) =>
  Array.from({ length: 25 }, (_, n) => (n % 2 === 0 ? s.use : s.stranger(n))),
)

/** An outage that lasts: whatever backs off, or gives up, has to come back with the issuer. */
const longOutages = whileFailing('long-outage', 'CWE-754', 3, (s) => [
  ...Array.from({ length: 12 }, () => [s.use, advance(10 * minute)]).flat(),
  s.publish(good(s)),
  advance(2 * minute),
  s.use,
  advance(minute),
  s.use,
])

/** A request every few seconds while the endpoint fails: tries again within one refresh would be many a minute. */
const failingTrickles = whileFailing('trickle-while', 'CWE-770', 3, (s) =>
  Array.from({ length: 12 }, () => [s.use, advance(5000)]).flat(),
)

/** What is answered at once, whatever the keys are. */
const answeredAtOnce: readonly { name: string; frozenMs: number; step: (scene: Scene) => Step }[] = [
  { name: 'no-credentials', frozenMs: 1000, step: (s) => request(s.world, { uri: s.granted }) },
  { name: 'no-route', frozenMs: 3000, step: (s) => request(s.world, { uri: '/' }) },
  { name: 'public', frozenMs: 8000, step: (s) => request(s.world, { uri: s.world.publicPaths[0] ?? s.granted }) },
]

/**
 * The first request is answered at once, and the freeze after it cuts off what INIT fetched (Lambda Developer Guide,
 * "Understanding the Lambda execution environment lifecycle"). That was no answer: the next good token must be allowed.
 */
const cutOffAtLoad: Attack[] = answeredAtOnce.flatMap(({ name, frozenMs, step }) =>
  (['reset', 'silence'] as const).map((cuts) => ({
    name: `keys-cut-off-at-load-${name}-${cuts}`,
    class: 'outage',
    source: 'Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle"',
    build(world, random) {
      const s = scene(world, random.pick(world.visitors))
      return {
        serve: { [s.issuer.jwksUri]: late(good(s)) },
        steps: [step(s), { kind: 'freeze', ms: frozenMs, cuts }, s.use, s.use],
      }
    },
  })),
)

/** The same, and then the endpoint is down: what was cut off must not have ended the cooldown for good (CWE-770). */
const burstAfterCutOff: Attack = {
  name: 'keys-burst-after-cut-off',
  class: 'outage',
  source: 'CWE-770',
  build(world, random) {
    const s = scene(world, random.pick(world.visitors))
    const burst = Array.from({ length: 25 }, (_, n) => (n % 2 === 0 ? s.use : s.stranger(n)))
    return {
      serve: { [s.issuer.jwksUri]: late(good(s)) },
      steps: [
        request(world, { uri: s.granted }),
        s.publish({ kind: 'reset' }),
        { kind: 'freeze', ms: 3000, cuts: 'silence' },
        ...burst,
      ],
    }
  },
}

export const loadOutageAttacks = [
  ...initOutageAttacks,
  ...cutOffAtLoad,
  ...failingBursts,
  ...longOutages,
  ...failingTrickles,
  burstAfterCutOff,
]
