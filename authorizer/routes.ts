import type { Capture, EdgeRoute } from './edge-policy.ts'
import { pathSegments } from './path-segments.ts'
import type { RouteHash } from './policy.ts'

/** A capture of a route: which segment it fills, and what that segment has to equal. */
export type RouteCapture = Capture & {
  index: number
  hash: RouteHash | undefined
  /** Where a token keeps the digests this capture is compared with; meaningless without a hash. */
  slot: number
}

export interface CompiledRoute {
  public: boolean
  captures: readonly RouteCapture[]
  groups: readonly string[] | undefined
  /** Segments before the `*`, or all of them. */
  fixedSegments: number
}

/** The route that decides a path, with the path's decoded segments. */
export interface RouteMatch {
  route: CompiledRoute
  segments: readonly string[]
}

export type RouteMatcher = (uri: string) => RouteMatch | 'uri' | 'no-route'

/**
 * Compiles routes to a trie of segments, so that matching costs the URI's segments and not the number of routes.
 * Among routes that match, literal beats capture beats `*`, from the left. No two routes have one shape: such a policy is
 * refused when it is read.
 */
export function compileRoutes(routes: readonly EdgeRoute[]): RouteMatcher {
  const root = createNode()
  const slots = new Map<string, number>()
  for (const route of routes) insert(root, route, slots)
  return (uri) => {
    const segments = pathSegments(uri)
    if (!segments) return 'uri'
    const route = find(root, segments, 0)
    if (!route) return 'no-route'
    return uri.includes('+') && !plusIsHarmless(root, uri, segments, route) ? 'uri' : { route, segments }
  }
}

interface Node {
  literals: Map<string, Node>
  capture: Node | undefined
  /** The route that ends at this segment. */
  end: CompiledRoute | undefined
  /** The route whose `*` takes all that follows this segment. */
  rest: CompiledRoute | undefined
}

function createNode(): Node {
  return { literals: new Map(), capture: undefined, end: undefined, rest: undefined }
}

function insert(root: Node, { segments, rest, hash, groups, ...route }: EdgeRoute, slots: Map<string, number>): void {
  const captures: RouteCapture[] = []
  let node = root
  for (const [index, segment] of segments.entries()) {
    let next: Node
    if (typeof segment === 'string') {
      next = node.literals.get(segment) ?? createNode()
      node.literals.set(segment, next)
    } else {
      next = node.capture ??= createNode()
      const values = JSON.stringify([hash, segment])
      const slot = slots.get(values) ?? slots.size
      slots.set(values, slot)
      captures.push({ ...segment, index, hash, slot })
    }
    node = next
  }
  node[rest ? 'rest' : 'end'] = { public: !!route.public, captures, groups, fixedSegments: segments.length }
}

function find(node: Node, segments: readonly string[], index: number): CompiledRoute | undefined {
  if (index === segments.length) return node.end
  const segment = segments[index] as string
  const literal = node.literals.get(segment)
  return (
    (literal && find(literal, segments, index + 1)) ||
    (node.capture && segment !== '' ? find(node.capture, segments, index + 1) : undefined) ||
    node.rest
  )
}

/**
 * S3 reads a raw `+` as a space, everybody else as itself. It is harmless where both readings lead to the same route
 * and every such segment falls under its `*`.
 */
function plusIsHarmless(root: Node, uri: string, segments: readonly string[], route: CompiledRoute): boolean {
  const spaced = pathSegments(uri.replaceAll('+', ' '))
  if (!spaced || find(root, spaced, 0) !== route) return false
  return segments.every((segment, index) => index >= route.fixedSegments || segment === spaced[index])
}
