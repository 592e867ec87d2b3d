/** The trie that the edge matches with, against trying every route in turn (SEMANTICS.md, "Paths"). */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { compileRoutes } from '../authorizer/routes.ts'
import { toEdgePolicy } from './edge-policy.ts'
import { patternShape } from './route-pattern.ts'

const edgeRoutes = (paths: readonly string[]) =>
  toEdgePolicy({ issuer: 'https://issuer.example', clientIds: ['web'], routes: paths.map((path) => ({ path })) }).routes

describe('the trie', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    'ab',
    'a+',
    '*',
    '{sub}',
    'a*',
    '*b',
    'a*b',
    'ab*',
    '*ab',
    '{group}b',
    'a{sub}',
    '+*',
  )
  const paths = fc.array(
    fc
      .tuple(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '/', '/*'))
      .map(([segments, end]) => `/${segments.join('/')}${end}`),
    { minLength: 1, maxLength: 10 },
  )
  const segment = fc.constantFrom(
    'a',
    'b',
    'ab',
    'aab',
    'abb',
    'abab',
    'x',
    'ann',
    'a+',
    'a%2B',
    'aab+b',
    '+x',
    'a+x',
    'a%20x',
    '',
  )
  const uris = fc.array(
    fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
    {
      minLength: 1,
      maxLength: 20,
    },
  )

  /** A pattern's segments as they are ranked, and as an expression that a decoded path of `/` and segments fits. */
  function reading(path: string) {
    const parts = path.slice(1).split('/')
    const ranks = parts.map((part, index) => {
      const [, before, variable, behind] = /^(.*?)(\*|\{\w+\})(.*)$/.exec(part) ?? []
      if (variable === undefined) return [0, 0, 0]
      if (before || behind) return [1, -(before?.length ?? 0), -(behind?.length ?? 0)]
      return variable === '*' && index === parts.length - 1 ? [3, 0, 0] : [2, 0, 0]
    })
    const source = parts.map((part, index) =>
      part
        .split(/(\*|\{\w+\})/)
        .map((text, at) =>
          at % 2 === 0 ? text.replace(/[+.]/g, '\\$&') : part === '*' && index === parts.length - 1 ? '.*' : '[^/]+',
        )
        .join(''),
    )
    return { ranks, pattern: new RegExp(`^/${source.join('/')}$`) }
  }

  function compare(one: number[][], other: number[][]): number {
    for (const [index, rank] of one.entries()) {
      for (const [place, number] of rank.entries()) {
        const difference = number - (other[index]?.[place] ?? 0)
        if (difference !== 0) return difference
      }
    }
    return 0
  }

  it('finds the route that trying every route in turn finds', () => {
    fc.assert(
      fc.property(paths, uris, (all, uris) => {
        const routes = [...new Map(all.map((path) => [patternShape({ path }), path])).values()]
        const match = compileRoutes(edgeRoutes(routes).map((route, index) => ({ ...route, groups: [String(index)] })))
        const best = (path: string) =>
          routes
            .map((route) => ({ route, ...reading(route) }))
            .filter(({ pattern }) => pattern.test(path))
            .sort((one, other) => compare(one.ranks, other.ranks))[0]?.route
        for (const uri of uris) {
          const found = match(uri)
          const segments = uri.slice(1).split('/')
          if (segments.slice(0, -1).includes('')) {
            expect(found).toBe('uri')
            continue
          }
          const expected = best(decodeURIComponent(uri))
          const parts = expected?.slice(1).split('/') ?? []
          const isHarmless =
            best(decodeURIComponent(uri.replaceAll('+', ' '))) === expected &&
            segments.every((text, index) => !text.includes('+') || (parts[index] ?? '*').includes('*'))
          if (expected === undefined) expect(found).toBe('no-route')
          else if (uri.includes('+') && !isHarmless) expect(found).toBe('uri')
          else expect(typeof found === 'object' && routes[Number(found.route.groups?.[0])]).toBe(expected)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('looks at no more places where there are a thousand patterns', () => {
    const lookups = (count: number) => {
      const paths = Array.from({ length: count }, (_, index) => `/x/p${String(index).padStart(4, '0')}-*.css`)
      const match = compileRoutes(edgeRoutes(paths))
      const get = vi.spyOn(Map.prototype, 'get')
      try {
        expect(match('/x/p0007-a.css')).toMatchObject({ segments: ['x', 'p0007-a.css'] })
        return get.mock.calls.length
      } finally {
        get.mockRestore()
      }
    }
    expect(lookups(1000)).toBe(lookups(10))
  })
})
