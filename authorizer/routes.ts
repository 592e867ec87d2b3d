import type { Capture, EdgeRoute } from './edge-policy.ts'
import { pathSegments } from './path-segments.ts'
import type { RouteHash } from './policy.ts'

/** A capture of a route: which segment it fills, and what that segment has to equal. */
export interface RouteCapture extends Capture {
  index: number
  hash: RouteHash | undefined
}

interface CompiledRoute extends EdgeRoute {
  captures: readonly RouteCapture[]
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
  for (const route of routes) insert(root, route)
  return (uri) => {
    const segments = pathSegments(uri)
    if (!segments) return 'uri'
    const route = find(root, segments, 0)
    if (!route) return 'no-route'
    return uri.includes('+') && !plusIsHarmless(root, uri, segments, route) ? 'uri' : { route, segments }
  }
}

interface Node {
  literals: Map<string, Node> | undefined
  capture: Node | undefined
  /** The route that ends at this segment. */
  end: CompiledRoute | undefined
  /** The route whose `*` takes all that follows this segment. */
  rest: CompiledRoute | undefined
}

function createNode(): Node {
  return { literals: undefined, capture: undefined, end: undefined, rest: undefined }
}

function insert(root: Node, route: EdgeRoute): void {
  const { segments, hash } = route
  const captures: RouteCapture[] = []
  let node = root
  for (const [index, segment] of segments.entries()) {
    let next: Node
    if (typeof segment === 'string') {
      node.literals ??= new Map()
      next = node.literals.get(segment) ?? createNode()
      node.literals.set(segment, next)
    } else {
      next = node.capture ??= createNode()
      captures.push({ ...segment, index, hash })
    }
    node = next
  }
  node[route.rest ? 'rest' : 'end'] = { ...route, captures }
}

function find(node: Node, segments: readonly string[], index: number): CompiledRoute | undefined {
  if (index === segments.length) return node.end
  const segment = segments[index] as string
  const literal = node.literals?.get(segment)
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
  return segments.every((segment, index) => index >= route.segments.length || segment === spaced[index])
}
