/**
 * Reads what a handler returned as CloudFront would (Developer Guide, "Lambda@Edge event structure", "Restrictions on
 * edge functions" and "Quotas on Lambda@Edge").
 */
import type { Headers } from '../../authorizer/cloudfront.ts'
import type { Answer, ReturnedRequest, ReturnedResponse } from '../answer.ts'
import type { RawResult } from '../sandbox/protocol.ts'

type Result = Answer['result']

export function readResult(raw: RawResult): Result {
  if (raw.kind === 'threw') return raw
  if (raw.kind === 'timeout') return { kind: 'timeout', spinning: false }
  if (raw.json === undefined) return invalid('undefined', 'the handler returned nothing')
  const value: unknown = JSON.parse(raw.json)
  const cut = raw.json.slice(0, 300)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid(cut, 'it is neither a request nor a response')
  }
  if ('status' in value) return { kind: 'response', response: value as ReturnedResponse }
  if ('uri' in value && 'headers' in value) return { kind: 'request', request: value as ReturnedRequest }
  return invalid(cut, 'it is neither a request nor a response')
}

function invalid(value: string, why: string): Result {
  return { kind: 'invalid', value, why }
}

/** Size of a generated response at viewer request, headers and body (Quotas on Lambda@Edge). */
const maxResponseBytes = 40 * 1024
/** "Restrictions on edge functions", disallowed headers; a function that adds one gets its viewer a 502. */
const disallowed =
  /^(?:connection|expect|keep-alive|proxy-(?:authenticate|authorization|connection)|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/
/** Read-only at viewer request. */
const readOnly = /^(?:content-length|host|transfer-encoding|via)$/
/** Field names (RFC 9110 5.1) and the statuses that a function may generate. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Why CloudFront would refuse this response, or null. */
export function responseFault(response: ReturnedResponse): string | null {
  const { status } = response
  if (typeof status !== 'string' || !/^[1-9]\d\d$/.test(status)) {
    return `status is ${JSON.stringify(status)}, not a string of three digits`
  }
  const headers = response.headers ?? {}
  const fault = headersFault(headers)
  if (fault) return fault
  for (const name of Object.keys(headers)) {
    if (disallowed.test(name.toLowerCase())) return `the header ${name} is not allowed`
    if (/^(?:content-length|transfer-encoding|via)$/i.test(name)) return `the header ${name} is read-only`
  }
  if (JSON.stringify(response).length > maxResponseBytes) return 'the response is over 40 KB'
  return null
}

/** Why CloudFront would refuse this request in place of the viewer's, or null. */
export function requestFault(request: ReturnedRequest, original: ReturnedRequest): string | null {
  if (typeof request.uri !== 'string') return 'uri is not a string'
  if (request.uri !== original.uri && !request.uri.startsWith('/')) return 'uri does not begin with "/"'
  if (request.querystring !== undefined && typeof request.querystring !== 'string') return 'querystring is not a string'
  const headers = request.headers ?? {}
  const before = original.headers ?? {}
  const fault = headersFault(headers)
  // What came in strangely shaped and goes out unchanged is the suite's doing.
  if (fault && headersFault(before) === null) return fault
  for (const [name, entries] of Object.entries(headers)) {
    if (JSON.stringify(entries) === JSON.stringify(before[name])) continue
    if (disallowed.test(name.toLowerCase())) return `the header ${name} is not allowed`
    if (readOnly.test(name.toLowerCase())) return `the header ${name} is read-only`
  }
  for (const name of ['host']) {
    if (Object.hasOwn(before, name) && !Object.hasOwn(headers, name)) return `the header ${name} is read-only, and gone`
  }
  return null
}

function headersFault(headers: unknown): string | null {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return 'headers is not an object'
  for (const [name, entries] of Object.entries(headers as Headers)) {
    if (!token.test(name)) return `${JSON.stringify(name)} is not a header name`
    if (name !== name.toLowerCase()) return `the header name ${name} is not in lower case`
    if (!Array.isArray(entries)) return `the header ${name} is not a list`
    for (const entry of entries) {
      if (typeof entry?.value !== 'string') return `a value of the header ${name} is not a string`
      if (entry.key !== undefined && (typeof entry.key !== 'string' || entry.key.toLowerCase() !== name)) {
        return `a key of the header ${name} is another name`
      }
    }
  }
  return null
}
