/** Whether a value is an event as CloudFront sends it (CloudFront Developer Guide, "Lambda@Edge event structure": viewer request). */
import type { ViewerRequest } from '../authorizer/cloudfront.ts'

/** Whether it is an event at viewer request with everything that a decision needs, whatever its headers hold. */
export function hasRequest(event: unknown): boolean {
  return requestOf(event) !== null
}

/** The request of a well-shaped event, else null. */
export function viewerRequestOf(event: unknown): ViewerRequest | null {
  const request = requestOf(event)
  if (request === null) return null
  // It takes no part in the decision; hand-written test events leave it out.
  if (!['string', 'undefined'].includes(typeof member(request, 'querystring'))) return null
  const sound = Object.entries(request.headers).every(
    ([name, entries]) =>
      name === name.toLowerCase() &&
      Array.isArray(entries) &&
      entries.length > 0 &&
      entries.every((entry) => typeof member(entry, 'value') === 'string'),
  )
  return sound ? request : null
}

function requestOf(event: unknown): ViewerRequest | null {
  const records = member(event, 'Records')
  if (!Array.isArray(records) || records.length === 0) return null
  const cf = member(records[0], 'cf')
  const eventType = member(member(cf, 'config'), 'eventType')
  if (eventType !== undefined && eventType !== 'viewer-request') return null
  const request = member(cf, 'request')
  if (typeof member(request, 'method') !== 'string' || typeof member(request, 'uri') !== 'string') return null
  const headers = member(request, 'headers')
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return null
  return request as ViewerRequest
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
