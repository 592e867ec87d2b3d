/** Claims whose values are patterns, paths or nothing: a group called `.*`, a user called `..` (CWE-625, CWE-22, CWE-1333). */
import { createHash } from 'node:crypto'
import type { Route } from '../../authorizer/policy.ts'
import { parsePattern } from '../../config/route-pattern.ts'
import type { Step } from '../case.ts'
import { claimChanges, groupChanges, groupsOf } from '../world/provider-claims.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { type Changes, change, issuedToken } from './tokens.ts'

const values: readonly { name: string; source: string; value: string }[] = [
  { name: 'empty', source: 'CWE-1023', value: '' },
  { name: 'space', source: 'CWE-1023', value: ' ' },
  { name: 'star', source: 'CWE-625', value: '*' },
  { name: 'double-star', source: 'CWE-625', value: '**' },
  { name: 'question-mark', source: 'CWE-625', value: '??' },
  { name: 'any-regex', source: 'CWE-625', value: '.*' },
  { name: 'dots-regex', source: 'CWE-625', value: '..' },
  { name: 'class-regex', source: 'CWE-625', value: '[a-z0-9-]+' },
  { name: 'alternation', source: 'CWE-625', value: 'nobody|' },
  { name: 'end-anchor', source: 'CWE-625', value: '$' },
  { name: 'word-regex', source: 'CWE-625', value: '\\w+' },
  { name: 'broken-regex', source: 'CWE-625', value: '(' },
  { name: 'costly-regex', source: 'CWE-1333', value: '(a+)+$' },
  { name: 'slash', source: 'CWE-22', value: '/' },
  { name: 'slash-inside', source: 'CWE-22', value: 'g1/../g2' },
  { name: 'up', source: 'CWE-22', value: '../g2' },
  { name: 'dot', source: 'CWE-22', value: '.' },
  { name: 'encoded-dots', source: 'CWE-172', value: '%2e%2e' },
  { name: 'encoded-slash', source: 'CWE-172', value: 'g1%2fg2' },
  { name: 'percent', source: 'CWE-172', value: '100%' },
  { name: 'plus', source: 'CWE-172', value: 'a+b' },
  { name: 'blank-inside', source: 'CWE-172', value: 'a b' },
  { name: 'backslash', source: 'CWE-22', value: 'g1\\g2' },
  { name: 'capture', source: 'CWE-1336', value: '{group}' },
  { name: 'capture-sub', source: 'CWE-1336', value: '{sub}' },
  { name: 'template', source: 'CWE-1336', value: '\u0024{group}' },
  { name: 'replacement', source: 'CWE-1336', value: '$&' },
  { name: 'comma-list', source: 'CWE-138', value: 'g1,g2' },
  { name: 'undefined', source: 'CWE-843', value: 'undefined' },
  { name: 'null', source: 'CWE-843', value: 'null' },
  { name: 'object', source: 'CWE-843', value: '[object Object]' },
  { name: 'proto', source: 'CWE-1321', value: '__proto__' },
  { name: 'constructor', source: 'CWE-1321', value: 'constructor' },
  { name: 'newline', source: 'CWE-93', value: 'g1\n' },
  { name: 'nul', source: 'CWE-158', value: 'g1\u0000' },
  { name: 'semicolon', source: 'CWE-138', value: 'g1;x' },
  { name: 'one-letter', source: 'CWE-187', value: 'g' },
  { name: 'long', source: 'CWE-187', value: 'g2'.repeat(40) },
  { name: 'upper-case', source: 'CWE-178', value: 'G2' },
  { name: 'full-width', source: 'CWE-176', value: '\uff47\uff12' },
  { name: 'combining', source: 'CWE-176', value: 'gru\u0308n' },
  { name: 'composed', source: 'CWE-176', value: 'gr\u00fcn' },
  { name: 'sharp-s', source: 'CWE-176', value: 'stra\u00dfe' },
  { name: 'kelvin', source: 'CWE-176', value: '\u212a' },
  { name: 'dotless-i', source: 'CWE-176', value: '\u0131' },
  { name: 'mail-tag', source: 'RFC 5233 1', value: 'g1+tag@example.com' },
  { name: 'invisible', source: 'CWE-176', value: 'g\u200b2' },
  { name: 'astral', source: 'RFC 3629 3', value: '\u{1f512}' },
  { name: 'lone-surrogate', source: 'RFC 8259 8.2', value: '\ud800' },
  { name: 'replacement-character', source: 'RFC 3629 10', value: '\ufffd' },
]

/** Spellings of the value that a path may hold. */
function spelt(value: string): string[] {
  const well = value.toWellFormed()
  const folded = [
    ...['NFC', 'NFD', 'NFKC'].map((form) => well.normalize(form)),
    well.toLowerCase(),
    well.trim(),
    well.replace(/\+[^@]*(?=@)/, ''),
  ]
  const raw = value.replaceAll(/[?#\u0000-\u0020]/g, encodeURIComponent)
  return [
    ...new Set([
      encodeURIComponent(well),
      encodeURIComponent(encodeURIComponent(well)),
      raw,
      ...folded.map(encodeURIComponent),
    ]),
  ]
}

function capturedBy(route: Route | undefined, value: string, visitor: Visitor): Changes | null {
  const changes: Changes = {}
  for (const segment of route ? parsePattern(route.path) : []) {
    if (segment.kind !== 'capture') continue
    const { capture } = segment
    const claims = change(visitor.claims, changes)
    if (capture.kind === 'sub') changes.sub = value
    else if (capture.kind === 'claim') Object.assign(changes, claimChanges(claims, capture.name, value))
    else Object.assign(changes, groupChanges({ ...visitor, claims }, [value, ...groupsOf(visitor).slice(1)]))
  }
  return Object.keys(changes).length === 0 ? null : changes
}

function pathWith(route: Route, value: string): string {
  const segments = parsePattern(route.path).map((segment) => {
    if (segment.kind === 'rest') return 'a.txt'
    return segment.kind === 'literal' ? segment.text : `${segment.prefix}${value}${segment.suffix}`
  })
  return `/${segments.join('/')}`
}

export const capturedValueAttacks: Attack[] = values.map(({ name, source, value }) => ({
  name: `captured-${name}`,
  class: 'path',
  source,
  build(world) {
    const steps = world.visitors.flatMap((visitor) => stepsFor(world, visitor, value))
    return steps.length === 0 ? null : { steps }
  },
}))

function stepsFor(world: World, visitor: Visitor, value: string): Step[] {
  const route = world.policy.routes[visitor.route]
  const changes = capturedBy(route, value, visitor)
  if (!route || !changes) return []
  const token = issuedToken(world, visitor, changes)
  const digests = route.hash ? [createHash(route.hash).update(value).digest('hex')] : []
  const own = [...spelt(value), ...digests, ...digests.map((digest) => digest.toUpperCase())].map((segment) =>
    pathWith(route, segment),
  )
  return [...own, ...visitor.denied, visitor.granted[0]].map((uri) => request(world, { uri, token }))
}
