import type { Route } from '../../authorizer/policy.ts'
import { type PatternSegment, parsePattern, segmentShape } from '../../config/route-pattern.ts'

/** A route and its place in the policy. */
export interface PlacedRoute {
  route: Route
  index: number
}

/**
 * Routes as the authorizer tries them: from the left text, text with a `*` or a capture, one of these alone, a last `*` (SEMANTICS.md, `paths/no-route`);
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
  const of = (...kinds: (PatternSegment['kind'] | undefined)[]) =>
    routes.filter(({ segments }) => kinds.includes(segments[depth]?.kind))
  const groups = Map.groupBy(of('literal', 'capture', 'any'), ({ segments }) =>
    segmentShape(segments[depth] as PatternSegment),
  )
  return [
    ...of(undefined),
    ...[...groups.values()]
      .toSorted((one, other) => compare(one[0]?.segments[depth], other[0]?.segments[depth]))
      .flatMap((group) => ordered(group, depth + 1)),
    ...of('rest'),
  ]
}

function compare(one: PatternSegment | undefined, other: PatternSegment | undefined): number {
  const [a, b] = [rankOf(one), rankOf(other)]
  return a.map((rank, index) => rank - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0
}

/** Text, text with something open in it (the longer text before it, then behind it), something open alone. */
function rankOf(segment: PatternSegment | undefined): number[] {
  if (!segment || segment.kind === 'literal' || segment.kind === 'rest') return [1, 0, 0]
  const { prefix, suffix } = segment
  return [prefix === '' && suffix === '' ? 3 : 2, -prefix.length, -suffix.length]
}
