import fc from 'fast-check'
import type { Scenario } from '../case.ts'
import type { World } from '../world/world.ts'
import { attacksInARow, crossedAttacks, oneAttack } from './mixed-attacks.ts'
import { requests } from './request.ts'
import { lifeOfAHandler } from './sequence.ts'

/** Anything that may befall a handler under this world's policy: mostly requests, sometimes whole attacks or a long life. */
export function anyScenario(world: World): fc.Arbitrary<Scenario> {
  return fc.oneof(
    { weight: 12, arbitrary: requests(world) },
    { weight: 4, arbitrary: crossedAttacks(world) },
    { weight: 1, arbitrary: oneAttack(world) },
    { weight: 1, arbitrary: attacksInARow(world) },
    { weight: 1, arbitrary: lifeOfAHandler(world) },
  )
}
