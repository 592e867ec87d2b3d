import type { Route } from '../authorizer/policy.ts'

/** What a capture compares its segment with: the token's `sub`, one of its groups, or a named claim. */
export type Capture = { kind: 'sub' } | { kind: 'group' } | { kind: 'claim'; name: string }

/** One segment of a route pattern; `rest` stands at the end for one or more segments, of which the last may be empty. */
export type PatternSegment =
  | { kind: 'literal'; text: string }
  | { kind: 'capture'; capture: Capture }
  | { kind: 'rest' }

/** The segments of a route's pattern. Throws an Error whose message says what is wrong with the pattern. */
export function parsePattern(path: string): PatternSegment[] {
  if (path[0] !== '/') throw new Error('must begin with "/"')
  const parts = path.slice(1).split('/')
  return parts.map((part, index) => parseSegment(part, index === parts.length - 1))
}

function parseSegment(part: string, last: boolean): PatternSegment {
  if (part === '*') {
    if (last) return { kind: 'rest' }
    throw new Error('has "*" before the end; it may only be the last segment')
  }
  const capture = /^\{(?:(sub|group)|claim:(.+))\}$/.exec(part)
  if (capture) {
    const [, kind, name] = capture
    return {
      kind: 'capture',
      capture: name === undefined ? { kind: kind as 'sub' | 'group' } : { kind: 'claim', name },
    }
  }
  // A literal is written decoded; what no decoded segment of a well-formed URI can be would never match.
  if (/[{}*]/.test(part))
    throw new Error(`has the segment "${part}"; captures are {sub}, {group} and {claim:NAME}, and "*" stands alone`)
  if (
    part === '.' ||
    part === '..' ||
    /[\\\u0000-\u001f\u007f]/.test(part) ||
    (part === '' && !last) ||
    !part.isWellFormed()
  ) {
    throw new Error(`has the segment ${JSON.stringify(part)}, which no well-formed URI holds`)
  }
  return { kind: 'literal', text: part }
}

/** Two routes of one shape match the same paths, so only one of them could ever decide. */
export function patternShape(route: Route): string {
  return parsePattern(route.path)
    .map((segment) => (segment.kind === 'literal' ? `/=${segment.text}` : segment.kind === 'capture' ? '/{}' : '/*'))
    .join('')
}
