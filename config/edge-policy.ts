import type {
  ClaimCondition,
  ClaimPath,
  Condition,
  CookieName,
  EdgeDenial,
  EdgeIssuer,
  EdgePart,
  EdgePolicy,
  EdgeProvider,
  EdgeRedirect,
  EdgeRoute,
  EdgeSource,
} from '../authorizer/edge-policy.ts'
import type { ClaimRules, CredentialSource, Policy, Route } from '../authorizer/policy.ts'
import { claimPath } from './claim-reference.ts'
import { denialPage } from './denial-page.ts'
import { toEdgeSignIn } from './edge-sign-in.ts'
import { type HstsConfig, hstsHeader } from './hsts.ts'
import { type CompletePolicy, type CompleteProvider, completeSource, withDefaults } from './policy-defaults.ts'
import { encodedPath } from './rewrites.ts'
import { type Capture as PatternCapture, type PatternSegment, parsePattern } from './route-pattern.ts'
import { forbiddenPage } from './sign-in-pages.ts'

/**
 * Fills in a policy's defaults and takes its patterns apart. The policy has been checked; strings that may be CloudFormation
 * tokens (infra/checked-props.ts says which) are only ever put together here, never looked into. `hsts` is the site's: browsers keep
 * what the last answer said, a denial's as well as an object's (RFC 6797 8.1).
 */
export function toEdgePolicy(policy: Policy, hsts?: HstsConfig): EdgePolicy {
  const complete = withDefaults(policy)
  const { providers, jwks, clockToleranceSeconds, deny, index, slash, signIn } = complete
  const capturedClaims = createList<ClaimPath>()
  const conditions = createList<Condition>()
  const routes = complete.routes.map((route) => toEdgeRoute(route, providers, capturedClaims, conditions))
  const wildcards = complete.corsOrigins.map((origin) => origin.split('*')).filter(isPair)
  const headers = { ...denialHeaders, 'strict-transport-security': hstsHeader(hsts) }
  const clientIds = [...new Set(providers.flatMap((provider) => provider.clientIds))]
  return {
    providers: providers.map(toEdgeProvider),
    // One that is written out goes before one with a tenant's place.
    issuers: providers.flatMap(toEdgeIssuers).sort((one, other) => Number('tenant' in one) - Number('tenant' in other)),
    sources: complete.credentials.map((source) => toEdgeSource(source, clientIds)),
    capturedClaims: capturedClaims.values,
    conditions: conditions.values,
    jwks: { maxAge: jwks.maxAge * 1000, maxStale: jwks.maxStale * 1000, cooldown: jwks.cooldown * 1000 },
    clockTolerance: clockToleranceSeconds * 1000,
    routes,
    methods: complete.methods,
    denialHeaders: headers,
    corsPreflight: complete.corsPreflight,
    corsOrigins: complete.corsOrigins.filter((origin) => !origin.includes('*')),
    ...(wildcards.length > 0 ? { corsWildcards: wildcards } : {}),
    unauthenticated: { ...toEdgeDenial(deny.unauthenticated), ...toEdgeRedirect(deny.unauthenticated) },
    forbidden: toEdgeDenial({ ...(signIn ? { page: forbiddenPage(signIn) } : {}), ...deny.forbidden }),
    ...(index === undefined ? {} : { index: encodeURIComponent(index) }),
    ...(slash === undefined ? {} : { slash: true }),
    ...(signIn === undefined ? {} : { signIn: toEdgeSignIn(signIn, providers, routes, headers) }),
  }
}

/** No denial is cached, sniffed or run as anything. */
const denialHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
}

function isPair(parts: readonly string[]): parts is [string, string] {
  return parts.length === 2
}

/** Values that are listed once, however often they are asked for. */
interface List<T> {
  values: readonly T[]
  /** The value's place, at the end where it is new. */
  placeOf(value: T): number
}

function createList<T>(): List<T> {
  const values: T[] = []
  const places = new Map<string, number>()
  return {
    values,
    placeOf(value) {
      const text = JSON.stringify(value)
      const place = places.get(text) ?? values.push(value) - 1
      places.set(text, place)
      return place
    },
  }
}

