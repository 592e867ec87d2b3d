import type { EdgePart, EdgeRoute } from './edge-policy.ts'
import { usesParts } from './features.ts'
import { pathSegments } from './path-segments.ts'
import type { RouteHash } from './policy.ts'

/** A capture of a route: which segment it fills, or fills a part of, and what has to stand there. */
export interface RouteCapture extends EdgePart {
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
 * Among routes that match, a literal beats text around a `*` or a capture (the longer text before it, then the longer one behind
 * it), which beats any one segment, which beats a final `*`, from the left. No two routes have one shape: such a policy is refused
 * when it is read.
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
  /** By the text before a `*` or a capture, and then by the text behind it. */
  parts?: ByText<ByText<Node>>
  /** Any segment that is not empty. */
  capture: Node | undefined
  /** The route that ends at this segment. */
  end: CompiledRoute | undefined
  /** The route whose `*` takes all that follows this segment. */
  rest: CompiledRoute | undefined
}

/** Values by a text that a segment begins or ends with; the lengths that there are, longest first. */
interface ByText<T> {
  lengths: number[]
  texts: Map<string, T>
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
      if (usesParts && segment.prefix !== undefined) {
        node.parts ??= { lengths: [], texts: new Map() }
        const suffixes = place(node.parts, segment.prefix, (): ByText<Node> => ({ lengths: [], texts: new Map() }))
        next = place(suffixes, segment.suffix as string, createNode)
      } else next = node.capture ??= createNode()
      if (!usesParts || !segment.any) captures.push({ ...segment, index, hash })
    }
    node = next
  }
  node[route.rest ? 'rest' : 'end'] = { ...route, captures }
}

/** The value of a text, made where it is new. */
function place<T>({ lengths, texts }: ByText<T>, text: string, create: () => T): T {
  let value = texts.get(text)
  if (value === undefined) {
    value = create()
    texts.set(text, value)
    if (!lengths.includes(text.length)) lengths.push(text.length)
    lengths.sort((a, b) => b - a)
  }
  return value
}

function find(node: Node, segments: readonly string[], index: number): CompiledRoute | undefined {
  if (index === segments.length) return node.end
  const segment = segments[index] as string
  const literal = node.literals?.get(segment)
  return (
    (literal && find(literal, segments, index + 1)) ||
    (usesParts && node.parts ? findPart(node.parts, segments, index) : undefined) ||
    (node.capture && segment !== '' ? find(node.capture, segments, index + 1) : undefined) ||
    node.rest
  )
}

/** A `*` or a capture between two texts stands for one character at least. */
function findPart(
  prefixes: ByText<ByText<Node>>,
  segments: readonly string[],
  index: number,
): CompiledRoute | undefined {
  const segment = segments[index] as string
  const { length } = segment
  for (const before of prefixes.lengths) {
    const suffixes = before < length ? prefixes.texts.get(segment.slice(0, before)) : undefined
    if (!suffixes) continue
    for (const behind of suffixes.lengths) {
      const node = before + behind < length ? suffixes.texts.get(segment.slice(length - behind)) : undefined
      const route = node && find(node, segments, index + 1)
      if (route) return route
    }
  }
  return undefined
}

/**
 * S3 reads a raw `+` as a space, everybody else as itself. It is harmless where both readings lead to the same route
 * and each one falls under a `*` of it: text beside that `*` fits both readings only if there is none in it.
 */
function plusIsHarmless(root: Node, uri: string, segments: readonly string[], route: CompiledRoute): boolean {
  const spaced = pathSegments(uri.replaceAll('+', ' '))
  if (!spaced || find(root, spaced, 0) !== route) return false
  return segments.every(
    (segment, index) =>
      index >= route.segments.length ||
      segment === spaced[index] ||
      (usesParts && (route.segments[index] as EdgePart).any === true),
  )
}
