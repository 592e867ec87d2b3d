/** Truly signed claims that are missing or of another type than the decision needs (RFC 7519 4.1, CWE-843). */
import type { Route } from '../../authorizer/policy.ts'
import { capturedClaims, oneOfEachIssuer } from '../world/make-world.ts'
import { claimAt, claimChanges } from '../world/provider-claims.ts'
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
const places: readonly {
  name: string
  /** It decides the same on each route: one visitor of an issuer stands for all. */
  isOnce?: true
  claims: (visitor: Visitor, route: Route | undefined) => readonly string[]
}[] = [
  { name: 'iss', isOnce: true, claims: () => ['iss'] },
  { name: 'sub', claims: (_visitor, route) => (route?.path.includes('{sub}') ? ['sub'] : []) },
  {
    name: 'aud',
    isOnce: true,
    claims: ({ issuer: { provider } }) => (provider.clientClaim === 'aud' || provider.audiences ? ['aud'] : []),
  },
  {
    name: 'token-use',
    isOnce: true,
    claims: ({ issuer: { provider } }) => (provider.tokenUse === null ? [] : ['token_use']),
  },
  {
    name: 'client',
    isOnce: true,
    claims: ({ issuer: { provider } }) => [provider.clientClaim].filter((claim) => claim !== 'aud'),
  },
  {
    name: 'groups',
    claims: ({ issuer: { provider } }, route) => (usesGroups(route) ? [provider.groupsClaim.claim] : []),
  },
  { name: 'in-a-path', claims: (_visitor, route) => (route ? capturedClaims(route) : []) },
  { name: 'required', isOnce: true, claims: ({ issuer }) => issuer.provider.requiredClaims },
  { name: 'in-a-rule', claims: ({ issuer }, route) => Object.keys({ ...issuer.provider.claims, ...route?.claims }) },
  { name: 'scope', claims: (_visitor, route) => (route?.scopes ? ['scope'] : []) },
]

/** Claims that decide about this visitor's paths. */
function deciding(visitor: Visitor, route: Route | undefined): string[] {
  return places.flatMap(({ claims }) => claims(visitor, route))
}

function usesGroups(route: Route | undefined): boolean {
  return route?.groups !== undefined || (route?.path.includes('{group}') ?? false)
}

const replaced: Attack[] = replacements.flatMap(({ name, replace }) =>
  places.map(({ name: place, isOnce, claims }) => ({
    name: `claim-${place}-${name}`,
    class: 'claims' as const,
    source: 'RFC 7519 4.1',
    build(world: World) {
      const steps = (isOnce ? oneOfEachIssuer(world) : world.visitors).flatMap((visitor) =>
        claims(visitor, world.policy.routes[visitor.route]).map((claim) => {
          const changes = claimChanges(visitor.claims, claim, replace(claimAt(visitor.claims, claim)))
          return request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor, changes) })
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
    const steps = world.visitors.map((visitor) => {
      const used = deciding(visitor, world.policy.routes[visitor.route])
      const changes = Object.fromEntries(copied.filter((claim) => !used.includes(claim)).map((claim) => [claim, value]))
      return request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor, changes) })
    })
    return { steps }
  },
}))

export const claimTypeAttacks = replaced
export const bystanderClaimAttacks = bystanders
export const forwardedClaimAttacks = forwarded

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
}
