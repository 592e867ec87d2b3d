/** Tables of routes and the paths that are looked up in them, as data. */
import type { Route } from '../../authorizer/policy.ts'

export const tableSizes = [10, 100, 1000, 10_000] as const

/** Routes of a site with many areas: half belong to a user, a quarter to a group, a quarter is public; two literals lead each. */
export function routeTable(size: number): Route[] {
  return Array.from({ length: size }, (_, index) => {
    const area = areaPath(index)
    if (index % 4 === 3) return { path: `${area}/*`, public: true }
    return { path: index % 4 === 1 ? `${area}/{group}/*` : `${area}/{sub}/*` }
  })
}

function areaPath(index: number): string {
  return `/region-${index % 37}/area-${index}`
}

export interface Mix {
  id: string
  title: string
  /** Paths, drawn by a generator of uniform numbers in [0, 1). */
  path(size: number, uniform: () => number): string
  found: boolean
}

const file = (uniform: () => number) => `reports/2026/file-${Math.floor(uniform() * 1e6)}.pdf`
const subject = (uniform: () => number) =>
  `acadd117-738e-485b-af1a-${String(Math.floor(uniform() * 1e12)).padStart(12, '0')}`
const pathIn = (index: number, uniform: () => number) => `${areaPath(index)}/${subject(uniform)}/${file(uniform)}`

export const mixes: readonly Mix[] = [
  { id: 'one', title: 'one path', found: true, path: (size) => pathIn(Math.floor(size / 2), () => 0.5) },
  {
    id: 'zipf',
    title: 'routes by Zipf',
    found: true,
    // P(rank <= r) is about ln(r) / ln(n): the inverse of a Zipf distribution with exponent 1.
    path: (size, uniform) => pathIn(Math.min(size - 1, Math.floor(size ** uniform()) - 1), uniform),
  },
  {
    id: 'uniform',
    title: 'routes uniformly',
    found: true,
    path: (size, uniform) => pathIn(Math.floor(uniform() * size), uniform),
  },
  {
    id: 'miss',
    title: 'no such area',
    found: false,
    path: (size, uniform) => `${areaPath(size + Math.floor(uniform() * size))}/${subject(uniform)}/${file(uniform)}`,
  },
  {
    id: 'worst',
    title: 'the last route, 32 encoded segments',
    found: true,
    path: (size, uniform) =>
      `${areaPath(size - 1)}/${subject(uniform)}${`/%C3%A9t%C3%A9%20${Math.floor(uniform() * 1e6)}`.repeat(32)}`,
  },
]
