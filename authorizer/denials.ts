import type { GeneratedResponse, Headers, ViewerRequest } from './cloudfront.ts'
import type { ResolvedPolicy } from './resolved-policy.ts'

/** Stable codes of why a request was denied: in the decision and in the log, never in the response. */
export type Reason =
  | 'event'
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

const descriptions: Record<string, string> = {
  302: 'Found',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
}

/** A fixed set of headers: no denial is cached, sniffed, framed, or followed by a referrer. */
const fixedHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
}

export type DenialResponses = (reason: Reason, request: ViewerRequest | undefined, named: boolean) => GeneratedResponse

/**
 * Builds the response for a denial. Its class follows from the reason: *forbidden* before a token matters and after one
 * was verified, *unauthenticated* in between, 503 where no key could be had (a login page would only loop).
 */
export function createDenialResponses(policy: ResolvedPolicy): DenialResponses {
  const { unauthenticated, forbiddenStatus, corsOrigins, cookie } = policy

  return (reason, request, named) => {
    const headers: Headers = {}
    for (const [name, value] of Object.entries(fixedHeaders)) headers[name] = [{ value }]
    const status = statusOf(reason)
    if (status === 503) headers['retry-after'] = [{ value: String(Math.ceil(policy.jwks.cooldown / 1000)) }]
    const challenge = challengeFor(reason, status, named)
    if (challenge) headers['www-authenticate'] = [{ value: challenge }]
    if (status === 302 && request) headers.location = [{ value: location(request) }]
    if (corsOrigins.length > 0) allowOrigin(headers, request)
    return { status: String(status), statusDescription: descriptions[status] ?? '', headers }
  }

  function statusOf(reason: Reason): number {
    if (forbidden.has(reason)) return forbiddenStatus
    if (reason === 'no-keys') return 503
    return 'redirect' in unauthenticated ? 302 : unauthenticated.status
  }

  /** A constant and, if configured, the viewer's own path as one percent-encoded parameter. */
  function location({ uri }: ViewerRequest): string {
    if (!('redirect' in unauthenticated)) return ''
    const { redirect, returnTo } = unauthenticated
    // The query string may hold credentials, and a path that holds what looks like a JWS is not repeated either.
    if (returnTo === undefined || uri.length > 1024 || uri.includes('eyJ')) return redirect
    return `${redirect}${redirect.includes('?') ? '&' : '?'}${returnTo}=${encodeURIComponent(uri)}`
  }

  /** Fetch standard, CORS protocol: without this a browser hides the denial from the page that asked. */
  function allowOrigin(headers: Headers, request: ViewerRequest | undefined): void {
    headers.vary = [{ value: 'Origin' }]
    const origins = request?.headers.origin
    const origin = origins?.length === 1 ? origins[0]?.value : undefined
    if (origin === undefined || !corsOrigins.includes(origin)) return
    headers['access-control-allow-origin'] = [{ value: origin }]
    if (cookie !== undefined) headers['access-control-allow-credentials'] = [{ value: 'true' }]
  }
}

const forbidden: ReadonlySet<Reason> = new Set([
  'event',
  'method',
  'uri',
  'no-route',
  'required-claim',
  'right',
  'fault',
])

/** RFC 6750 3: the challenge, with an error code only where a token was sent. */
function challengeFor(reason: Reason, status: number, named: boolean): string | undefined {
  const realm = 'Bearer realm="edgeproof"'
  if (reason === 'required-claim' || reason === 'right') return `${realm}, error="insufficient_scope"`
  if (status !== 401) return undefined
  return named ? `${realm}, error="invalid_token"` : realm
}
