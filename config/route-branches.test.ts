import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mostBranches } from './route-branches.ts'
import { type PatternSegment, parsePattern, segmentShape } from './route-pattern.ts'

const segment = fc.constantFrom('a', 'ab', 'cb', '*', 'a*', '*b', 'a*b', 'ab*', '*cb', 'c*')
const patterns = (longest: number) =>
  fc.array(fc.array(segment, { minLength: 1, maxLength: longest }), { minLength: 1, maxLength: 12 })
/** One of each kind of segment that any of the texts above tells apart. */
const candidates = ['a', 'ab', 'cb', 'ab-cb', 'ab-b', 'a-cb', 'a-b', 'c-cb', 'x']

function fits(segment: PatternSegment, text: string): boolean {
  if (segment.kind === 'rest') return false
  if (segment.kind === 'literal') return segment.text === text
  const { prefix, suffix } = segment
  return text.length > prefix.length + suffix.length && text.startsWith(prefix) && text.endsWith(suffix)
}

function beginningsOf(path: readonly string[], parsed: readonly PatternSegment[][]): number {
  const found = new Set([''])
  for (const pattern of parsed) {
    for (let length = 1; length <= Math.min(pattern.length, path.length); length++) {
      const beginning = pattern.slice(0, length)
      if (beginning.every((segment, index) => fits(segment, path[index] as string)))
        found.add(JSON.stringify(beginning.map(segmentShape)))
    }
  }
  return found.size
}

it('counts the beginnings of routes that some path of one segment matches', () => {
  fc.assert(
    fc.property(patterns(1), (texts) => {
      const parsed = texts.map((segments) => parsePattern(`/${segments.join('/')}`))
      expect(mostBranches(parsed)).toBe(Math.max(...candidates.map((one) => beginningsOf([one], parsed))))
    }),
  )
})

it('counts no fewer than any longer path matches', () => {
  fc.assert(
    fc.property(patterns(3), fc.array(fc.constantFrom(...candidates), { maxLength: 3 }), (texts, path) => {
      const parsed = texts.map((segments) => parsePattern(`/${segments.join('/')}`))
      expect(mostBranches(parsed)).toBeGreaterThanOrEqual(beginningsOf(path, parsed))
    }),
    { numRuns: 500 },
  )
})

it('does not grow with patterns of which a path fits one at a time', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `/p${index}-*/x`)
  expect(mostBranches([...many, '/*-s', '/p7-s'].map(parsePattern))).toBe(5)
})
