/** What a policy may say, and seldom means: dangers that the schema takes, each with the field that says it. */
import type { ClaimReference, ClaimRules, Policy, Route } from '../authorizer/policy.ts'
import { claimPath } from './claim-reference.ts'
import { fieldPath } from './mistakes.ts'
import { type CompletePolicy, type CompleteProvider, withDefaults } from './policy-defaults.ts'
import { type PatternSegment, parsePattern } from './route-pattern.ts'
import { secondsText } from './seconds-text.ts'
import { type SiteWarningId, siteWarnings } from './site-checks.ts'
import { isWrittenByUsers } from './user-attributes.ts'

export type WarningId =
  | SiteWarningId
  | 'writable-claim'
  | 'empty-required-claim'
  | 'attribute-type'
  | 'any-tenant'
  | 'kid-optional'
  | 'cnf-ignored'
  | 'cognito-algorithms'
  | 'weak-hash'
  | 'wide-public'
  | 'options-without-preflight'
  | 'writing-methods'
  | 'clock-tolerance'
  | 'long-max-age'
  | 'long-max-stale'
  | 'unsealed-session'
  | 'secret-in-code'
  | 'refresh-any'

export interface PolicyWarning {
  /** Stable, for those who acknowledge it. */
  id: WarningId
  /** Its path in the policy: `routes[3].hash`. */
  field: string
  /** What can happen. */
  danger: string
  remedy: string
}

/**
 * The dangers of a policy that has been checked. Texts may be CloudFormation tokens: what they stand for
 * is not known, and none is repeated.
 *
 * @example
 * policyWarnings(policy).map(warningText)
 * // ['routes[3].hash: md5 is broken …; use sha256 … (weak-hash)']
 */
export function policyWarnings(policy: Policy): PolicyWarning[] {
  const complete = withDefaults(policy)
  return [
    ...complete.providers.flatMap((provider) => providerWarnings(policy, complete, provider)),
    ...complete.routes.flatMap((route, index) => routeWarnings(complete, route, index)),
    ...publicWarnings(complete.routes),
    ...fieldWarnings(complete),
    ...signInWarnings(complete),
    ...siteWarnings(policy).map(({ id, field, message, remedy }) => warning(id, field, message, remedy)),
  ]
}

/** One line: the field, what can happen, what to do, and the id. */
export function warningText({ id, field, danger, remedy }: PolicyWarning): string {
  return `${field}: ${danger}; ${remedy} (${id})`
}

function warning(id: WarningId, path: readonly PropertyKey[], danger: string, remedy: string): PolicyWarning {
  return { id, field: fieldPath(path), danger, remedy }
}

function providerWarnings(policy: Policy, complete: CompletePolicy, provider: CompleteProvider): PolicyWarning[] {
  const at = (...path: PropertyKey[]) => (policy.providers ? ['providers', provider.name, ...path] : path)
  const { claims, groupsClaim, requiredClaims, algorithms } = provider
  const warnings = [
    ...writableClaims([groupsClaim.claim], [provider], [claims], () => at('groupsClaim')),
    ...writableClaims(Object.keys(claims), [provider], [claims], (claim) => at('claims', claim)),
    ...requiredClaims.flatMap((claim, index) =>
      isSatisfiedByNothing(claim, provider)
        ? [
            warning(
              'empty-required-claim',
              at('requiredClaims', index),
              'asks only that the claim is there: false, 0, "" and [] satisfy it as well',
              'say in claims what it has to be',
            ),
          ]
        : [],
    ),
    ...attributeTypes(claims, provider, (claim) => at('claims', claim)),
    ...anyTenant(complete, provider, at('tenants')),
  ]
  if (provider.kid === 'optional')
    warnings.push(
      warning(
        'kid-optional',
        at('kid'),
        `a token without kid names no key that could be missed: after a rotation it is judged by the old keys for up to ${secondsText(complete.jwks.maxAge)} (jwks.maxAge)`,
        'leave it out, unless the issuer writes no kid',
      ),
    )
  if (provider.cnf === 'ignore')
    warnings.push(
      warning(
        'cnf-ignored',
        at('cnf'),
        'a token that is bound to a key passes without it, so that who steals the token can use it',
        'leave it out, unless something before the authorizer checks the binding',
      ),
    )
  if (isCognito(provider) && !algorithms.includes('RS256'))
    warnings.push(
      warning(
        'cognito-algorithms',
        at('algorithms'),
        'a Cognito user pool signs with RS256 alone: no token would pass',
        'leave it out',
      ),
    )
  return warnings
}

