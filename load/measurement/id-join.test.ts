import { describe, expect, it } from 'vitest'
import { IdJoin, type Seen } from './id-join.ts'

const seen = (id: string, cache = 'Hit', status = 200): Seen => ({ id, cache, status })

describe('joining requests by id', () => {
  it('pairs the two sides in whatever order they arrive', () => {
    const pairs: string[] = []
    const join = new IdJoin((k6, edge) => pairs.push(`${k6.id}=${edge.id}`))
    join.addK6(seen('a'))
    join.addEdge(seen('b', 'Miss'))
    join.addEdge(seen('a'))
    join.addK6(seen('b', 'Miss'))
    expect(pairs).toEqual(['a=a', 'b=b'])
    expect(join.counts()).toMatchObject({ joined: 2, k6Hits: 1, edgeHits: 1, disagreements: 0, onlyK6: 0, onlyEdge: 0 })
  })

  it('lists apart what only one side has', () => {
    const join = new IdJoin(() => {})
    join.addK6(seen('a'))
    join.addEdge(seen('b'))
    join.addK6(seen(''))
    expect(join.counts()).toMatchObject({ joined: 0, onlyK6: 1, onlyEdge: 1, withoutId: 1 })
  })

  it.each([
    ['a hit that was a miss', seen('a', 'Miss')],
    ['another status', seen('a', 'Hit', 403)],
  ])('notices %s', (_, edge) => {
    const join = new IdJoin(() => {})
    join.addK6(seen('a'))
    join.addEdge(edge)
    expect(join.counts().disagreements).toBe(1)
    expect(join.counts().example).toMatch(/^a: k6 saw 200 Hit, the edge logged/)
  })
})
