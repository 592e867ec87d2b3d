import { beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../statistics/seeded-random.ts'
import type { Scenario } from '../case.ts'
import { createWorld } from '../world/make-world.ts'
import type { World } from '../world/world.ts'
import { strategies } from './strategy.ts'

let world: World
beforeAll(async () => {
  const routes = [{ path: '/public/*', public: true }, { path: '/groups/{group}/*' }]
  world = await createWorld({ issuer: 'https://issuer.example', clientIds: ['client'], routes }, Date.UTC(2026, 0, 15))
})

function first(count: number, seed: string): Scenario[] {
  const scenarios: Scenario[] = []
  for (const { scenario } of strategies.full(world, seededRandom(seed))) {
    if (scenarios.push(scenario) === count) break
  }
  return scenarios
}

test('equal seeds try equal scenarios in equal order, other seeds other ones', () => {
  // Tokens differ where their signatures have a random part (PSS, ECDSA).
  const outline = (seed: string) => first(1500, seed).map(({ name, steps }) => [name, steps.map(({ kind }) => kind)])
  expect(outline('a')).toEqual(outline('a'))
  expect(outline('a shard 2 of 2')).not.toEqual(outline('a'))
})

test('what is generated shrinks', () => {
  const smaller: boolean[] = []
  for (const { scenario, shrinks } of strategies.full(world, seededRandom('a'))) {
    if (shrinks === undefined || scenario.steps.length < 2) continue
    const size = JSON.stringify(scenario).length
    smaller.push([...shrinks()].some((one) => JSON.stringify(one).length < size))
    if (smaller.length === 20) break
  }
  // One that is as small as its kind can be does not.
  expect(smaller.filter(Boolean).length).toBeGreaterThan(15)
})
