/** Which route a list of decoded segments belongs to, by trying every route in turn (SEMANTICS.md, "Paths"). */
import type { Route } from '../authorizer/policy.ts'

/** What stands for a text that the pattern does not write. */
export type Open = { kind: 'any' } | { kind: 'sub' } | { kind: 'group' } | { kind: 'claim'; reference: string }

export type Part =
  | { kind: 'literal'; text: string }
  /** One segment: `open` between two texts. Both are empty where it stands alone. */
  | { kind: 'between'; before: string; open: Open; after: string }
  /** One or more segments. */
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
  const pieces = path.match(/\{sub\}|\{group\}|\{claim:[^}]*\}|./gs) ?? []
  const segments: string[][] = []
  for (const piece of pieces) {
    if (piece === '/') segments.push([])
    else segments.at(-1)?.push(piece)
  }
  return segments.map((segment, index) => partOf(segment, index === segments.length - 1))
}

/** `pieces`: characters, and captures in their braces. */
function partOf(pieces: readonly string[], isLast: boolean): Part {
  const at = pieces.findIndex((piece) => openOf(piece) !== null)
  const open = openOf(pieces[at] ?? '')
  if (open === null) return { kind: 'literal', text: pieces.join('') }
  if (open.kind === 'any' && pieces.length === 1 && isLast) return { kind: 'rest' }
  return { kind: 'between', before: pieces.slice(0, at).join(''), open, after: pieces.slice(at + 1).join('') }
}

function openOf(piece: string): Open | null {
  if (piece === '*') return { kind: 'any' }
  if (piece === '{sub}' || piece === '{claim:sub}') return { kind: 'sub' }
  if (piece === '{group}') return { kind: 'group' }
  return piece.startsWith('{claim:') ? { kind: 'claim', reference: piece.slice('{claim:'.length, -1) } : null
}

/** Among the routes that match, the one whose pattern comes first from the left; null where none matches. */
export function bestMatch(routes: readonly Route[], segments: readonly string[]): Match | null {
  let best: Match | null = null
  for (const route of routes) {
    const match = { route, parts: partsOf(route) }
    if (matches(match.parts, segments) && (best === null || compare(match.parts, best.parts) < 0)) best = match
  }
  return best
}

/** Pairs of routes that differ in no segment: nothing says which of the two decides. */
export function routesOfOneShape(routes: readonly Route[]): [Route, Route][] {
  return routes.flatMap((route, index) =>
    routes.slice(0, index).flatMap((other): [Route, Route][] => {
      const [parts, others] = [partsOf(route), partsOf(other)]
      const isOne = parts.length === others.length && parts.every((part, at) => textsOf(part) === textsOf(others[at]))
      return isOne ? [[other, route]] : []
    }),
  )
}

/** Where in `segment` the part's `*` or capture is: from and to, in code units. Null where the part does not match it. */
export function openSpan(part: Part, segment: string): { from: number; to: number } | null {
  if (part.kind === 'rest') return { from: 0, to: segment.length }
  if (part.kind === 'literal') return segment === part.text ? { from: 0, to: 0 } : null
  const { before, after } = part
  const [from, to] = [before.length, segment.length - after.length]
  return to > from && segment.startsWith(before) && segment.endsWith(after) ? { from, to } : null
}

function matches(parts: readonly Part[], segments: readonly string[]): boolean {
  for (const [index, part] of parts.entries()) {
    const segment = segments[index]
    if (segment === undefined || openSpan(part, segment) === null) return false
    // One or more segments, whatever they are.
    if (part.kind === 'rest') return true
  }
  return parts.length === segments.length
}

/** Below zero: the first of two patterns that match one path decides. */
function compare(parts: readonly Part[], others: readonly Part[]): number {
  for (const [index, part] of parts.entries()) {
    const other = others[index]
    if (other === undefined) return 0
    const [a, b] = [rankOf(part), rankOf(other)]
    for (const [at, rank] of a.entries()) {
      const difference = rank - (b[at] ?? 0)
      if (difference !== 0) return difference
    }
  }
  return 0
}

/** Kind of segment, then the longer text before its `*` or capture, then the longer text behind it. */
function rankOf(part: Part): number[] {
  if (part.kind === 'literal') return [1, 0, 0]
  if (part.kind === 'rest') return [4, 0, 0]
  return [part.before === '' && part.after === '' ? 3 : 2, -part.before.length, -part.after.length]
}

/** What a pattern's segment says, a capture and a `*` being one thing. */
function textsOf(part: Part | undefined): string {
  if (part?.kind === 'between') return JSON.stringify([part.before, part.after])
  return JSON.stringify(part)
}
