import { type GeneratedResponse, type Headers, isRead, type ViewerRequest } from './cloudfront.ts'
import type { EdgePolicy, EdgeRedirect } from './edge-policy.ts'
import {
  usesConditions,
  usesCookies,
  usesCors,
  usesCorsWildcard,
  usesPages,
  usesRedirect,
  usesReturnPath,
  usesSlash,
} from './features.ts'
import type { SignInReason } from './sign-in-answers.ts'
import { holdsToken } from './token-text.ts'

/**
 * Stable codes of why a request was denied: in the decision and in the log, never in the response. `slash` is no denial: the
 * request is sent to the directory that it means.
 */
export type Reason =
  | 'method'
  | 'uri'
  | 'no-route'
  | 'no-credentials'
  | 'credentials-size'
  | 'several-subjects'
  | 'token-format'
  | 'token-header'
  | 'token-type'
  | 'algorithm'
  | 'unknown-key'
  | 'no-keys'
  | 'issuer'
  | 'date'
  | 'expired'
  | 'not-yet-valid'
  | 'token-use'
  | 'client'
  | 'audience'
  | 'confirmation'
  | 'groups'
  | 'signature'
  | 'required-claim'
  | 'claim'
  | 'provider'
  | 'scope'
  | 'right'
  | 'fault'
  | 'slash'
  | SignInReason

/**
 * The response to a denied request. Its class follows from the reason: *forbidden* before a token matters and after one
 * was verified, *unauthenticated* in between, 503 where no key could be had (a login page would only loop). `scopes`: what the
 * route asks for. Nothing of the request is in it but its path in the return path, and its origin.
 */
export function denialResponse(
  policy: EdgePolicy,
  reason: Reason,
  request: ViewerRequest | undefined,
  scopes: readonly string[] = [],
): GeneratedResponse {
  const headers: Headers = {}
  const set = (name: string, value: string) => {
    headers[name] = [{ value }]
  }
  const { denialHeaders, unauthenticated, forbidden, corsOrigins, corsWildcards, sources } = policy
  for (const name in denialHeaders) set(name, denialHeaders[name] as string)
  const isForbidden = forbiddenReasons.has(reason)
  let { status, page } = isForbidden ? forbidden : unauthenticated
  if (usesSlash && reason === 'slash') {
    status = 302
    set('location', withSlash(request as ViewerRequest))
  } else if (reason === 'no-keys') status = 503
  else if (usesRedirect && !isForbidden && unauthenticated.location) {
    if (unauthenticated.always || isNavigation(request as ViewerRequest)) {
      status = 302
      set('location', loginPage(unauthenticated, request as ViewerRequest))
    }
  }
  if (status === 503) set('retry-after', '10')
  const challenge = challengeFor(reason, status, scopes)
  if (challenge) set('www-authenticate', challenge)
  if (usesCors && (corsOrigins.length > 0 || (usesCorsWildcard && corsWildcards))) {
    // Fetch standard, CORS protocol: without this a browser hides the denial from the page that asked.
    set('vary', 'Origin')
    const origins = request?.headers.origin
    const origin = origins?.length === 1 && origins[0]?.value
    if (
      origin &&
      (corsOrigins.includes(origin) || (usesCorsWildcard && corsWildcards?.some((one) => isBelow(one, origin))))
    ) {
      set('access-control-allow-origin', origin)
      if (usesCookies && sources.some(({ cookies }) => cookies)) set('access-control-allow-credentials', 'true')
    }
  }
  if (usesPages && page && status !== 302 && status !== 503) {
    set('content-security-policy', page.contentSecurityPolicy)
    set('content-type', 'text/html; charset=utf-8')
    if (request?.method !== 'HEAD') return { status: String(status), headers, body: page.body }
  }
  return { status: String(status), headers }
}

/** A good token that grants too little. */
const insufficient: ReadonlySet<Reason> = new Set(['required-claim', 'claim', 'provider', 'scope', 'right'])

export const forbiddenReasons: ReadonlySet<Reason> = new Set([...insufficient, 'method', 'uri', 'no-route', 'fault'])

/** RFC 6750 3: the challenge, with an error code only where a token was sent. */
function challengeFor(reason: Reason, status: number, scopes: readonly string[]): string | undefined {
  const realm = 'Bearer realm="edgeproof"'
  if (usesConditions && reason === 'scope') return `${realm}, error="insufficient_scope", scope="${scopes.join(' ')}"`
  if (insufficient.has(reason)) return `${realm}, error="insufficient_scope"`
  if (status !== 401) return undefined
  return reason === 'no-credentials' ? realm : `${realm}, error="invalid_token"`
}

/**
 * Whether a browser goes to a page, rather than a script or a page's part being loaded (Fetch Metadata; a frame is no place for a
 * login page). Browsers without these headers name HTML.
 */
export function isNavigation({ method, headers }: ViewerRequest): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest, accept } = headers
  if (!isRead(method)) return false
  if (!mode && !dest) return accept?.some(({ value }) => /text\/html/i.test(value)) === true
  return isAbsentOr(mode, 'navigate') && isAbsentOr(dest, 'document')
}

function isAbsentOr(entries: Headers[string] | undefined, value: string): boolean {
  return !entries || (entries.length === 1 && entries[0]?.value === value)
}

/** A constant and, if configured, the viewer's own path as one percent-encoded parameter. */
function loginPage({ location, returnPrefix, returnQuery }: EdgeRedirect, request: ViewerRequest): string {
  const path = usesReturnPath && returnPrefix ? returnPath(request, returnQuery) : undefined
  return path === undefined ? (location as string) : returnPrefix + encodeURIComponent(path)
}

/** Longest path, or path and query, that is carried to a login page, in characters. */
const maxReturnPath = 1024

/** The viewer's path, with its query string where that is wanted and holds no token; nothing where the path itself holds one. */
function returnPath({ uri, querystring }: ViewerRequest, withQuery: true | undefined): string | undefined {
  if (uri.length > maxReturnPath || holdsToken(uri)) return undefined
  const whole = withQuery && querystring ? `${uri}?${querystring.toWellFormed()}` : uri
  return whole.length > maxReturnPath || holdsToken(whole) ? uri : whole
}

/**
 * The path with the `/` of a directory, and its query string: a relative reference (RFC 9110 10.2.2), so the host stays the viewer's
 * own. A path that has a route begins with one `/`.
 */
function withSlash({ uri, querystring }: ViewerRequest): string {
  const query = querystring && !holdsToken(querystring) ? `?${querystring.toWellFormed()}` : ''
  return `${uri}/${query}`.replace(/[^!-~]/gu, encodeURIComponent)
}

/** As CloudFront takes it, `*` stands for the leftmost part of a host: one or more labels. */
function isBelow([before, after]: readonly [string, string], origin: string): boolean {
  const labels = origin.slice(before.length, -after.length)
  return origin === before + labels + after && /^[\w-]+(?:\.[\w-]+)*$/.test(labels)
}
