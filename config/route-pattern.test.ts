import { describe, expect, it } from 'vitest'
import { type PatternSegment, parsePattern, patternShape } from './route-pattern.ts'

const any = (prefix = '', suffix = ''): PatternSegment => ({ kind: 'any', prefix, suffix })
const sub = (prefix = '', suffix = ''): PatternSegment => ({
  kind: 'capture',
  capture: { kind: 'sub' },
  prefix,
  suffix,
})
const claim = (name: string): PatternSegment => ({
  kind: 'capture',
  capture: { kind: 'claim', name },
  prefix: '',
  suffix: '',
})
const literal = (text: string): PatternSegment => ({ kind: 'literal', text })
const rest: PatternSegment = { kind: 'rest' }

describe('a pattern', () => {
  it.each<[string, PatternSegment[]]>([
    ['/', [literal('')]],
    ['/a b/', [literal('a b'), literal('')]],
    ['/*', [rest]],
    ['/*/*', [any(), rest]],
    ['/orgs/*/logo.png', [literal('orgs'), any(), literal('logo.png')]],
    ['/assets/*.css', [literal('assets'), any('', '.css')]],
    ['/v*', [any('v')]],
    ['/.*', [any('.')]],
    ['/{sub}', [sub()]],
    ['/{sub}.pdf', [sub('', '.pdf')]],
    ['/us-east-1:{sub}/*', [sub('us-east-1:'), rest]],
    ['/a{sub}b', [sub('a', 'b')]],
    ['/{claim:https://example.com/tenant}/x', [claim('https://example.com/tenant'), literal('x')]],
    ['/t/{claim:/org/id}', [literal('t'), claim('/org/id')]],
    ['/{claim:a*b}', [claim('a*b')]],
  ])('%s is read with its braces first', (path, segments) => {
    expect(parsePattern(path)).toEqual(segments)
  })

  it.each([
    ['a', 'begin with "/"'],
    ['/**', 'one capture or one "*"'],
    ['/{sub}{group}', 'one capture or one "*"'],
    ['/{sub}*', 'one capture or one "*"'],
    ['/{user}', 'has "{user}"; captures are'],
    ['/{claim:}', 'captures are'],
    ['/a{', 'captures are'],
    ['/a}', 'captures are'],
    ['/{claim:a{b}}', 'one capture or one "*"'],
    ['/{sub', 'captures are'],
    ['/a//b', 'no well-formed URI'],
    ['//*', 'no well-formed URI'],
    ['/a/..', 'no well-formed URI'],
    ['/a\\b', 'no well-formed URI'],
    ['/*\u0000', 'no well-formed URI'],
  ])('%j is refused', (path, message) => {
    expect(() => parsePattern(path)).toThrow(message)
  })

  // S12: one of two such routes could never decide.
  it.each([
    ['/a/*', '/a/*', true],
    ['/a/{sub}', '/a/{group}', true],
    ['/a/{sub}/x', '/a/*/x', true],
    ['/a/{sub}.pdf', '/a/*.pdf', true],
    ['/a/{sub}', '/a/*', false],
    ['/a/b*', '/a/*b', false],
    ['/a/b*c', '/a/b{sub}d', false],
    ['/a/b*', '/a/b', false],
  ])('S12: %s and %s have one shape: %j', (one, other, same) => {
    expect(patternShape({ path: one }) === patternShape({ path: other })).toBe(same)
  })
})
