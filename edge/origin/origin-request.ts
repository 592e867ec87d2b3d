/**
 * The request that goes to the origin. CloudFront Developer Guide: "Control origin requests with a policy" and "HTTP
 * request headers and CloudFront behavior" (RequestAndResponseBehaviorCustomOrigin), source of 2023-06-15.
 */
import { acceptedEncoding, eitherTakes, selectedCookies, selectedQuery, selects } from '../cache/cache-key.ts'
import type { UpstreamRequest } from '../cache/upstream.ts'
import type { Behavior } from '../template/distribution.ts'
import { type HeaderList, hopByHop, withoutHeaders } from '../viewer/header-list.ts'
import type { ViewerRequest } from '../viewer/viewer-request.ts'

/** Forwarded whatever the policies say. */
const alwaysForwarded = new Set([
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
])
/** Replaced or removed whatever the policies say. */
const neverForwarded = new Set([
  'cookie',
  'accept-encoding',
  'authorization',
  'user-agent',
  'via',
  'expect',
  'x-forwarded-for',
])

export function originRequest(
  request: ViewerRequest,
  viewer: Record<string, string>,
  behavior: Behavior,
  cloudFrontHeaders: readonly string[] = [],
): UpstreamRequest {
  const { cache, originRequest: policy } = behavior
  const hops = hopByHop(request.headers)
  const taken = eitherTakes('headers', cache, policy)
  const takesHost = selects(taken, 'host')
  const headers: string[] = []
  for (let index = 0; index + 1 < request.headers.length; index += 2) {
    const name = request.headers[index] as string
    const lower = name.toLowerCase()
    if (neverForwarded.has(lower) || hops.has(lower) || cloudFrontHeaders.includes(lower)) continue
    if (lower === 'host' ? !takesHost : lower.startsWith('x-edge-')) continue
    if (alwaysForwarded.has(lower) || selects(taken, lower)) headers.push(name, request.headers[index + 1] as string)
  }
  for (const name of cloudFrontHeaders) {
    const value = viewer[name]
    if (value !== undefined)
      headers.push(
        name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()),
        value,
      )
  }
  headers.push('User-Agent', selects(taken, 'user-agent') ? (viewer['user-agent'] ?? cloudFrontAgent) : cloudFrontAgent)
  headers.push('Via', viaValue(request), 'X-Amz-Cf-Id', request.id)
  headers.push('X-Forwarded-For', [viewer['x-forwarded-for'], request.clientIp].filter(Boolean).join(', '))
  const encoding =
    acceptedEncoding(viewer, cache) ?? (selects(taken, 'accept-encoding') ? viewer['accept-encoding'] : null)
  if (encoding) headers.push('Accept-Encoding', encoding)
  const cookies = selectedCookies(viewer.cookie, eitherTakes('cookies', cache, policy))
  if (cookies !== undefined) headers.push('Cookie', cookies)
  if (
    viewer.authorization !== undefined &&
    forwardsAuthorization(request.method, behavior, selects(taken, 'authorization'))
  ) {
    headers.push('Authorization', viewer.authorization)
  }
  const query = selectedQuery(request.querystring, eitherTakes('queryStrings', cache, policy))
  return {
    method: request.method,
    uri: request.uri,
    querystring: query,
    headers,
    body: request.body,
  }
}

/** For the `rfc9111` profile: a plain intermediary, which forwards what RFC 9110 7.6 lets it. */
export function forwardedRequest(request: ViewerRequest): UpstreamRequest {
  const headers = withoutHeaders(request.headers, new Set([...hopByHop(request.headers), 'host', 'content-length']))
  return {
    method: request.method,
    uri: request.uri,
    querystring: request.querystring,
    headers: [...headers, 'Via', viaValue(request)],
    body: request.body,
  }
}

const cloudFrontAgent = 'Amazon CloudFront'

/** The table's row `Authorization`: removed from GET and HEAD unless a policy takes it, and from a cached OPTIONS. */
function forwardsAuthorization(method: string, { cachedMethods }: Behavior, taken: boolean): boolean {
  if (taken) return true
  if (method === 'GET' || method === 'HEAD') return false
  return method !== 'OPTIONS' || !cachedMethods.has('OPTIONS')
}

export function viaValue({ protocol }: { protocol: ViewerRequest['protocol'] }): string {
  return `${protocol.slice('HTTP/'.length)} edgeproof.cloudfront.net (CloudFront)`
}

/** What of a response CloudFront does not pass on or keep ("HTTP response headers that CloudFront removes or replaces"). */
export function acceptedHeaders(headers: HeaderList, behavior: Behavior): string[] {
  const { cache, originRequest: policy } = behavior
  const removed = new Set(['trailer', 'upgrade', 'via', 'x-amz-request-id', 'x-amz-id-2'])
  if (eitherTakes('cookies', cache, policy).kind === 'none') removed.add('set-cookie')
  const taken = eitherTakes('headers', cache, policy)
  const kept: string[] = []
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string
    const value = headers[index + 1] as string
    const lower = name.toLowerCase()
    if (removed.has(lower)) continue
    if (lower !== 'vary') kept.push(name, value)
    else {
      const names = value.split(',').map((text) => text.trim())
      const known = names.filter((text) => varyKept.has(text.toLowerCase()) || selects(taken, text.toLowerCase()))
      if (known.length > 0) kept.push(name, known.join(', '))
    }
  }
  return kept
}

const varyKept = new Set(['accept-encoding', 'cookie', '*'])
