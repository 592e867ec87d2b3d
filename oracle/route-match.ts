/** Which route a list of decoded segments belongs to, by trying every route in turn (SEMANTICS.md, "Paths"). */
import type { Route } from '../authorizer/policy.ts'

export type Part =
  | { kind: 'literal'; text: string }
  | { kind: 'sub' }
  | { kind: 'group' }
  | { kind: 'claim'; reference: string }
  | { kind: 'rest' }

export interface Match {
  route: Route
  parts: Part[]
}

const known = new WeakMap<Route, Part[]>()

function partsOf(route: Route): Part[] {
  const parts = known.get(route) ?? parse(route.path)
  known.set(route, parts)
  return parts
}

/** Braces are read before "/": a claim's name may be a URL, or a pointer. */
function parse(path: string): Part[] {
  const parts: Part[] = []
  let rest = path
  while (rest.startsWith('/')) {
    const [whole = '', text = ''] = /^\/(\{(?:sub|group|claim:[^{}]*)\}(?=\/|$)|[^/]*)/.exec(rest) ?? []
    parts.push(partOf(text))
    rest = rest.slice(whole.length)
  }
  return parts
}

function partOf(text: string): Part {
  if (text === '*') return { kind: 'rest' }
  if (text === '{sub}' || text === '{claim:sub}') return { kind: 'sub' }
  if (text === '{group}') return { kind: 'group' }
  if (text.startsWith('{claim:')) return { kind: 'claim', reference: text.slice('{claim:'.length, -1) }
  return { kind: 'literal', text }
}

/** Among the routes that match, literal beats capture beats `*`, from the left; null where none matches. */
export function bestMatch(routes: readonly Route[], segments: readonly string[]): Match | null {
  let best: Match | null = null
  for (const route of routes) {
    const match = { route, parts: partsOf(route) }
    if (matches(match.parts, segments) && (best === null || beats(match.parts, best.parts))) best = match
  }
  return best
}

function matches(parts: readonly Part[], segments: readonly string[]): boolean {
  for (const [index, part] of parts.entries()) {
    const segment = segments[index]
    if (segment === undefined) return false
    // One or more segments, whatever they are.
    if (part.kind === 'rest') return true
    if (part.kind === 'literal' ? part.text !== segment : segment === '') return false
  }
  return parts.length === segments.length
}

function beats(parts: readonly Part[], others: readonly Part[]): boolean {
  for (const [index, part] of parts.entries()) {
    const other = others[index]
    if (other === undefined) return true
    if (rank(part) !== rank(other)) return rank(part) < rank(other)
  }
  return false
}

function rank(part: Part): number {
  return part.kind === 'literal' ? 0 : part.kind === 'rest' ? 2 : 1
}
