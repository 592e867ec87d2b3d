/** Whether a verified payload has a route's right (SEMANTICS.md, "Claims" and "Paths"). */
import { createHash } from 'node:crypto'
import type { Policy } from '../authorizer/policy.ts'

import { bestMatch, type Match } from './route-match.ts'

export type Grant = 'public' | 'granted' | 'no-route' | 'no-right'

/** `claims` null: nobody is known to ask, so only public routes are granted. */
export function grantOf(policy: Policy, segments: readonly string[], claims: Claims | null): Grant {
  const match = bestMatch(policy.routes, segments)
  if (match === null) return 'no-route'
  if (match.route.public) return 'public'
  return claims !== null && hasRight(match, segments, claims) ? 'granted' : 'no-right'
}

function hasRight({ route, parts }: Match, segments: readonly string[], claims: Claims): boolean {
  const groups = groupsOf(claims)
  if (route.groups && !route.groups.some((group) => groups.includes(group))) return false
  return parts.every((part, index) => {
    if (part.kind === 'literal' || part.kind === 'rest') return true
    const values = part.kind === 'group' ? groups : part.kind === 'sub' ? [claims.sub] : [own(claims, part.name)]
    return values.some((value) => {
      if (typeof value !== 'string' || value === '' || !value.isWellFormed()) return false
      const expected = route.hash ? createHash(route.hash).update(value, 'utf8').digest('hex') : value
      return segments[index] === expected
    })
  })
}

/** The first required claim that is absent or null, whatever its type. */
export function missingClaim({ requiredClaims = [] }: Policy, claims: Claims): string | undefined {
  return requiredClaims.find((name) => own(claims, name) === undefined || claims[name] === null)
}

/** The groups, or none where the claim is anything but an array of strings. */
function groupsOf(claims: Claims): string[] {
  const groups = own(claims, 'cognito:groups')
  return groupsAreSound(groups) && groups !== undefined ? groups : []
}

export function groupsAreSound(groups: unknown): groups is string[] | undefined {
  return groups === undefined || (Array.isArray(groups) && groups.every((group) => typeof group === 'string'))
}

export function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

export type Claims = Record<string, unknown>
