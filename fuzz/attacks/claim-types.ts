/** Truly signed claims that are missing or of another type than the decision needs (RFC 7519 4.1, CWE-843). */

import { withDefaults } from '../../config/policy-defaults.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { issuedToken } from './tokens.ts'

/** What stands in for a claim's value; `value` is the good one. */
const replacements: readonly { name: string; replace: (value: unknown) => unknown }[] = [
  { name: 'missing', replace: () => undefined },
  { name: 'null', replace: () => null },
  { name: 'empty', replace: () => '' },
  { name: 'array-of-it', replace: (value) => [value] },
  { name: 'array-with-more', replace: (value) => ['other', value, 'another'] },
  { name: 'empty-array', replace: () => [] },
  { name: 'nested-array', replace: (value) => [[value]] },
  { name: 'object', replace: () => ({}) },
  { name: 'object-keyed-by-it', replace: (value) => ({ [String(value)]: true }) },
  { name: 'array-like', replace: (value) => ({ 0: value, length: 1 }) },
  { name: 'object-with-to-string', replace: (value) => ({ toString: value, value }) },
  { name: 'true', replace: () => true },
  { name: 'false', replace: () => false },
  { name: 'zero', replace: () => 0 },
  { name: 'number', replace: () => 1e308 },
  { name: 'text-of-it', replace: (value) => JSON.stringify(value) },
  { name: 'longer', replace: (value) => `${String(value)}x` },
  { name: 'longer-before', replace: (value) => `x${String(value)}` },
  { name: 'first-letter', replace: (value) => String(value).slice(0, 1) },
  { name: 'other-case', replace: (value) => swapCase(String(value)) },
  { name: 'space-around', replace: (value) => ` ${String(value)} ` },
  { name: 'undefined-text', replace: () => 'undefined' },
  { name: 'null-text', replace: () => 'null' },
  { name: 'object-text', replace: () => '[object Object]' },
  { name: 'wildcard', replace: () => '*' },
  { name: 'pattern', replace: () => '.*' },
  { name: 'lone-surrogate', replace: (value) => `${String(value)}\ud800` },
]

/** Under which claims the same is done; each is one attack with each replacement. */
const targets: readonly { name: string; claims: (world: World) => readonly string[] }[] = [
  ...['iss', 'sub', 'aud', 'client_id', 'token_use', 'cognito:groups'].map((claim) => ({
    name: claim.replaceAll(/[:_]/g, '-'),
    claims: (world: World) => (decides(world, claim) ? [claim] : []),
  })),
  { name: 'in-a-path', claims: captured },
  { name: 'required', claims: ({ policy }) => policy.requiredClaims ?? [] },
]

function captured({ policy }: World): string[] {
  const names = policy.routes.flatMap(({ path }) =>
    [...path.matchAll(/\{claim:([^}]+)\}/g)].map(([, name]) => name ?? ''),
  )
  return [...new Set(names)]
}

/** Whether a claim has a part in this policy's decisions. */
function decides({ policy }: World, claim: string): boolean {
  const { tokenUse } = withDefaults(policy)
  if (claim === 'iss') return true
  if (claim === 'token_use') return tokenUse !== null
  if (claim === 'client_id') return tokenUse === 'access'
  if (claim === 'aud') return tokenUse !== 'access'
  const paths = policy.routes.map(({ path, groups }) => `${path}${groups ? '{group}' : ''}`).join('')
  return paths.includes(claim === 'sub' ? '{sub}' : '{group}')
}

/** Visitors whose paths the claim is part of; one where it decides the same for each. */
function affected({ visitors }: World, claim: string): readonly Visitor[] {
  return claim === 'sub' || claim === 'cognito:groups' || claim.includes(':') ? visitors : visitors.slice(0, 1)
}

const deciding: Attack[] = replacements.flatMap(({ name, replace }) =>
  targets.map(({ name: target, claims }) => ({
    name: `claim-${target}-${name}`,
    class: 'claims' as const,
    source: 'RFC 7519 4.1',
    build(world: World) {
      const steps = claims(world).flatMap((claim) =>
        affected(world, claim).map((visitor) => {
          const token = issuedToken(world, visitor, { [claim]: replace(visitor.claims[claim]) })
          return request(world, { uri: visitor.granted[0], token })
        }),
      )
      return steps.length === 0 ? null : { steps }
    },
  })),
)

/** Claims that decide nothing, all at once. */
const bystanders: Attack[] = replacements.map(({ name, replace }) => ({
  name: `claim-others-${name}`,
  class: 'claims',
  source: 'RFC 7519 4.3',
  build(world) {
    const [visitor] = world.visitors
    const names = ['scope', 'jti', 'version', 'event_id', 'origin_jti', 'unheard-of']
    const changes = Object.fromEntries(names.map((claim) => [claim, replace(visitor.claims[claim])]))
    return { steps: [request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor, changes) })] }
  },
}))

/** Values that would harm a header or a log line into which a handler copies a claim; the token is good all the same. */
const harmful: readonly { name: string; source: string; value: string }[] = [
  { name: 'header-line', source: 'CWE-113', value: 'visitor\r\nx-admin: true' },
  { name: 'line-feed', source: 'CWE-113', value: 'visitor\nx' },
  { name: 'nul', source: 'CWE-158', value: 'visitor\u0000x' },
  { name: 'log-line', source: 'CWE-117', value: 'visitor\n{"decision":"allow"}' },
  { name: 'non-ascii', source: 'RFC 9110 5.5', value: 'visit\u00f6r \u{1f512}' },
  { name: 'long', source: 'CWE-400', value: 'v'.repeat(3000) },
]

const copied = ['username', 'cognito:username', 'email', 'name', 'preferred_username', 'nickname', 'picture', 'scope']

const forwarded: Attack[] = harmful.map(({ name, source, value }) => ({
  name: `claim-forwarded-${name}`,
  class: 'claims',
  source,
  build(world) {
    const used = new Set([...captured(world), ...(world.policy.requiredClaims ?? [])])
    const changes = Object.fromEntries(copied.filter((claim) => !used.has(claim)).map((claim) => [claim, value]))
    const steps = world.visitors.map((visitor) =>
      request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor, changes) }),
    )
    return { steps }
  },
}))

export const claimTypeAttacks = deciding
export const bystanderClaimAttacks = bystanders
export const forwardedClaimAttacks = forwarded

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
}
