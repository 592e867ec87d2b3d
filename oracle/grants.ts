/** Whether a verified payload has a route's right, and what its provider asks of it (SEMANTICS.md, "Claims" and "Paths"). */
import { createHash } from 'node:crypto'
import type { ClaimRule, ClaimRules, ClaimValue, Policy, Route } from '../authorizer/policy.ts'
import { type Claims, claimAt, own } from './claim-reference.ts'
import type { JudgedProvider } from './policy-defaults.ts'
import { bestMatch, type Match, type Open, openSpan } from './route-match.ts'

/** Who asks: a token that verifies. */
export interface Bearer {
  provider: JudgedProvider
  claims: Claims
}

/** `wrong-provider` and what follows it: the route's right that the bearer lacks. */
export type Grant = 'public' | 'granted' | 'no-route' | 'wrong-provider' | 'no-right' | 'no-scope' | 'wrong-claim'

/** `bearer` null: nobody is known to ask, so only public routes are granted. */
export function grantOf(policy: Policy, segments: readonly string[], bearer: Bearer | null): Grant {
  const match = bestMatch(policy.routes, segments)
  if (match === null) return 'no-route'
  const { route } = match
  if (route.public) return 'public'
  if (bearer === null) return 'no-right'
  if (route.provider !== undefined && ![route.provider].flat().includes(bearer.provider.name)) return 'wrong-provider'
  if (!hasRight(match, segments, bearer)) return 'no-right'
  if (!hasScopes(route, bearer.claims)) return 'no-scope'
  return brokenRule(route.claims ?? {}, bearer.claims) === undefined ? 'granted' : 'wrong-claim'
}

function hasRight({ route, parts }: Match, segments: readonly string[], bearer: Bearer): boolean {
  const groups = groupsOf(bearer)
  if (route.groups && !route.groups.some((group) => groups.includes(group))) return false
  return parts.every((part, index) => {
    if (part.kind !== 'between' || part.open.kind === 'any') return true
    const segment = segments[index] ?? ''
    const span = openSpan(part, segment)
    return valuesOf(part.open, bearer, groups).some((value) => {
      if (value === '' || !value.isWellFormed()) return false
      const expected = route.hash ? createHash(route.hash).update(value, 'utf8').digest('hex') : value
      return span !== null && segment.slice(span.from, span.to) === expected
    })
  })
}

/** What a capture may stand for. */
function valuesOf(open: Open, { claims }: Bearer, groups: readonly string[]): string[] {
  if (open.kind === 'group') return [...groups]
  if (open.kind === 'sub') {
    const sub = own(claims, 'sub')
    return typeof sub === 'string' ? [sub] : []
  }
  if (open.kind !== 'claim') return []
  const claim = claimAt(claims, open.reference)
  return (Array.isArray(claim) ? claim : [claim]).flatMap((value) => {
    if (typeof value === 'string') return [value]
    return Number.isSafeInteger(value) ? [BigInt(value).toString()] : []
  })
}

/** RFC 9068 2.2.3: `scope` is one string; others write an array, or `scp`. */
export function scopesOf(claims: Claims): unknown[] {
  const claim = own(claims, Object.hasOwn(claims, 'scope') ? 'scope' : 'scp')
  return typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
}

function hasScopes({ scopes = [] }: Route, claims: Claims): boolean {
  const granted = scopesOf(claims)
  return scopes.every((scope) => granted.includes(scope))
}

/** The first required claim that is absent or null, whatever its type. */
export function missingClaim({ requiredClaims }: JudgedProvider, claims: Claims): string | undefined {
  return requiredClaims.find((reference) => [undefined, null].includes(claimAt(claims, reference) as undefined))
}

/** The first claim that does not satisfy its rule. */
export function brokenRule(rules: ClaimRules, claims: Claims): string | undefined {
  return Object.keys(rules).find((reference) => {
    const rule = rules[reference]
    return rule === undefined || !satisfies(claimAt(claims, reference), rule)
  })
}

function satisfies(claim: unknown, rule: ClaimRule): boolean {
  if (typeof rule === 'object' && 'contains' in rule) return Array.isArray(claim) && satisfies(claim, rule.contains)
  const wanted = [rule].flat() as ClaimValue[]
  const given: unknown[] = Array.isArray(claim) ? claim : [claim]
  return given.some((value) => wanted.some((one) => one === value && !(typeof one === 'string' && !one.isWellFormed())))
}

/** The groups, or none where the claim is of another form. */
function groupsOf({ provider, claims }: Bearer): string[] {
  const { claim, split } = provider.groupsClaim
  const groups = claimAt(claims, claim)
  if (!groupsAreSound(provider, claims) || groups === undefined) return []
  return split === null ? (groups as string[]) : (groups as string).split(split)
}

export function groupsAreSound({ groupsClaim: { claim, split } }: JudgedProvider, claims: Claims): boolean {
  const groups = claimAt(claims, claim)
  if (groups === undefined) return true
  if (split !== null) return typeof groups === 'string'
  return Array.isArray(groups) && groups.every((group) => typeof group === 'string')
}
