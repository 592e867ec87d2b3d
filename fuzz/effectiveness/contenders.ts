/** What the whole fuzzer is compared with: simpler ways to look for the same flaws. */

import type { Random } from '../../statistics/seeded-random.ts'
import type { Attack } from '../attacks/attack.ts'
import { attacks } from '../attacks/attacks.ts'
import { request } from '../attacks/request-step.ts'
import type { AttackClass, Scenario } from '../case.ts'
import { type Generated, type Strategy, strategies } from '../engine/strategy.ts'
import type { World } from '../world/world.ts'

const tokenClasses: readonly AttackClass[] = [
  'algorithm',
  'signature',
  'key-selection',
  'serialization',
  'json',
  'claims',
]

/** Random octets for a path and a credential, as a fuzzer does that knows neither URIs nor tokens. */
function* randomBytes(world: World, random: Random): Iterable<Generated> {
  for (;;) {
    const uri = `/${random.bytes(random.integer(0, 40)).toString('latin1')}`
    const token = random.bytes(random.integer(0, 300)).toString('latin1')
    yield { scenario: { name: 'random-bytes', class: 'benign', steps: [request(world, { uri, token })] } }
  }
}

/** Token attacks again and again, each request in an instance of its own: nothing seen before, no clock, no rotation. */
function* statelessTokens(world: World, random: Random): Iterable<Generated> {
  const tokenAttacks = attacks.filter((attack) => tokenClasses.includes(attack.class))
  for (;;) {
    const scenario = built(random.pick(tokenAttacks), world, random)
    const step = scenario?.steps[0]
    // Whatever moves the clock has an instance of its own.
    if (scenario && step?.kind === 'request') {
      yield { scenario: { ...scenario, steps: [{ kind: 'advance', ms: 0 }, step] } }
    }
  }
}

function built(attack: Attack, world: World, random: Random): Scenario | null {
  const scenario = attack.build(world, random)
  return scenario && { name: attack.name, class: attack.class, ...scenario }
}

export interface Contender {
  name: string
  title: string
  strategy: Strategy
}

export const wholeFuzzer: Contender = { name: 'full', title: 'edgeproof fuzz', strategy: strategies.full }

/** The whole fuzzer, and what it is compared with. */
export const contenders: readonly Contender[] = [
  wholeFuzzer,
  { name: 'bytes', title: 'random bytes', strategy: randomBytes },
  { name: 'list', title: 'attack list once through', strategy: strategies.list },
  { name: 'tokens', title: 'token attacks without state', strategy: statelessTokens },
]
