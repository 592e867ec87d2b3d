/** In which order scenarios are tried. */
import fc from 'fast-check'
import type { Random } from '../../statistics/seeded-random.ts'
import { anyScenario } from '../arbitraries/scenario.ts'
import type { Attack } from '../attacks/attack.ts'
import { attacks, inTurns } from '../attacks/attacks.ts'
import type { Scenario } from '../case.ts'
import type { World } from '../world/world.ts'
import { suits } from './suited-scenarios.ts'

export interface Generated {
  scenario: Scenario
  /** Smaller relatives, most promising first, where the generator knows any. */
  shrinks?: () => Iterable<Scenario>
  /** Attacks of the list that have had their turn with this one; all, once the list is through. */
  attacks?: number
}

/** The same world, random and strategy give the same scenarios. Most never end. */
export type Strategy = (world: World, random: Random) => Iterable<Generated>

/** Every attack once, each idea in turn; from then on whatever the arbitraries make of them. */
function* full(world: World, random: Random): Iterable<Generated> {
  yield* built(inTurns(random), world, random)
  for (const one of generated(anyScenario(world), random)) {
    if (suits(world, one.scenario)) yield { ...one, attacks: attacks.length }
  }
}

/** Every attack once, in the list's order, and no more. */
function list(world: World, random: Random): Iterable<Generated> {
  return built(attacks, world, random)
}

function* built(order: typeof attacks, world: World, random: Random): Iterable<Generated> {
  for (const [index, attack] of order.entries()) {
    const scenario = scenarioOf(attack, world, random)
    if (scenario) yield { scenario, attacks: index + 1 }
  }
}

/** Null where it has nothing to attack in this world. */
export function scenarioOf(attack: Attack, world: World, random: Random): Scenario | null {
  const scenario = attack.build(world, random)
  return scenario && suits(world, scenario) ? { name: attack.name, class: attack.class, ...scenario } : null
}

/** How far shrinking goes down one branch, and how many relatives it offers on each level. */
const maxDepth = 40
const maxRelatives = 12

function* generated(arbitrary: fc.Arbitrary<Scenario>, random: Random): Iterable<Generated> {
  const source = new fc.Random(random.generator)
  for (;;) {
    const value = arbitrary.generate(source, undefined)
    yield {
      scenario: value.value,
      *shrinks() {
        for (const smaller of arbitrary.shrink(value.value_, value.context).take(maxDepth * maxRelatives)) {
          yield smaller.value
        }
      },
    }
  }
}

export const strategies = { full, list } satisfies Record<string, Strategy>
export type StrategyName = keyof typeof strategies
