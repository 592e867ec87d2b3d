import type { GeneratedResponse, Headers, ViewerRequest } from './cloudfront.ts'
import type { EdgePolicy } from './edge-policy.ts'

/** Stable codes of why a request was denied: in the decision and in the log, never in the response. */
export type Reason =
  | 'method'
  | 'uri'
  | 'no-route'
  | 'no-credentials'
  | 'token-format'
  | 'token-header'
  | 'algorithm'
  | 'unknown-key'
  | 'no-keys'
  | 'issuer'
  | 'date'
  | 'expired'
  | 'not-yet-valid'
  | 'token-use'
  | 'client'
  | 'groups'
  | 'signature'
  | 'required-claim'
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
 * was verified, *unauthenticated* in between, 503 where no key could be had (a login page would only loop).
 */
export function denialResponse(
  policy: EdgePolicy,
  reason: Reason,
  request: ViewerRequest | undefined,
): GeneratedResponse {
  const headers: Headers = {}
  const set = (name: string, value: string) => {
    headers[name] = [{ value }]
  }
  for (const name in fixedHeaders) set(name, fixedHeaders[name as keyof typeof fixedHeaders])
  const { unauthenticated, forbidden, corsOrigins, cookies } = policy
  const status = forbiddenReasons.has(reason) ? forbidden.status : reason === 'no-keys' ? 503 : unauthenticated.status

  if (status === 503) set('retry-after', '10')
  const challenge = challengeFor(reason, status)
  if (challenge) set('www-authenticate', challenge)
  if (status === 302) set('location', location(unauthenticated, request))
  if (corsOrigins.length > 0) {
    // Fetch standard, CORS protocol: without this a browser hides the denial from the page that asked.
    set('vary', 'Origin')
    const origins = request?.headers.origin
    const origin = origins?.length === 1 && origins[0]?.value
    if (origin && corsOrigins.includes(origin)) {
      set('access-control-allow-origin', origin)
      if (cookies) set('access-control-allow-credentials', 'true')
    }
  }
  return { status: String(status), headers }
}

const forbiddenReasons: ReadonlySet<Reason> = new Set(['method', 'uri', 'no-route', 'required-claim', 'right', 'fault'])

/** RFC 6750 3: the challenge, with an error code only where a token was sent. */
function challengeFor(reason: Reason, status: number): string | undefined {
  const realm = 'Bearer realm="edgeproof"'
  if (reason === 'required-claim' || reason === 'right') return `${realm}, error="insufficient_scope"`
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
