/** The handler loads while the issuer cannot be asked (semantics: The issuer's keys): it must recover, and not ask at each request. */
import type { Attack, Served } from '../case.ts'
import { advance } from './dates.ts'
import { good, minute, type Scene, scene } from './key-scene.ts'
import { keySet } from './key-set-answers.ts'

/** The handler loads into an outage, and the issuer comes back: the failure must not stay. */
const initOutages: readonly { name: string; answer: (scene: Scene) => Served }[] = [
  { name: 'refused', answer: () => ({ kind: 'reset' }) },
  { name: 'silent', answer: () => ({ kind: 'never' }) },
  { name: 'error', answer: () => ({ kind: 'body', status: 503, body: 'unavailable' }) },
  { name: 'garbage', answer: () => ({ kind: 'body', body: '<html>' }) },
  { name: 'empty-set', answer: () => keySet([]) },
  { name: 'slow', answer: (s) => ({ ...good(s), kind: 'body', delayMs: 20_000 }) as Served },
]

const initOutageAttacks: Attack[] = initOutages.map(({ name, answer }) => ({
  name: `keys-outage-at-load-${name}`,
  class: 'outage',
  source: 'CWE-754',
  build(world, random) {
    const s = scene(world, random.pick(world.visitors))
    return {
      serve: { [s.issuer.jwksUri]: answer(s) },
      steps: [s.use, advance(1000), s.use, s.publish(good(s)), advance(2 * minute), s.use, advance(2 * minute), s.use],
    }
  },
}))

/** While the endpoint fails, each request must not become a fetch (CWE-770). */
const failingBursts: Attack[] = initOutages.slice(0, 4).map(({ name, answer }) => ({
  name: `keys-burst-while-${name}`,
  class: 'outage',
  source: 'CWE-770',
  build(world, random) {
    const s = scene(world, random.pick(world.visitors))
    const tokens = Array.from({ length: 25 }, (_, n) => (n % 2 === 0 ? s.use : s.stranger(n)))
    return { serve: { [s.issuer.jwksUri]: answer(s) }, steps: tokens }
  },
}))

/** An outage that lasts: whatever backs off, or gives up, has to come back with the issuer. */
const longOutages: Attack[] = initOutages.slice(0, 3).map(({ name, answer }) => ({
  name: `keys-long-outage-${name}`,
  class: 'outage',
  source: 'CWE-754',
  build(world, random) {
    const s = scene(world, random.pick(world.visitors))
    const tries = Array.from({ length: 12 }, () => [s.use, advance(10 * minute)]).flat()
    return {
      serve: { [s.issuer.jwksUri]: answer(s) },
      steps: [...tries, s.publish(good(s)), advance(2 * minute), s.use, advance(minute), s.use],
    }
  },
}))

/** A request every few seconds while the endpoint fails: tries again within one refresh would be many a minute. */
const failingTrickles: Attack[] = initOutages.slice(0, 3).map(({ name, answer }) => ({
  name: `keys-trickle-while-${name}`,
  class: 'outage',
  source: 'CWE-770',
  build(world, random) {
    const s = scene(world, random.pick(world.visitors))
    const steps = Array.from({ length: 12 }, () => [s.use, advance(5000)]).flat()
    return { serve: { [s.issuer.jwksUri]: answer(s) }, steps }
  },
}))

export const loadOutageAttacks = [...initOutageAttacks, ...failingBursts, ...longOutages, ...failingTrickles]