function anyTenant(
  complete: CompletePolicy,
  provider: CompleteProvider,
  path: readonly PropertyKey[],
): PolicyWarning[] {
  if (provider.tenants !== 'any' || 'tid' in provider.claims) return []
  const exposed = complete.routes.flatMap((route, index) =>
    opens(provider, route) && usesNamesOfTenant(route) && !('tid' in (route.claims ?? {})) ? [`routes[${index}]`] : [],
  )
  if (exposed.length === 0) return []
  return [
    warning(
      'any-tenant',
      path,
      `whoever has a tenant of his own names users, groups and claims there as he likes, and so opens ${someOf(exposed)}`,
      'list the tenants, or give those routes a rule on the claim tid',
    ),
  ]
}

function routeWarnings(complete: CompletePolicy, route: Route, index: number): PolicyWarning[] {
  const { path, hash, claims = {} } = route
  const providers = complete.providers.filter((provider) => opens(provider, route))
  const rules = [claims, ...providers.map((provider) => provider.claims)]
  const captured = capturesOf(path).flatMap((capture) => (capture.kind === 'claim' ? [capture.name] : []))
  const warnings = [
    ...writableClaims(captured, providers, rules, () => ['routes', index, 'path']),
    ...writableClaims(Object.keys(claims), providers, rules, (claim) => ['routes', index, 'claims', claim]),
    ...providers.flatMap((provider) => attributeTypes(claims, provider, (claim) => ['routes', index, 'claims', claim])),
  ]
  if (hash === 'md5' || hash === 'sha1')
    warnings.push(
      warning(
        'weak-hash',
        ['routes', index, 'hash'],
        `two texts of one ${hash} can be made, and a name that can be guessed is found from its digest by trying: the token alone protects this path`,
        'use sha256, and count on no name to stay secret',
      ),
    )
  return warnings
}

function fieldWarnings({ methods, corsPreflight, clockToleranceSeconds, jwks }: CompletePolicy): PolicyWarning[] {
  const warnings: PolicyWarning[] = []
  const writing = methods.filter((method) => ['PUT', 'POST', 'PATCH', 'DELETE'].includes(method))
  if (writing.length > 0)
    warnings.push(
      warning(
        'writing-methods',
        ['methods'],
        `who may read a path may send ${writing.join(', ')} there too, on public routes without a token`,
        'name GET and HEAD alone, unless the origin is meant to be written to',
      ),
    )
  if (methods.includes('OPTIONS') && !corsPreflight)
    warnings.push(
      warning(
        'options-without-preflight',
        ['methods'],
        'OPTIONS needs a token like any other method, and a CORS preflight carries none: browsers will not send the request',
        'write "corsPreflight": true instead',
      ),
    )
  if (clockToleranceSeconds > maxTolerance)
    warnings.push(
      warning(
        'clock-tolerance',
        ['clockToleranceSeconds'],
        `every token, a stolen one too, passes for ${secondsText(clockToleranceSeconds)} after it has expired`,
        "use a few seconds: the edge's clock is right",
      ),
    )
  if (jwks.maxAge > maxMaxAge)
    warnings.push(
      warning(
        'long-max-age',
        ['jwks', 'maxAge'],
        `a key that the issuer withdraws, because it was stolen, is good for up to ${secondsText(jwks.maxAge)}`,
        'use an hour (the default): one request in that time fetches the keys',
      ),
    )
  if (jwks.maxStale > maxMaxStale)
    warnings.push(
      warning(
        'long-max-stale',
        ['jwks', 'maxStale'],
        `while the keys cannot be fetched, a withdrawn one is good for ${secondsText(jwks.maxStale)} more`,
        'use a day (the default), as long as an outage may last',
      ),
    )
  return warnings
}

function signInWarnings({ signIn }: CompletePolicy): PolicyWarning[] {
  if (!signIn) return []
  const { secret, refresh, tokenEndpointAuthMethod } = signIn
  const isPublic = tokenEndpointAuthMethod === 'none'
  const warnings: PolicyWarning[] = []
  if (secret === undefined)
    warnings.push(
      warning(
        'unsealed-session',
        ['signIn'],
        "the refresh token lies in the visitor's cookie as it is: who steals the cookie can use it at the provider, for as long as the provider lets him",
        'give signIn a secret, which seals it',
      ),
    )
  if (secret !== undefined && 'seal' in secret)
    warnings.push(
      warning(
        'secret-in-code',
        ['signIn', 'secret'],
        "stands in the function's code, which whoever may read the function, its versions or the template can read",
        'name where it is: ssmParameter or secretsManager',
      ),
    )
  if (refresh === 'any')
    warnings.push(
      warning(
        'refresh-any',
        ['signIn', 'refresh'],
        `a page's images and scripts each set off a refresh at once${isPublic ? ', and a public client has to rotate (RFC 9700 2.2.2)' : ''}: where refresh tokens are good for one use, the session ends`,
        'leave it out, unless the provider does not rotate or states a grace',
      ),
    )
  return warnings
}

/** RFC 7519 4.1.4: "no more than a few minutes". */
const maxTolerance = 120
const maxMaxAge = 86_400
const maxMaxStale = 7 * 86_400

