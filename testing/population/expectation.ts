/** What must come back for a path and a token: the oracle's reading of the policy, which shares no code with the authorizer. */
import type { Policy, Route } from '../../authorizer/policy.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import type { Claims } from '../../oracle/claim-reference.ts'
import { brokenRule, grantOf, missingClaim } from '../../oracle/grants.ts'
import { readPath } from '../../oracle/path-readings.ts'
import { providersOf } from '../../oracle/policy-defaults.ts'
import { bestMatch } from '../../oracle/route-match.ts'
import { providerClaims } from '../provider-claims.ts'

/** Who asks, as far as a policy looks. */
export interface Identity {
  sub: string
  groups: readonly string[]
  claims: Readonly<Record<string, string>>
}

export type Outcome = 'allow' | 'unauthenticated' | 'forbidden'

/** The outcome for a well-formed path and a token that verifies, or none. */
export function expectedOutcome(policy: Policy, path: string, identity: Identity | null): Outcome {
  const [provider] = providersOf(policy)
  // All users of a run are the first provider's.
  const bearer = identity && provider ? { provider, claims: claimsOf(policy, identity) } : null
  const grant = grantOf(policy, segmentsOf(path), bearer)
  if (grant === 'public') return 'allow'
  if (grant === 'no-route') return 'forbidden'
  if (bearer === null) return 'unauthenticated'
  const lacks = missingClaim(bearer.provider, bearer.claims) ?? brokenRule(bearer.provider.claims, bearer.claims)
  return grant === 'granted' && lacks === undefined ? 'allow' : 'forbidden'
}

/** The status codes that a denial may have. A load's requests are no navigations, which alone are sent to log in by default. */
export function expectedStatuses(policy: Policy, outcome: Exclude<Outcome, 'allow'>): number[] {
  const { unauthenticated, forbidden } = withDefaults(policy).deny
  if (outcome === 'forbidden') return [forbidden.status]
  const isRedirect = unauthenticated.redirect !== undefined && unauthenticated.redirectOn === 'always'
  return [isRedirect ? 302 : unauthenticated.status]
}

/** The route that decides a path. */
export function routeOf(policy: Policy, path: string): Route | undefined {
  return bestMatch(policy.routes, segmentsOf(path))?.route
}

function segmentsOf(path: string): readonly string[] {
  return readPath(path).readings[0] ?? []
}

/** What every Cognito access token has, and what is the identity's own. */
function claimsOf(policy: Policy, { sub, groups, claims }: Identity): Claims {
  const always = ['iss', 'exp', 'iat', 'client_id', 'token_use', 'jti', 'scope', 'username', 'version']
  const [provider] = withDefaults(policy).providers
  return {
    ...Object.fromEntries(always.map((name) => [name, 'present'])),
    ...providerClaims(provider, { claims, ...(groups.length > 0 ? { groups } : {}) }),
    sub,
  }
}
