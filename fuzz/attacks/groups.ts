/** The claim of groups in every shape but an array of strings, and rights that a token lacks. */
import { claimChanges, groupChanges, groupsOf } from '../world/provider-claims.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { issuedToken } from './tokens.ts'

const shapes: readonly { name: string; source: string; groups: (good: readonly string[]) => unknown }[] = [
  { name: 'string', source: 'CWE-843', groups: ([group]) => group },
  { name: 'comma-list', source: 'CWE-843', groups: (good) => ['x', ...good, 'y'].join(',') },
  { name: 'space-list', source: 'CWE-843', groups: (good) => ['x', ...good, 'y'].join(' ') },
  { name: 'json-text', source: 'CWE-843', groups: (good) => JSON.stringify(good) },
  { name: 'string-around', source: 'CWE-187', groups: ([group]) => `x${group}x` },
  { name: 'nested', source: 'CWE-843', groups: (good) => [good] },
  { name: 'nested-twice', source: 'CWE-843', groups: (good) => [[good]] },
  { name: 'mixed-types', source: 'CWE-843', groups: (good) => [...good, 1] },
  { name: 'with-null', source: 'CWE-843', groups: (good) => [null, ...good] },
  { name: 'object', source: 'CWE-843', groups: ([group]) => ({ [String(group)]: true }) },
  { name: 'array-like', source: 'CWE-843', groups: ([group]) => ({ 0: group, length: 1 }) },
  { name: 'objects', source: 'CWE-843', groups: ([group]) => [{ name: group, toString: group }] },
  { name: 'true', source: 'CWE-843', groups: () => true },
  { name: 'number', source: 'CWE-843', groups: () => 1 },
  { name: 'null', source: 'RFC 7519 2', groups: () => null },
  { name: 'missing', source: 'RFC 7519 4.1', groups: () => undefined },
  { name: 'none', source: 'RFC 7519 4.1', groups: () => [] },
  { name: 'empty-name', source: 'CWE-1023', groups: () => [''] },
  { name: 'other-only', source: 'CWE-863', groups: () => ['someone-else'] },
  { name: 'around', source: 'CWE-187', groups: (good) => good.map((group) => `x${group}x`) },
  { name: 'longer', source: 'CWE-187', groups: (good) => good.map((group) => `${group}0`) },
  { name: 'shorter', source: 'CWE-187', groups: (good) => good.map((group) => group.slice(0, -1)) },
  { name: 'other-case', source: 'CWE-178', groups: (good) => good.map((group) => group.toUpperCase()) },
  { name: 'spaced', source: 'CWE-1023', groups: (good) => good.map((group) => ` ${group} `) },
  {
    name: 'last-of-many',
    source: 'RFC 7519 4.1',
    groups: (good) => [...Array.from({ length: 100 }, (_, n) => `group-${n}`), ...good],
  },
  { name: 'repeated', source: 'RFC 7519 4.1', groups: (good) => [...good, ...good] },
]

const groupShapes: Attack[] = shapes.map(({ name, source, groups }) => ({
  name: `groups-${name}`,
  class: 'claims',
  source,
  build(world) {
    const steps = world.visitors.flatMap((visitor) => {
      const token = issuedToken(world, visitor, groupChanges(visitor, groups(groupsOf(visitor))))
      return [visitor.granted[0], ...visitor.denied].map((uri) => request(world, { uri, token }))
    })
    return { steps }
  },
}))

/** Each visitor on everybody else's paths: a right under one route is none under another. */
const othersPaths: Attack = {
  name: 'rights-of-others',
  class: 'path',
  source: 'CWE-639',
  build(world) {
    const paths = [...new Set(world.visitors.flatMap(({ granted, denied }) => [...granted, ...denied]))]
    const steps = world.visitors.flatMap((visitor) => {
      const token = issuedToken(world, visitor)
      return paths.map((uri) => request(world, { uri, token }))
    })
    return { steps }
  },
}

/** A token without any right: no groups, nobody's subject. */
const noRights: Attack = {
  name: 'rights-of-nobody',
  class: 'path',
  source: 'CWE-862',
  build(world) {
    const [visitor] = world.visitors
    const nobody = { ...groupChanges(visitor, ['nobody']), sub: 'nobody', username: 'nobody' }
    const token = issuedToken(world, visitor, nobody)
    return { steps: world.visitors.flatMap(({ granted }) => granted.map((uri) => request(world, { uri, token }))) }
  },
}

/** Required claims one by one away, and only then all of them there. */
const requiredClaims: Attack = {
  name: 'required-claims',
  class: 'claims',
  source: 'RFC 7519 4',
  build(world) {
    const visitor = world.visitors.find(({ issuer }) => issuer.provider.requiredClaims.length > 0)
    if (!visitor) return null
    const { claims, issuer } = visitor
    const without = issuer.provider.requiredClaims.flatMap((name) =>
      [undefined, null].map((value) => claimChanges(claims, name, value)),
    )
    const steps = [...without, {}].flatMap((changes) =>
      world.visitors.map(({ granted }) =>
        request(world, { uri: granted[0], token: issuedToken(world, visitor, changes) }),
      ),
    )
    return { steps }
  },
}

export const groupAttacks = [...groupShapes, othersPaths, noRights, requiredClaims]
