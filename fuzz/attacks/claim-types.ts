/** Truly signed claims that are missing or of another type than the decision needs (RFC 7519 4.1, CWE-843). */
import type { Attack, World } from '../case.ts'
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

const registered = [
  'iss',
  'sub',
  'aud',
  'client_id',
  'token_use',
  'cognito:groups',
  'scope',
  'jti',
  'username',
] as const

/** What decides under this policy, and what should not. */
function claimNames({ policy }: World): string[] {
  const captured = policy.routes.flatMap(({ path }) =>
    [...path.matchAll(/\{claim:([^}]+)\}/g)].map(([, name]) => name ?? ''),
  )
  return [...new Set([...captured, ...(policy.requiredClaims ?? [])])]
}

function withClaim(
  claim: (world: World) => readonly string[],
  name: string,
  replace: (value: unknown) => unknown,
): Attack {
  return {
    name,
    class: 'claims',
    source: 'RFC 7519 4.1',
    build(world) {
      const claims = claim(world)
      if (claims.length === 0) return null
      const steps = claims.flatMap((member) =>
        affected(world, member).map((visitor) => {
          const token = issuedToken(world, visitor, { [member]: replace(visitor.claims[member]) })
          return request(world, { uri: visitor.granted[0], token })
        }),
      )
      return { steps }
    },
  }
}

/** All visitors where the claim may be part of a path, one where it decides the same for each. */
function affected({ visitors }: World, claim: string) {
  return claim === 'sub' || claim === 'cognito:groups' ? visitors : visitors.slice(0, 1)
}

export const claimTypeAttacks = replacements.flatMap(({ name, replace }) => [
  ...registered.map((claim) => withClaim(() => [claim], `claim-${claim.replaceAll(/[:_]/g, '-')}-${name}`, replace)),
  withClaim(claimNames, `claim-of-policy-${name}`, replace),
])

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
}
