/** Claims that are nested, or named by a URL: what lies on the way to them, and what lies elsewhere (RFC 6901, RFC 7519 4.2). */
import { claimPath } from '../../config/claim-reference.ts'
import type { Step } from '../case.ts'
import { capturedClaims, oneOfEachIssuer } from '../world/make-world.ts'
import { claimAt, claimChanges, groupChanges, groupsOf } from '../world/provider-claims.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { type Changes, issuedToken } from './tokens.ts'

/** Every claim that decides about this visitor's paths and is named by a pointer. */
function pointersOf({ issuer: { provider }, route }: Visitor, { policy }: World): string[][] {
  const own = policy.routes[route]
  const rules = Object.keys({ ...provider.claims, ...own?.claims })
  const captured = own ? capturedClaims(own) : []
  return [provider.groupsClaim.claim, ...rules, ...captured, ...provider.requiredClaims]
    .map(claimPath)
    .flatMap((path) => (typeof path === 'string' ? [] : [[...path]]))
}

/** What is written instead of the objects on the way; null where this path has none. */
type Disguise = (path: readonly string[], value: unknown) => unknown

const ways: readonly { name: string; source: string; disguise: Disguise }[] = [
  { name: 'array', source: 'RFC 6901 4', disguise: (path, value) => nested(path, value, asArray) },
  {
    name: 'array-around',
    source: 'RFC 6901 4',
    disguise: (path, value) => nested(path, value, (name, inner) => [{ [name]: inner }]),
  },
  {
    name: 'json-text',
    source: 'CWE-843',
    disguise: (path, value) => nested(path, value, (name, inner) => JSON.stringify({ [name]: inner })),
  },
  {
    name: 'prototype',
    source: 'CWE-1321',
    // JSON.parse makes a member of this name; a copy of the object may make a prototype of it.
    disguise: (path, value) =>
      nested(path, value, (name, inner) => JSON.parse(`{"__proto__":${JSON.stringify({ [name]: inner })}}`)),
  },
  {
    name: 'dotted',
    source: 'CWE-20',
    disguise: (path, value) => ({ [path.join('.')]: value, [path.join('/')]: value }),
  },
]

function nested(path: readonly string[], value: unknown, wrap: (name: string, inner: unknown) => unknown): unknown {
  return path.toReversed().reduce((inner, name) => wrap(name, inner), value)
}

/** An array where the name is an index of one. */
function asArray(name: string, inner: unknown): unknown {
  if (!/^\d$/.test(name)) return { [name]: inner }
  const array: unknown[] = Array.from({ length: Number(name) }, () => null)
  return [...array, inner]
}

const disguised: Attack[] = ways.map(({ name, source, disguise }) => ({
  name: `claim-way-${name}`,
  class: 'claims',
  source,
  build(world) {
    const steps = world.visitors.flatMap((visitor) =>
      pointersOf(visitor, world).map(([first = '', ...rest]) => {
        const value = claimAt(visitor.claims, `/${[first, ...rest].map(escaped).join('/')}`)
        const changes: Changes = { [first]: rest.length === 0 ? value : disguise(rest, value) }
        return request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor, changes) })
      }),
    )
    return steps.length === 0 ? null : { steps }
  },
}))

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Where groups are in other issuers' tokens. */
const elsewhere: Attack = {
  name: 'groups-elsewhere',
  class: 'claims',
  source: 'RFC 9068 2.2.3.1',
  build(world) {
    const steps = world.visitors.flatMap((visitor) => {
      const good = groupsOf(visitor)
      const beside: Changes = {
        ...Object.fromEntries(['cognito:groups', 'groups', 'roles', 'role'].map((claim) => [claim, good])),
        realm_access: { roles: good },
        'https://example.com/roles': good,
        permissions: good,
      }
      const claims = { ...visitor.claims, ...beside }
      const changes = { ...beside, ...groupChanges({ ...visitor, claims }, ['nobody']) }
      return [request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor, changes) })]
    })
    return { steps }
  },
}

/** Groups in a list where the provider has them in a text. */
const listForText: Attack = {
  name: 'groups-list-for-text',
  class: 'claims',
  source: 'CWE-843',
  build(world) {
    const visitors = oneOfEachIssuer(world).filter(({ issuer }) => issuer.provider.groupsClaim.split !== undefined)
    const steps = visitors.map((visitor) => {
      const changes = claimChanges(visitor.claims, visitor.issuer.provider.groupsClaim.claim, groupsOf(visitor))
      return request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor, changes) })
    })
    return steps.length === 0 ? null : { steps }
  },
}

/** Spellings of an integer's segment, and values, of which only `42` for 42 is right. */
const numbers: readonly { name: string; value: unknown; segments: readonly string[] }[] = [
  {
    name: 'spelt-otherwise',
    value: 42,
    segments: ['042', '42.0', '4.2e1', '%2b42', '0x2a', '42%20', '42x', '42,0', '\uff14\uff12', '-42', '42'],
  },
  { name: 'text', value: '042', segments: ['42', '34', '042'] },
  { name: 'zero', value: 0, segments: ['', '-0', 'false', '00', '0'] },
  { name: 'negative', value: -7, segments: ['7', '-7', '-07'] },
  { name: 'fraction', value: 4.5, segments: ['4', '5', '4.5'] },
  { name: 'past-safe', value: 2 ** 53, segments: ['9007199254740992', '9007199254740993', '9007199254740991'] },
  { name: 'large', value: 1e21, segments: ['1e21', '1e%2b21', '1000000000000000000000'] },
  { name: 'boolean', value: true, segments: ['true', '1'] },
  { name: 'list', value: ['one', 42, null, true, ''], segments: ['42', 'one', 'null', 'true', 'one%2C42', ''] },
  { name: 'nested-list', value: [['one'], { one: 1 }], segments: ['one', '%5Bobject%20Object%5D'] },
]

const integers: Attack[] = numbers.map(({ name, value, segments }) => ({
  name: `captured-number-${name}`,
  class: 'path',
  source: 'RFC 7493 2.2',
  build(world) {
    const steps = world.visitors.flatMap((visitor): Step[] => {
      const [reference] = capturedClaims(world.policy.routes[visitor.route] ?? { path: '/' }).filter(
        (one) => one !== 'sub',
      )
      const held = reference && claimAt(visitor.claims, reference)
      if (reference === undefined || typeof held !== 'string') return []
      const token = issuedToken(world, visitor, claimChanges(visitor.claims, reference, value))
      const spelt = encodeURIComponent(held)
      return segments.map((segment) => request(world, { uri: visitor.granted[0].replace(spelt, () => segment), token }))
    })
    return steps.length === 0 ? null : { steps }
  },
}))

export const claimPlaceAttacks = [...disguised, elsewhere, listForText]
export const capturedNumberAttacks = integers
