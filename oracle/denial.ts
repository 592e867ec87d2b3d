/** What our own response to a request that does not pass has to be (SEMANTICS.md, "Deny" and `paths/slash`). */
import type { ViewerRequest } from '../authorizer/cloudfront.ts'
import type { Policy } from '../authorizer/policy.ts'
import { loginLocations } from './login-location.ts'
import { isNavigation } from './navigation.ts'
import { contentSecurityPolicy } from './page-security.ts'
import type { DenialClass, Verdict } from './verdict.ts'

export interface ExpectedResponse {
  status: string
  /** One of these, or none at all where it is empty. */
  locations: readonly string[]
  /** Empty: none. */
  body: string
  contentType?: string
  /** The body is a page of ours that the policy does not hold (`sign-in/forbidden`). */
  isOwnPage?: true
  /** Absent: nothing is said of it. */
  contentSecurityPolicy?: string
}

/** One, or as many as the verdict leaves open. */
export function expectedResponses(policy: Policy, request: ViewerRequest, verdict: Verdict): ExpectedResponse[] {
  const { slash } = verdict
  if (slash === undefined) return expectedDenials(policy, request, verdict)
  const redirect = { status: '302', locations: [slash.location], body: '' }
  if (slash.verdict.ours === 'allow') return [redirect]
  const denials = expectedDenials(policy, request, slash.verdict)
  return slash.verdict.ours === 'deny' ? denials : [redirect, ...denials]
}

/** Where no key can be had. */
export function expectedWithoutKeys(status: string): ExpectedResponse {
  return { status, locations: [], body: '', contentSecurityPolicy: contentSecurityPolicy() }
}

/** Whether someone without a good token is sent to log in. */
export function isSentToLogIn(policy: Policy, request: ViewerRequest): boolean {
  const { redirect, redirectOn = 'navigation' } = policy.deny?.unauthenticated ?? {}
  return redirect !== undefined && (redirectOn === 'always' || isNavigation(request))
}

/** The page that the policy has for the class; undefined where it has none. */
export function pageOf(policy: Policy, denial: DenialClass): string | undefined {
  return policy.deny?.[denial]?.page
}

function expectedDenials(policy: Policy, request: ViewerRequest, { denial }: Verdict): ExpectedResponse[] {
  const classes: DenialClass[] = denial === undefined ? ['unauthenticated', 'forbidden'] : [denial]
  return classes.map((one) => expectedDenial(policy, request, one))
}

function expectedDenial(policy: Policy, request: ViewerRequest, denial: DenialClass): ExpectedResponse {
  const { unauthenticated = {}, forbidden = {} } = policy.deny ?? {}
  if (denial === 'unauthenticated' && isSentToLogIn(policy, request)) {
    const locations = loginLocations(unauthenticated, request)
    return { status: '302', locations, body: '', contentSecurityPolicy: contentSecurityPolicy() }
  }
  const status = denial === 'unauthenticated' ? (unauthenticated.status ?? 401) : (forbidden.status ?? 403)
  const page = pageOf(policy, denial)
  if (policy.signIn && denial === 'forbidden' && page === undefined) {
    return { status: String(status), locations: [], body: '', isOwnPage: true }
  }
  return {
    status: String(status),
    locations: [],
    body: request.method === 'HEAD' ? '' : (page ?? ''),
    ...(page === undefined ? {} : { contentType: 'text/html; charset=utf-8' }),
    contentSecurityPolicy: contentSecurityPolicy(page),
  }
}
