import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { Random } from '../../statistics/seeded-random.ts'
import type { AttackClass, Step } from '../case.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'

/** What a token attack gives: the texts to present, or none where this world has nothing to attack that way. */
export type Tokens = readonly string[] | string | null

/** Whom a token names that its bearer would rather be. */
export const victim = 'victim'

/** An attack whose whole point is the token: each text is presented on a path that its claims, if they were true, would grant. */
export function tokenAttack(
  name: string,
  attackClass: AttackClass,
  source: string,
  tokens: (world: World, visitor: Visitor, random: Random) => Tokens,
  serve?: (world: World, visitor: Visitor) => ServedUrls,
): Attack {
  return {
    name,
    class: attackClass,
    source,
    build(world, random) {
      const visitor = random.pick(world.visitors)
      const texts = tokens(world, visitor, random)
      if (texts === null) return null
      const steps = presented(world, visitor, texts)
      return serve ? { steps, serve: serve(world, visitor) } : { steps }
    },
  }
}

const routesTried = 3

/** The same on several routes: what a reading of the claims is worth shows only where a route takes that claim. */
export function claimsAttack(
  name: string,
  attackClass: AttackClass,
  source: string,
  tokens: (world: World, visitor: Visitor) => string | readonly string[],
): Attack {
  return {
    name,
    class: attackClass,
    source,
    build(world, random) {
      const first = world.visitors.indexOf(random.pick(world.visitors))
      const visitors = [...world.visitors.slice(first), ...world.visitors.slice(0, first)].slice(0, routesTried)
      return { steps: visitors.flatMap((visitor) => presented(world, visitor, tokens(world, visitor))) }
    },
  }
}

/** On the visitor's own path, and on the victim's where the route names one. */
function presented(world: World, { granted, claims }: Visitor, texts: readonly string[] | string): Step[] {
  const [own] = granted
  const uris = [...new Set([own, own.replace(`/${String(claims.sub)}/`, `/${victim}/`)])]
  return [texts].flat().flatMap((token) => uris.map((uri) => request(world, { uri, token })))
}
