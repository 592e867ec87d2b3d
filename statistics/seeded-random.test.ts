import { expect, test } from 'vitest'
import { seededRandom } from './seeded-random.ts'

test('the same seed gives the same draws, and the next seed others', () => {
  const draws = (seed: string | number) => {
    const random = seededRandom(seed)
    return [random.uniform(), random.integer(-5, 5), random.bytes(3).toString('hex'), random.shuffled([1, 2, 3, 4, 5])]
  }
  expect(draws(1)).toEqual(draws('1'))
  expect(draws(1)).not.toEqual(draws(2))
})

test('integers have both ends, orders and picks every item, each as often as the others', () => {
  const random = seededRandom('even')
  const counts = new Map<string, number>()
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (let draw = 0; draw < 6000; draw++) {
    count(`integer ${random.integer(-1, 1)}`)
    count(`pick ${random.pick(['a', 'b', 'c'])}`)
    count(`order ${random.shuffled([1, 2, 3]).join('')}`)
    count(`uniform ${Math.floor(random.uniform() * 3)}`)
  }
  const expected = (count: number, part: string) => [...counts].filter(([key]) => key.startsWith(part)).length === count
  expect([expected(3, 'integer'), expected(3, 'pick'), expected(6, 'order'), expected(3, 'uniform')]).not.toContain(
    false,
  )
  for (const [key, drawn] of counts) expect(Math.abs(drawn - (key.startsWith('order') ? 1000 : 2000))).toBeLessThan(180)
  expect(() => random.pick([])).toThrow(RangeError)
})
