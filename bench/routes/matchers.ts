/** The matchers that are compared: each takes a path and says which route it is, by the route's index. */
import findMyWay from 'find-my-way'
import { match } from 'path-to-regexp'
import type { Policy, Route } from '../../authorizer/policy.ts'
import { compileRoutes } from '../../authorizer/routes.ts'
import { toEdgePolicy } from '../../config/edge-policy.ts'

export interface Matcher {
  id: string
  title: string
  /** Cost grows with the number of routes before the one that matches: it is given fewer paths in large tables. */
  linear: boolean
  /** Builds the table; the result gives the route's index, or -1. */
  build(routes: readonly Route[]): (path: string) => number
}

export const matchers: readonly Matcher[] = [
  { id: 'edgeproof', title: 'edgeproof', linear: false, build: edgeproof },
  // A table of its own: what differs between the two is the method's noise.
  { id: 'edgeproof-twin', title: 'edgeproof, again', linear: false, build: edgeproof },
  { id: 'find-my-way', title: 'find-my-way', linear: false, build: viaFindMyWay },
  { id: 'path-to-regexp', title: 'path-to-regexp, in order', linear: true, build: viaPathToRegexp },
]

/** The policy's own order and rules; the match also refuses what is no well-formed S3 key, which the others do not look at. */
function edgeproof(routes: readonly Route[]): (path: string) => number {
  const policy: Policy = { issuer: 'https://issuer.example', clientIds: ['client'], routes: routes.map(named) }
  const matchRoute = compileRoutes(toEdgePolicy(policy).routes)
  return (path) => {
    const found = matchRoute(path)
    return typeof found === 'string' ? -1 : Number(found.route.groups?.[0])
  }
}

/** A compiled route carries its groups along: the first says which it is. */
function named({ path }: Route, index: number): Route {
  return { path, groups: [String(index)] }
}

function viaFindMyWay(routes: readonly Route[]): (path: string) => number {
  const router = findMyWay({ caseSensitive: true })
  for (const [index, { path }] of routes.entries())
    router.on('GET', path.replace(/\{(\w+)\}/g, ':$1'), () => {}, { index })
  return (path) => (router.find('GET', path)?.store as { index: number } | undefined)?.index ?? -1
}

function viaPathToRegexp(routes: readonly Route[]): (path: string) => number {
  const tests = routes.map(({ path }) => match(path.replace(/\{(\w+)\}/g, ':$1').replace(/\*$/, '*rest')))
  return (path) => tests.findIndex((test) => test(path) !== false)
}
