import type { Route } from '../../authorizer/policy.ts'
import { type PatternSegment, parsePattern } from '../../config/route-pattern.ts'

/** A route and its place in the policy. */
export interface PlacedRoute {
  route: Route
  index: number
}

/**
 * Routes as the authorizer tries them: from the left a literal before a capture before `*` (SEMANTICS.md, `paths/no-route`);
 * what no path can tell apart stays in the policy's order.
 */
export function inDecisionOrder(routes: readonly Route[]): PlacedRoute[] {
  return ordered(
    routes.map((route, index) => ({ route, index, segments: parsePattern(route.path) })),
    0,
  ).map(({ route, index }) => ({ route, index }))
}

interface ParsedRoute extends PlacedRoute {
  segments: readonly PatternSegment[]
}

function ordered(routes: readonly ParsedRoute[], depth: number): ParsedRoute[] {
  const kindOf = ({ segments }: ParsedRoute) => segments[depth]?.kind
  const of = (kind: PatternSegment['kind'] | undefined) => routes.filter((route) => kindOf(route) === kind)
  const byText = Map.groupBy(of('literal'), ({ segments }) => JSON.stringify(segments[depth]))
  const captures = of('capture')
  return [
    ...of(undefined),
    ...[...byText.values()].flatMap((group) => ordered(group, depth + 1)),
    ...(captures.length > 0 ? ordered(captures, depth + 1) : []),
    ...of('rest'),
  ]
}
