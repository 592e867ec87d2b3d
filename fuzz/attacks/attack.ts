import type { Random } from '../../statistics/seeded-random.ts'
import type { AttackClass, Scenario } from '../case.ts'
import type { World } from '../world/world.ts'

/** An attack as data: what it is called, who described it first, and the steps that it becomes in a given world. */
export interface Attack {
  name: string
  class: AttackClass
  /** CVE, GHSA, RFC section or page that describes it. */
  source: string
  /** Null where the world has nothing to attack this way (no public-key confusion without an RSA key). Pure: same random, same scenario. */
  build(world: World, random: Random): Omit<Scenario, 'name' | 'class'> | null
}
