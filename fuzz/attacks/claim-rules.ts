/** Claims that a provider or a route has rules for, and scopes: nearly what is asked for (RFC 9068 2.2.3, RFC 6750 3.1). */
import type { ClaimRule } from '../../authorizer/policy.ts'
import { claimChanges } from '../world/provider-claims.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { issuedToken } from './tokens.ts'

/** What a claim is instead of the value that is asked for; some of it is right. */
const values: readonly { name: string; source: string; change: (wanted: unknown) => readonly unknown[] }[] = [
  { name: 'text', source: 'CWE-697', change: (wanted) => [String(wanted), `${String(wanted)} `, [String(wanted)]] },
  {
    name: 'around',
    source: 'CWE-187',
    change: (wanted) => [`x${wanted}`, `${wanted}x`, `x,${wanted},y`, [`x${wanted}`]],
  },
  {
    name: 'other-type',
    source: 'CWE-843',
    change: (wanted) => [Number(wanted), Boolean(wanted), !wanted, 1, 0, '1', '0'],
  },
  { name: 'nothing', source: 'CWE-697', change: () => [undefined, null, '', 0, false, [], {}] },
  {
    name: 'nested',
    source: 'CWE-843',
    change: (wanted) => [[[wanted]], { 0: wanted, length: 1 }, { [String(wanted)]: true }],
  },
  { name: 'list', source: 'RFC 7519 4', change: (wanted) => [[wanted], ['other', wanted], [null, wanted], ['other']] },
  { name: 'alone', source: 'RFC 7519 4', change: (wanted) => [wanted] },
]

const rules: Attack[] = values.map(({ name, source, change }) => ({
  name: `rule-${name}`,
  class: 'claims',
  source,
  build(world) {
    const steps = world.visitors.flatMap((visitor) =>
      rulesOf(visitor, world).flatMap(([reference, rule]) =>
        wantedBy(rule).flatMap((wanted) =>
          change(wanted).map((value) => {
            const token = issuedToken(world, visitor, claimChanges(visitor.claims, reference, value))
            return request(world, { uri: visitor.granted[0], token })
          }),
        ),
      ),
    )
    return steps.length === 0 ? null : { steps }
  },
}))

function rulesOf({ issuer, route }: Visitor, { policy }: World): [string, ClaimRule][] {
  return [...Object.entries(issuer.provider.claims), ...Object.entries(policy.routes[route]?.claims ?? {})]
}

function wantedBy(rule: ClaimRule): unknown[] {
  return [typeof rule === 'object' && 'contains' in rule ? rule.contains : rule].flat()
}

/** `scope` and `scp` in the place of those of a good token; `wanted` are the route's. */
const scopes: readonly {
  name: string
  members: (wanted: readonly string[]) => readonly { scope?: unknown; scp?: unknown }[]
}[] = [
  { name: 'none', members: () => [{}, { scope: '' }, { scope: 'openid' }, { scope: null }, { scp: [] }] },
  { name: 'some', members: (wanted) => wanted.map((one) => ({ scope: one })) },
  {
    name: 'around',
    members: (wanted) => [
      { scope: wanted.map((one) => `x${one}`).join(' ') },
      { scope: wanted.map((one) => `${one}x`).join(' ') },
      { scope: wanted.join('') },
      { scope: [wanted.join(' x')] },
    ],
  },
  {
    name: 'other-separator',
    members: (wanted) => [
      { scope: ['x', ...wanted].join(',') },
      { scope: ['x', ...wanted].join('\t') },
      { scope: `x+${wanted.join('+')}` },
    ],
  },
  { name: 'other-case', members: (wanted) => [{ scope: wanted.join(' ').toUpperCase() }] },
  {
    name: 'beside',
    members: (wanted) => [
      { scope: 'openid', scp: wanted },
      { scope: null, scp: wanted },
      { scope: '', scp: wanted.join(' ') },
      { scope: wanted.slice(1).join(' '), scp: wanted.slice(0, 1) },
    ],
  },
  {
    name: 'odd',
    members: (wanted) => [{ scope: [wanted] }, { scope: { 0: wanted[0], length: 1 } }, { scope: [wanted.join(' ')] }],
  },
  {
    name: 'good',
    members: (wanted) => [
      { scope: wanted.join(' ') },
      { scope: ['openid', ...wanted.toReversed(), 'email'].join(' ') },
      { scope: wanted },
      { scp: wanted },
      { scp: wanted.join(' ') },
    ],
  },
]

const scopeAttacks: Attack[] = scopes.map(({ name, members }) => ({
  name: `scope-${name}`,
  class: name === 'good' ? 'benign' : 'claims',
  source: 'RFC 6750 3.1',
  build(world) {
    const steps = world.visitors.flatMap((visitor) => {
      const wanted = world.policy.routes[visitor.route]?.scopes
      if (!wanted) return []
      return members(wanted).map((changes) => {
        const token = issuedToken(world, visitor, { scope: undefined, scp: undefined, ...changes })
        return request(world, { uri: visitor.granted[0], token })
      })
    })
    return steps.length === 0 ? null : { steps }
  },
}))

export const claimRuleAttacks = rules
export const scopeRightAttacks = scopeAttacks
