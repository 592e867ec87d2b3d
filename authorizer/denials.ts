import type { GeneratedResponse, Headers, ViewerRequest } from './cloudfront.ts'
import type { EdgePolicy } from './edge-policy.ts'
import { usesConditions, usesCookies } from './features.ts'

/** Stable codes of why a request was denied: in the decision and in the log, never in the response. */
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

/** A fixed set of headers: no denial is cached, sniffed or run as anything. */
const fixedHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
}

/**
 * The response to a denied request. Its class follows from the reason: *forbidden* before a token matters and after one
 * was verified, *unauthenticated* in between, 503 where no key could be had (a login page would only loop). `scopes`: what the
 * route asks for.
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
  for (const name in fixedHeaders) set(name, fixedHeaders[name as keyof typeof fixedHeaders])
  const { unauthenticated, forbidden, corsOrigins, sources } = policy
  const status = forbiddenReasons.has(reason) ? forbidden.status : reason === 'no-keys' ? 503 : unauthenticated.status

  if (status === 503) set('retry-after', '10')
  const challenge = challengeFor(reason, status, scopes)
  if (challenge) set('www-authenticate', challenge)
  if (status === 302) set('location', location(unauthenticated, request))
  if (corsOrigins.length > 0) {
    // Fetch standard, CORS protocol: without this a browser hides the denial from the page that asked.
    set('vary', 'Origin')
    const origins = request?.headers.origin
    const origin = origins?.length === 1 && origins[0]?.value
    if (origin && corsOrigins.includes(origin)) {
      set('access-control-allow-origin', origin)
      if (usesCookies && sources.some((source) => 'cookies' in source)) set('access-control-allow-credentials', 'true')
    }
  }
  return { status: String(status), headers }
}

/** A good token that grants too little. */
const insufficient: ReadonlySet<Reason> = new Set(['required-claim', 'claim', 'provider', 'scope', 'right'])

const forbiddenReasons: ReadonlySet<Reason> = new Set([...insufficient, 'method', 'uri', 'no-route', 'fault'])

/** RFC 6750 3: the challenge, with an error code only where a token was sent. */
function challengeFor(reason: Reason, status: number, scopes: readonly string[]): string | undefined {
  const realm = 'Bearer realm="edgeproof"'
  if (usesConditions && reason === 'scope') return `${realm}, error="insufficient_scope", scope="${scopes.join(' ')}"`
  if (insufficient.has(reason)) return `${realm}, error="insufficient_scope"`
  if (status !== 401) return undefined
  return reason === 'no-credentials' ? realm : `${realm}, error="invalid_token"`
}

/** A constant and, if configured, the viewer's own path as one percent-encoded parameter. */
function location(
  { location, returnPrefix }: EdgePolicy['unauthenticated'],
  request: ViewerRequest | undefined,
): string {
  // The query string may hold credentials, and a path that holds what looks like a JWS is not repeated either.
  return returnPrefix && request && request.uri.length <= 1024 && !request.uri.includes('eyJ')
    ? returnPrefix + encodeURIComponent(request.uri)
    : (location as string)
}
