/**
 * What must come back for a path and a token, from the policy's text alone. Deliberately not the authorizer's route
 * matcher: this one is slow and plain, so that the two can disagree.
 */
import { createHash } from 'node:crypto'
import type { Policy, Route } from '../../authorizer/policy.ts'
import { type Capture, type PatternSegment, parsePattern } from '../../config/route-pattern.ts'

/** Who asks, as far as a policy looks. */
export interface Identity {
  sub: string
  groups: readonly string[]
  claims: Readonly<Record<string, string>>
}

export type Outcome = 'allow' | 'unauthenticated' | 'forbidden'

/** The outcome for a well-formed path and a token that verifies, or none. */
export function expectedOutcome(policy: Policy, path: string, identity: Identity | null): Outcome {
  const route = routeOf(policy, path)
  if (!route) return 'forbidden'
  if (route.public) return 'allow'
  if (!identity) return 'unauthenticated'
  if (!hasRequiredClaims(policy, identity)) return 'forbidden'
  return grants(route, decodedSegments(path), identity) ? 'allow' : 'forbidden'
}

/** The status codes that a denial may have. */
export function expectedStatuses(policy: Policy, outcome: Exclude<Outcome, 'allow'>): number[] {
  const denial =
    outcome === 'forbidden'
      ? (policy.deny?.forbidden ?? { status: 403 })
      : (policy.deny?.unauthenticated ?? { status: 401 })
  return ['redirect' in denial ? 302 : denial.status]
}

/** The route that decides a path: of those that match, literal beats capture beats `*`, from the left. */
export function routeOf(policy: Policy, path: string): Route | undefined {
  const segments = decodedSegments(path)
  return policy.routes
    .filter((route) => shapeMatches(parsePattern(route.path), segments))
    .sort((a, b) => (precedence(a) < precedence(b) ? -1 : 1))[0]
}

function decodedSegments(path: string): string[] {
  return path.slice(1).split('/').map(decodeURIComponent)
}

function shapeMatches(pattern: readonly PatternSegment[], segments: readonly string[]): boolean {
  const open = pattern.at(-1)?.kind === 'rest'
  if (open ? segments.length < pattern.length : segments.length !== pattern.length) return false
  return pattern.every(
    (part, index) =>
      part.kind === 'rest' || (part.kind === 'literal' ? part.text === segments[index] : segments[index] !== ''),
  )
}

function precedence(route: Route): string {
  const order = { literal: '0', capture: '1', rest: '2' }
  return parsePattern(route.path)
    .map((part) => order[part.kind])
    .join('')
}

function grants(route: Route, segments: readonly string[], identity: Identity): boolean {
  if (route.groups && !route.groups.some((group) => identity.groups.includes(group))) return false
  return parsePattern(route.path).every(
    (part, index) =>
      part.kind !== 'capture' ||
      captureValues(part.capture, identity).some((value) => segmentFor(route, value) === segments[index]),
  )
}

/** What a capture may hold for an identity. */
export function captureValues(capture: Capture, identity: Identity): readonly string[] {
  if (capture.kind === 'claim') {
    const value = identity.claims[capture.name]
    return value === undefined ? [] : [value]
  }
  return capture.kind === 'sub' ? [identity.sub] : identity.groups
}

/** The decoded segment in which a route expects a value: itself, or its digest. */
export function segmentFor(route: Route, value: string): string {
  return route.hash === undefined ? value : createHash(route.hash).update(value, 'utf8').digest('hex')
}

function hasRequiredClaims(policy: Policy, identity: Identity): boolean {
  const always = ['sub', 'iss', 'exp', 'iat', 'client_id', 'token_use', 'jti', 'scope', 'username', 'version']
  return (policy.requiredClaims ?? []).every((claim) =>
    claim === 'cognito:groups' ? identity.groups.length > 0 : always.includes(claim) || claim in identity.claims,
  )
}
