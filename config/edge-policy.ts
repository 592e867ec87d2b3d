import type { Capture, CookieName, EdgePolicy, EdgeRoute } from '../authorizer/edge-policy.ts'
import type { Denial, Policy, Route } from '../authorizer/policy.ts'
import { withDefaults } from './policy-defaults.ts'
import { type Capture as PatternCapture, parsePattern } from './route-pattern.ts'

/**
 * Fills in a policy's defaults and takes its patterns apart. The policy has been checked; strings that may be CloudFormation
 * tokens (infra/checked-props.ts says which) are only ever put together here, never looked into.
 */
export function toEdgePolicy(policy: Policy): EdgePolicy {
  const complete = withDefaults(policy)
  const { credentials, jwks, clockToleranceSeconds, deny } = complete
  const capturedClaims: string[] = []
  const routes = complete.routes.map((route) => toEdgeRoute(route, capturedClaims))
  return {
    issuers: complete.issuers,
    ...(credentials === 'header' ? {} : { cookies: cookieNames(credentials.cookie, policy.clientIds) }),
    clientIds: complete.clientIds,
    tokenUse: complete.tokenUse,
    requiredClaims: complete.requiredClaims,
    capturedClaims,
    algorithms: complete.algorithms,
    jwks: { maxAge: jwks.maxAge * 1000, maxStale: jwks.maxStale * 1000, cooldown: jwks.cooldown * 1000 },
    clockTolerance: clockToleranceSeconds * 1000,
    routes,
    methods: complete.methods,
    corsPreflight: complete.corsPreflight,
    corsOrigins: complete.corsOrigins,
    unauthenticated: unauthenticatedResponse(deny.unauthenticated),
    forbidden: deny.forbidden,
  }
}

/** Adds the claims that the route captures, where they are new, to `capturedClaims`. */
function toEdgeRoute({ path, public: isPublic, hash, groups }: Route, capturedClaims: string[]): EdgeRoute {
  const pattern = parsePattern(path)
  const segments: (string | Capture)[] = []
  for (const segment of pattern) {
    if (segment.kind === 'literal') segments.push(segment.text)
    else if (segment.kind === 'capture') segments.push(toEdgeCapture(segment.capture, capturedClaims))
  }
  return {
    segments,
    ...(pattern.length > segments.length ? { rest: true } : {}),
    ...(isPublic ? { public: true } : {}),
    ...(hash ? { hash } : {}),
    ...(groups ? { groups } : {}),
  }
}

/** `{client}` stands for each client id, and the one `*` for any run of characters. */
function cookieNames(name: string, clientIds: readonly string[]): CookieName[] {
  const [before = '', after] = name.split('*')
  const clients = name.includes('{client}') ? clientIds : ['']
  return clients.map((client) => {
    const prefix = before.replaceAll('{client}', () => client)
    return after === undefined ? [prefix] : [prefix, after.replaceAll('{client}', () => client)]
  })
}

function toEdgeCapture(capture: PatternCapture, capturedClaims: string[]): Capture {
  if (capture.kind === 'group') return {}
  const name = capture.kind === 'sub' ? 'sub' : capture.name
  if (!capturedClaims.includes(name)) capturedClaims.push(name)
  return { claim: capturedClaims.indexOf(name) }
}

function unauthenticatedResponse(denial: Denial): EdgePolicy['unauthenticated'] {
  if ('status' in denial) return denial
  const { redirect, returnTo } = denial
  if (returnTo === undefined) return { status: 302, location: redirect }
  return {
    status: 302,
    location: redirect,
    returnPrefix: `${redirect}${redirect.includes('?') ? '&' : '?'}${returnTo}=`,
  }
}