/** Claims by which a path or a rule decides, and that a user may set himself. */
function writableClaims(
  references: readonly ClaimReference[],
  providers: readonly CompleteProvider[],
  rules: readonly ClaimRules[],
  path: (reference: ClaimReference) => readonly PropertyKey[],
): PolicyWarning[] {
  return references.flatMap((reference) => {
    const [name = ''] = [claimPath(reference)].flat()
    const isVerified = rules.some((rule) => rule[`${name}_verified`] === true)
    const affected = providers.filter((provider) => isWrittenByUsers(name, isCognito(provider)))
    if (isVerified || affected.length === 0) return []
    const isChecked = name === 'email' || name === 'phone_number'
    const danger = affected.some(isCognito)
      ? `a user of the pool sets ${name} himself where the app client may write it (WriteAttributes), and so chooses what he may read`
      : `users may set ${name} themselves, and two may have one (OpenID Connect Core 5.7)`
    const remedy = isChecked
      ? `decide by sub or groups, or ask in claims that ${name}_verified is true`
      : affected.some(isCognito)
        ? 'take it out of WriteAttributes and of self sign-up, or decide by sub or groups'
        : 'decide by sub or groups'
    return [warning('writable-claim', path(reference), danger, remedy)]
  })
}

/** Cognito Developer Guide, "User pool attributes": in a token each custom attribute is a text, `"true"` or `"12"`. */
function attributeTypes(
  rules: ClaimRules,
  provider: CompleteProvider,
  path: (reference: ClaimReference) => readonly PropertyKey[],
): PolicyWarning[] {
  if (!isCognito(provider) || provider.tokenUse !== 'id') return []
  return Object.entries(rules).flatMap(([reference, rule]) => {
    const values = [typeof rule === 'object' && 'contains' in rule ? rule.contains : rule].flat()
    if (!reference.startsWith('custom:') || values.some((value) => typeof value === 'string')) return []
    return [
      warning(
        'attribute-type',
        path(reference),
        'a custom attribute is a text in the tokens of a Cognito user pool, "true" or "12": no token would pass',
        'write the value in quotation marks',
      ),
    ]
  })
}

/** Whose values have a form of their own: texts that are never empty, dates, and what another rule looks at. */
const neverEmpty = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'auth_time', 'client_id', 'azp', 'token_use', 'tid', 'oid'],
  ...['scope', 'scp', 'username', 'cognito:username', 'cognito:groups'],
])

function isSatisfiedByNothing(reference: ClaimReference, { claims }: CompleteProvider): boolean {
  return !neverEmpty.has(reference) && !(reference in claims)
}

/** Public routes with a final `*` beside private ones below it. */
function publicWarnings(routes: readonly Route[]): PolicyWarning[] {
  // There may be thousands.
  const patterns = routes.map(({ path }) => parsePattern(path))
  const closed = routes.flatMap((route, index) => (route.public === true ? [] : [index]))
  return routes.flatMap((route, index) => {
    const segments = patterns[index] ?? []
    if (route.public !== true || segments.at(-1)?.kind !== 'rest') return []
    const above = segments.slice(0, -1)
    const beside = closed.filter((other) => {
      const below = patterns[other] ?? []
      return below.length > above.length && above.every((segment, place) => covers(segment, below[place]))
    })
    if (beside.length === 0) return []
    const names = someOf(beside.map((other) => `routes[${other}] (${routes[other]?.path})`))
    return [
      warning(
        'wide-public',
        ['routes', index, 'path'],
        `is public beside ${names}, and so is what that does not match: another case, a slash left out, a folder added later`,
        'give public files a folder of their own',
      ),
    ]
  })
}

function covers(segment: PatternSegment, other: PatternSegment | undefined): boolean {
  return segment.kind !== 'literal' || (other?.kind === 'literal' && other.text === segment.text)
}

function opens({ name }: CompleteProvider, { provider, public: isPublic }: Route): boolean {
  return isPublic !== true && (provider === undefined || [provider].flat().includes(name))
}

/** Whether a route goes by what a tenant's owner says of his users. */
function usesNamesOfTenant({ path, groups, claims }: Route): boolean {
  return groups !== undefined || claims !== undefined || capturesOf(path).length > 0
}

function capturesOf(path: string) {
  return parsePattern(path).flatMap((segment) => (segment.kind === 'capture' ? [segment.capture] : []))
}

/** Of all its issuers one is enough; a pool that the stack creates has this beginning, too. */
function isCognito({ issuers }: CompleteProvider): boolean {
  return issuers.some(({ issuer }) => /^https:\/\/(?:issuer-)?cognito-idp\./.test(issuer))
}

/** At most two of them, and how many more. */
function someOf(texts: readonly string[]): string {
  const [first = '', second] = texts
  if (texts.length > 2) return `${first} and ${texts.length - 1} others`
  return second === undefined ? first : `${first} and ${second}`
}
