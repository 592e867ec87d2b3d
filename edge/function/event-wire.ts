/**
 * How one event crosses to a sandbox: a single string, its fields separated by NUL, which no part of an HTTP message
 * can hold. Cheaper on both sides than a structured clone, and the worker keeps the original to compare results with.
 */
import type { Headers, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

export interface WireRequest {
  requestId: string
  clientIp: string
  method: string
  uri: string
  querystring: string
  /** Name, value, name, value: names as the viewer wrote them. */
  headers: readonly string[]
}

const separator = '\0'
const fixedFields = 5

export function encodeEvent(request: WireRequest): string {
  const { requestId, clientIp, method, uri, querystring, headers } = request
  const fixed = requestId + separator + clientIp + separator + method + separator + uri + separator + querystring
  return headers.length === 0 ? fixed : fixed + separator + headers.join(separator)
}

export function decodeEvent(wire: string): WireRequest {
  const fields = wire.split(separator)
  const [requestId = '', clientIp = '', method = '', uri = '', querystring = ''] = fields
  return { requestId, clientIp, method, uri, querystring, headers: fields.slice(fixedFields) }
}

/** Lower-case name → its entries, one for each line (CloudFront Developer Guide, "Lambda@Edge event structure"). */
export function eventHeaders(flat: readonly string[]): Headers {
  const headers: Headers = {}
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const key = flat[index] ?? ''
    const entry = { key, value: flat[index + 1] ?? '' }
    const name = key.toLowerCase()
    const entries = headers[name]
    if (entries) entries.push(entry)
    else headers[name] = [entry]
  }
  return headers
}

/** The viewer-request event, with the fields of the guide's example and no others. */
export function viewerRequestEvent(request: WireRequest, distribution: DistributionIdentity): ViewerRequestEvent {
  const { requestId, clientIp, method, uri, querystring } = request
  return {
    Records: [
      {
        cf: {
          config: { ...distribution, eventType: 'viewer-request', requestId },
          request: { clientIp, headers: eventHeaders(request.headers), method, querystring, uri },
        },
      },
    ],
  }
}

export interface DistributionIdentity {
  distributionDomainName: string
  distributionId: string
}
