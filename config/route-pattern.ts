import type { Route } from '../authorizer/policy.ts'

/** What a capture compares its text with: the token's `sub`, one of its groups, or a named claim. */
export type Capture = { kind: 'sub' } | { kind: 'group' } | { kind: 'claim'; name: string }

/**
 * One segment of a route pattern. A capture, and `any`, which is a `*` that is not the last segment alone, stand for one or more
 * characters between `prefix` and `suffix`. `rest` stands at the end for one or more segments, of which the last may be empty.
 */
export type PatternSegment =
  | { kind: 'literal'; text: string }
  | { kind: 'capture'; capture: Capture; prefix: string; suffix: string }
  | { kind: 'any'; prefix: string; suffix: string }
  | { kind: 'rest' }

/**
 * The segments of a route's pattern. Throws an Error whose message says what is wrong with the pattern.
 *
 * @example
 * parsePattern('/users/{sub}.pdf')
 * // [{ kind: 'literal', text: 'users' }, { kind: 'capture', capture: { kind: 'sub' }, prefix: '', suffix: '.pdf' }]
 */
export function parsePattern(path: string): PatternSegment[] {
  if (path[0] !== '/') throw new Error('must begin with "/"')
  const parts = splitOutsideBraces(path.slice(1))
  return parts.map((pieces, index) => parseSegment(pieces, index === parts.length - 1))
}

/** Braces are read before `/`, which a claim's name may hold. Each segment as its pieces: text, `*`, and whatever is in braces. */
function splitOutsideBraces(text: string): string[][] {
  const segments: string[][] = [[]]
  for (const [piece] of text.matchAll(/\{[^{}]*\}|[/*]|[^/*{}]+|[{}]/g)) {
    if (piece === '/') segments.push([])
    else segments.at(-1)?.push(piece)
  }
  return segments
}

function parseSegment(pieces: readonly string[], last: boolean): PatternSegment {
  if (last && pieces.length === 1 && pieces[0] === '*') return { kind: 'rest' }
  const [at, ...others] = pieces.flatMap((piece, index) => (/[{}*]/.test(piece) ? [index] : []))
  if (at === undefined) return { kind: 'literal', text: checkedLiteral(pieces.join(''), last) }
  if (others.length > 0)
    throw new Error(`has the segment "${pieces.join('')}"; a segment holds one capture or one "*", with text around it`)
  const place = {
    prefix: checkedText(pieces.slice(0, at).join('')),
    suffix: checkedText(pieces.slice(at + 1).join('')),
  }
  if (pieces[at] === '*') return { kind: 'any', ...place }
  return { kind: 'capture', capture: parseCapture(pieces[at] as string), ...place }
}

function parseCapture(text: string): Capture {
  const [whole, kind, name] = /^\{(?:(sub|group)|claim:(.+))\}$/s.exec(text) ?? []
  if (!whole) throw new Error(`has "${text}"; captures are {sub}, {group} and {claim:NAME}`)
  return name === undefined ? { kind: kind as 'sub' | 'group' } : { kind: 'claim', name }
}

function checkedLiteral(text: string, last: boolean): string {
  if (text === '.' || text === '..' || (text === '' && !last)) throw unreachable(text)
  return checkedText(text)
}

/** Text is written decoded; what no decoded segment of a well-formed URI can be would never match. */
function checkedText(text: string): string {
  if (/[\\\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed()) throw unreachable(text)
  return text
}

function unreachable(text: string): Error {
  return new Error(`has the segment ${JSON.stringify(text)}, which no well-formed URI holds`)
}

/** Where two patterns say the same, the matcher has one place for both. */
export function segmentShape(segment: PatternSegment): string {
  if (segment.kind === 'literal') return `=${segment.text}`
  if (segment.kind === 'rest') return '*'
  const { prefix, suffix } = segment
  return prefix || suffix ? JSON.stringify([prefix, suffix]) : '{}'
}

/** Two routes of one shape match the same paths, so only one of them could ever decide. */
export function patternShape(route: Route): string {
  return JSON.stringify(parsePattern(route.path).map(segmentShape))
}
