/** In which order scenarios are tried. */
import { attacks, inTurns } from '../attacks/attacks.ts'
import type { Random, Scenario, World } from '../case.ts'

export interface Generated {
  scenario: Scenario
  /** Smaller relatives, most promising first, where the generator knows any. */
  shrinks?: () => Iterable<Scenario>
}

/** The same world, random and strategy give the same scenarios. Most never end. */
export type Strategy = (world: World, random: Random) => Iterable<Generated>

/** Every attack once, each idea in turn; then again and again with other choices. */
function* attackTurns(world: World, random: Random): Iterable<Generated> {
  for (;;) {
    for (const attack of inTurns(random)) {
      const built = attack.build(world, random)
      if (built) yield { scenario: { name: attack.name, class: attack.class, ...built } }
    }
  }
}

/** Every attack once, in the list's order, and no more. */
function* attackList(world: World, random: Random): Iterable<Generated> {
  for (const attack of attacks) {
    const built = attack.build(world, random)
    if (built) yield { scenario: { name: attack.name, class: attack.class, ...built } }
  }
}

export const strategies = { full: attackTurns, list: attackList } satisfies Record<string, Strategy>
export type StrategyName = keyof typeof strategies