function toEdgeProvider(provider: CompleteProvider): EdgeProvider {
  const { tokenUse, clientIds, clientClaim, audiences, types, algorithms, kid, cnf, groupsClaim } = provider
  const rules = conditionsOf(provider.claims)
  return {
    tokenUse,
    clientIds,
    clientClaim,
    ...(audiences ? { audiences } : {}),
    ...(types ? { types: types.map((type) => type.toLowerCase().replace(/^application\//, '')) } : {}),
    algorithms,
    ...(kid === 'optional' ? { unnamedKeys: true } : {}),
    ...(cnf === 'ignore' ? { unbound: true } : {}),
    groupsClaim: claimPath(groupsClaim.claim),
    ...(groupsClaim.split === undefined ? {} : { groupsSplit: groupsClaim.split }),
    requiredClaims: provider.requiredClaims.map(claimPath),
    ...(rules.length > 0 ? { rules } : {}),
  }
}

function toEdgeIssuers({ issuers, tenants }: CompleteProvider, provider: number): EdgeIssuer[] {
  return issuers.map(({ issuer, jwksUri }) => {
    const [before = '', after] = issuer.split('{tid}')
    if (after === undefined) return { issuer, jwksUri, provider }
    return {
      issuer: before,
      tenant: { after, ...(tenants === 'any' ? {} : { allowed: tenants }) },
      jwksUri,
      provider,
    }
  })
}

function toEdgeSource(source: CredentialSource, clientIds: readonly string[]): EdgeSource {
  const complete = completeSource(source)
  if ('header' in complete) {
    const { header, scheme } = complete
    return { header: header.toLowerCase(), ...(scheme === null ? {} : { scheme }) }
  }
  const { cookie, chunks } = complete
  return {
    cookies: cookieNames(cookie, clientIds),
    ...(chunks ? { chunks } : {}),
    ...(cookie.includes('{lastUser}') ? { lastUser: true as const } : {}),
  }
}

/** `{client}` stands for each client id, and the one `*`, or `{lastUser}`, for any run of characters. */
function cookieNames(name: string, clientIds: readonly string[]): CookieName[] {
  const [before = '', after] = name.replace('{lastUser}', '*').split('*')
  const clients = name.includes('{client}') ? clientIds : ['']
  return clients.map((client) => {
    const prefix = before.replaceAll('{client}', () => client)
    return after === undefined ? [prefix] : [prefix, after.replaceAll('{client}', () => client)]
  })
}

function toEdgeRoute(
  route: Route,
  providers: CompletePolicy['providers'],
  capturedClaims: List<ClaimPath>,
  conditions: List<Condition>,
): EdgeRoute {
  const { path, public: isPublic, hash, groups, provider, app } = route
  const pattern = parsePattern(path)
  const segments = pattern.flatMap((segment) => (segment.kind === 'rest' ? [] : toEdgeSegment(segment, capturedClaims)))
  const asked = [...(route.scopes ?? []).map((scope) => ({ scope })), ...conditionsOf(route.claims ?? {})]
  const trusted = provider === undefined ? [] : [provider].flat()
  return {
    segments,
    ...(pattern.length > segments.length ? { rest: true } : {}),
    ...(isPublic ? { public: true } : {}),
    ...(app === undefined ? {} : { app: encodedPath(app) }),
    ...(hash ? { hash } : {}),
    ...(groups ? { groups } : {}),
    ...(route.scopes ? { scopes: route.scopes } : {}),
    ...(asked.length > 0 ? { conditions: asked.map((condition) => conditions.placeOf(condition)) } : {}),
    ...(trusted.length > 0
      ? { providers: trusted.map((name) => providers.findIndex((one) => one.name === name)) }
      : {}),
  }
}

function conditionsOf(rules: ClaimRules): ClaimCondition[] {
  return Object.entries(rules).map(([reference, rule]) => {
    const claim = claimPath(reference)
    return typeof rule === 'object' && 'contains' in rule
      ? { claim, values: [rule.contains].flat(), list: true }
      : { claim, values: [rule].flat() }
  })
}

function toEdgeSegment(
  segment: Exclude<PatternSegment, { kind: 'rest' }>,
  capturedClaims: List<ClaimPath>,
): string | EdgePart {
  if (segment.kind === 'literal') return segment.text
  const { prefix, suffix } = segment
  return {
    ...(segment.kind === 'any' ? { any: true } : toEdgeCapture(segment.capture, capturedClaims)),
    ...(prefix || suffix ? { prefix, suffix } : {}),
  }
}

function toEdgeCapture(capture: PatternCapture, capturedClaims: List<ClaimPath>): EdgePart {
  if (capture.kind === 'group') return {}
  return { claim: capturedClaims.placeOf(capture.kind === 'sub' ? 'sub' : claimPath(capture.name)) }
}

function toEdgeDenial({ status, page }: { status: number; page?: string }): EdgeDenial {
  return { status, ...(page === undefined ? {} : { page: denialPage(page) }) }
}

function toEdgeRedirect(denial: CompletePolicy['deny']['unauthenticated']): EdgeRedirect {
  const { redirect, redirectOn, returnTo, returnQuery } = denial
  if (redirect === undefined) return {}
  return {
    location: redirect,
    ...(redirectOn === 'always' ? { always: true } : {}),
    ...(returnTo === undefined ? {} : { returnPrefix: `${redirect}${redirect.includes('?') ? '&' : '?'}${returnTo}=` }),
    ...(returnTo !== undefined && returnQuery ? { returnQuery } : {}),
  }
}
