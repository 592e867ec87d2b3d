import { expect, test } from 'vitest'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { matchers } from './matchers.ts'
import { mixes, routeTable } from './route-mixes.ts'

test('all matchers give the same route for the same path, in every mix', () => {
  for (const size of [10, 333]) {
    const find = matchers.map((matcher) => matcher.build(routeTable(size)))
    for (const mix of mixes) {
      const uniform = seededRandom(7).uniform
      for (let count = 0; count < 50; count++) {
        const path = mix.path(size, uniform)
        const [ours, ...others] = find.map((matcher) => matcher(path))
        expect(ours !== -1, path).toBe(mix.found)
        for (const other of others) expect(other, path).toBe(ours)
      }
    }
  }
})
