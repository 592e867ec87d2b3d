import type { Attack, AttackClass, Random, ServedUrls, Visitor, World } from '../case.ts'
import { request } from './request-step.ts'

/** What a token attack gives: the texts to present, or none where this world has nothing to attack that way. */
export type Tokens = readonly string[] | string | null

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
      const steps = [texts].flat().map((token) => request(world, { uri: visitor.granted[0], token }))
      return serve ? { steps, serve: serve(world, visitor) } : { steps }
    },
  }
}
