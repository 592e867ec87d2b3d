/**
 * How one event crosses to a sandbox: a single string, its fields separated by NUL, which no part of an HTTP message
 * can hold. Cheaper on both sides than a structured clone, and the worker keeps the original to compare results with.
 */
import type { Headers, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import type { RequestParts, ResponseParts } from '../../testing/cloudfront-functions/event.ts'
import type { EventType } from '../template/distribution.ts'

/** An event that is more than a viewer's request without its body crosses as JSON, which begins like no request id. */
export interface WireEvent {
  request: RequestParts
  /** With IncludeBody: the body in base64, cut to what the event may hold. */
  body?: { data: string; inputTruncated: boolean }
  /** Origin requests: in the event's own form. */
  origin?: object
  response?: ResponseParts
}

export function encodeWireEvent(event: WireEvent): string {
  return JSON.stringify(event)
}

export function decodeWireEvent(wire: string): WireEvent {
  return wire.startsWith('{') ? JSON.parse(wire) : { request: decodeEvent(wire) }
}

const separator = '\0'
const fixedFields = 5

export function encodeEvent(request: RequestParts): string {
  const { requestId, clientIp, method, uri, querystring, headers } = request
  const fixed = requestId + separator + clientIp + separator + method + separator + uri + separator + querystring
  return headers.length === 0 ? fixed : fixed + separator + headers.join(separator)
}

function decodeEvent(wire: string): RequestParts {
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

/** An event of Lambda@Edge, with the fields of the guide's examples and no others (lambda-event-structure). */
export function lambdaEvent(
  { request, body, origin, response }: WireEvent,
  eventType: EventType,
  distribution: DistributionIdentity,
): ViewerRequestEvent {
  const { requestId, clientIp, method, uri, querystring } = request
  const cf = {
    config: { ...distribution, eventType: eventType as 'viewer-request', requestId },
    request: {
      clientIp,
      headers: eventHeaders(request.headers),
      method,
      querystring,
      uri,
      ...(body && {
        body: { inputTruncated: body.inputTruncated, action: 'read-only', encoding: 'base64', data: body.data },
      }),
      ...(origin && { origin }),
    },
    ...(response && {
      response: {
        headers: eventHeaders(response.headers),
        status: String(response.status),
        statusDescription: response.statusDescription,
      },
    }),
  }
  return { Records: [{ cf }] }
}

export interface DistributionIdentity {
  distributionDomainName: string
  distributionId: string
}
