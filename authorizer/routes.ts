import { pathSegments } from './path-segments.ts'
import type { Route, RouteHash } from './policy.ts'
import { type Capture, parsePattern } from './route-pattern.ts'

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
 * Among routes that match, literal beats capture beats `*`, from the left.
 *
 * @throws Error for a malformed pattern and for two routes of one shape.
 */
export function compileRoutes(routes: readonly Route[]): RouteMatcher {
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

function insert(root: Node, route: Route, slots: Map<string, number>): void {
  const pattern = parsePattern(route.path)
  const captures: RouteCapture[] = []
  const isRest = pattern.at(-1)?.kind === 'rest'
  let node = root
  for (const [index, segment] of pattern.entries()) {
    if (segment.kind === 'capture') {
      const { capture } = segment
      const name = capture.kind === 'claim' ? capture.name : ''
      const values = `${route.hash} ${capture.kind} ${name}`
      const slot = slots.get(values) ?? slots.size
      slots.set(values, slot)
      captures.push({ ...capture, index, hash: route.hash, slot })
      node.capture ??= createNode()
      node = node.capture
    } else if (segment.kind === 'literal') {
      const next = node.literals.get(segment.text) ?? createNode()
      node.literals.set(segment.text, next)
      node = next
    }
  }
  const place = isRest ? 'rest' : 'end'
  if (node[place]) throw new Error(`two routes of one shape: ${route.path}`)
  const fixedSegments = pattern.length - (isRest ? 1 : 0)
  node[place] = { public: route.public === true, captures, groups: route.groups, fixedSegments }
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
