/**
 * What CloudFront makes of the result of a Lambda@Edge function. CloudFront Developer Guide: "Restrictions on edge
 * functions" (edge-functions-restrictions), "Generate HTTP responses in request triggers"
 * (lambda-generating-http-responses-in-requests) and "Update HTTP responses in origin response triggers"
 * (lambda-updating-http-responses), read in AWS's published source of 2023-06-15. Whether a removed read-only header fails
 * is inferred: the pages speak of adding and editing.
 */

import type { ResponseParts } from '../../testing/cloudfront-functions/event.ts'
import { InvalidResult } from '../../testing/cloudfront-functions/result.ts'
import type { EventType } from '../template/distribution.ts'
import { eventHeaders, type WireEvent } from './event-wire.ts'
import { isDisallowed, notAddableInViewerRequest, readOnlyHeaders } from './header-rules.ts'

export type FunctionOutcome =
  | { kind: 'request'; changes: RequestChanges | null }
  | { kind: 'response'; response: ResponseOfFunction }
  /** Of a function of responses. */
  | { kind: 'answer'; answer: ChangedAnswer }
  /** 502 LambdaValidationError. */
  | { kind: 'invalid'; reason: string }
  /** 503 LambdaExecutionError: an exception, a time-out, no memory, an exit. */
  | { kind: 'failed'; reason: string; stack?: string }
  /** 503 LambdaLimitExceeded. */
  | { kind: 'throttled' }

/** Only what differs from the viewer's request. */
export interface RequestChanges {
  uri?: string
  querystring?: string
  /** Lower-case names. */
  removed: string[]
  /** Lower-case name → values; in place of what the viewer sent. */
  set: Record<string, string[]>
  /** In base64; in place of the viewer's. */
  body?: string
  /** The event's `origin` as the function left it. */
  origin?: unknown
}

interface ChangedAnswer {
  status: number
  statusDescription: string
  /** Name, value, name, value: all of them. */
  headers: string[]
  /** Absent: the body stays. In base64. */
  body?: string
}

export interface ResponseOfFunction {
  status: number
  statusDescription: string
  /** Name, value, name, value. */
  headers: string[]
  body: string
  bodyEncoding: 'text' | 'base64'
}

/** "Viewer request events: 40 KB", "Origin request events: 1 MB", headers and body together. */
const maxGeneratedBytes = { viewer: 40_960, origin: 1_048_576 }
/** "The total size of the URI, including the query string, must be less than 8,192 characters." */
const maxUriLength = 8192

const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** Judges a result against the event as it was sent; never throws. */
export function judgeResult(event: WireEvent, eventType: EventType, result: unknown): FunctionOutcome {
  try {
    if (typeof result !== 'object' || result === null) throw new InvalidResult('the result is not an object')
    const fields = result as Fields
    if (event.response) return { kind: 'answer', answer: changedAnswer(event.response, eventType, fields) }
    if ('status' in result) return { kind: 'response', response: generatedResponse(fields, maxBytes(eventType)) }
    return { kind: 'request', changes: requestChanges(event, eventType, fields) }
  } catch (error) {
    if (error instanceof InvalidResult) return { kind: 'invalid', reason: error.message }
    throw error
  }
}

const maxBytes = (eventType: EventType) =>
  eventType.startsWith('viewer') ? maxGeneratedBytes.viewer : maxGeneratedBytes.origin

type Fields = Record<string, unknown>

function requestChanges(event: WireEvent, eventType: EventType, result: Fields): RequestChanges | null {
  const original = event.request
  const { uri = original.uri, querystring = original.querystring } = result
  if (typeof uri !== 'string' || !uri.startsWith('/')) throw new InvalidResult('request.uri does not begin with /')
  if (typeof querystring !== 'string') throw new InvalidResult('request.querystring is not a string')
  if (result.method !== undefined && result.method !== original.method)
    throw new InvalidResult('request.method is read-only')
  if (result.clientIp !== undefined && result.clientIp !== original.clientIp) {
    throw new InvalidResult('request.clientIp is read-only')
  }
  const uriChanged = uri !== original.uri || querystring !== original.querystring
  if (uriChanged && uri.length + querystring.length + 1 > maxUriLength)
    throw new InvalidResult('request.uri is too long')
  if (uriChanged && /[\x00-\x20\x7f#]/.test(uri + querystring))
    throw new InvalidResult('request.uri has forbidden characters')
  const { removed, set } = headerChanges(original.headers, headersOf(result.headers), eventType)
  const body = event.body && changedBody(result.body as Fields | undefined, eventType)
  const origin =
    event.origin && JSON.stringify(result.origin) !== JSON.stringify(event.origin) ? result.origin : undefined
  if (
    !uriChanged &&
    removed.length === 0 &&
    Object.keys(set).length === 0 &&
    body === undefined &&
    origin === undefined
  ) {
    return null
  }
  return {
    ...(uriChanged && { uri, querystring }),
    removed,
    set,
    ...(body !== undefined && { body }),
    ...(origin !== undefined && { origin }),
  }
}

/** What differs, held against the rules of the event. */
export function headerChanges(
  original: readonly string[],
  after: ReadonlyMap<string, readonly string[]>,
  eventType: EventType,
): Pick<RequestChanges, 'removed' | 'set'> {
  const before = eventHeaders(original)
  const removed = Object.keys(before).filter((name) => !after.has(name))
  const set: Record<string, string[]> = {}
  for (const [name, values] of after) {
    const had = before[name]
    if (had && had.length === values.length && had.every(({ value }, index) => value === values[index])) continue
    if (isDisallowed(name)) throw new InvalidResult(`header ${name} is not allowed`)
    if (eventType === 'viewer-request' && !had && notAddableInViewerRequest.has(name)) {
      throw new InvalidResult(`header ${name} cannot be added here`)
    }
    set[name] = [...values]
  }
  for (const name of [...removed, ...Object.keys(set)]) {
    if (readOnlyHeaders[eventType].has(name)) throw new InvalidResult(`header ${name} is read-only`)
  }
  return { removed, set }
}

/** With `action: replace`, in base64; cut where it is too long, as the guide's "Restrictions on the request body" says. */
function changedBody(body: Fields | undefined, eventType: EventType): string | undefined {
  if (body?.action !== 'replace') return
  const { encoding = 'base64', data = '' } = body
  if (typeof data !== 'string') throw new InvalidResult('request.body.data is not a string')
  if (encoding !== 'text' && encoding !== 'base64') throw new InvalidResult('request.body.encoding')
  if (encoding === 'base64' && !isBase64(data)) throw new InvalidResult('request.body.data is not base64')
  const bytes = Buffer.from(data, encoding === 'base64' ? 'base64' : 'utf8')
  return bytes.subarray(0, maxBytes(eventType)).toString('base64')
}

const isBase64 = (text: string) => /^[A-Za-z0-9+/]*={0,2}$/.test(text)

function changedAnswer(original: ResponseParts, eventType: EventType, result: Fields): ChangedAnswer {
  const status = Number(result.status ?? original.status)
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new InvalidResult(`status ${String(result.status)}`)
  // "Functions for viewer response events cannot modify the HTTP status code".
  if (eventType === 'viewer-response' && status !== original.status)
    throw new InvalidResult('response.status is read-only')
  const { statusDescription = original.statusDescription, body, bodyEncoding = 'text' } = result
  if (typeof statusDescription !== 'string' || !headerValue.test(statusDescription)) {
    throw new InvalidResult('response.statusDescription')
  }
  const after = headersOf(result.headers)
  headerChanges(original.headers, after, eventType)
  const headers = [...after].flatMap(([name, values]) =>
    values.flatMap((value) => [keyOf(result.headers, name), value]),
  )
  // The body of a viewer response is not the function's to change (inferred: the guide lets origin responses replace it).
  if (body === undefined || eventType === 'viewer-response') return { status, statusDescription, headers }
  if (typeof body !== 'string') throw new InvalidResult('response.body is not a string')
  if (bodyEncoding === 'base64' && !isBase64(body)) throw new InvalidResult('response.body is not base64')
  const bytes = Buffer.from(body, bodyEncoding === 'base64' ? 'base64' : 'utf8')
  if (bytes.length > maxGeneratedBytes.origin) throw new InvalidResult(`the response is ${bytes.length} bytes long`)
  return { status, statusDescription, headers, body: bytes.toString('base64') }
}

function generatedResponse(result: Fields, limit: number): ResponseOfFunction {
  const status = Number(result.status)
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new InvalidResult(`status ${String(result.status)}`)
  const { body = '', bodyEncoding = 'text', statusDescription = '' } = result
  if (typeof body !== 'string') throw new InvalidResult('response.body is not a string')
  if (bodyEncoding !== 'text' && bodyEncoding !== 'base64') throw new InvalidResult('response.bodyEncoding')
  if (bodyEncoding === 'base64' && !/^[A-Za-z0-9+/]*={0,2}$/.test(body))
    throw new InvalidResult('response.body is not base64')
  if (status === 204 && body !== '') throw new InvalidResult('a 204 with a body')
  if (typeof statusDescription !== 'string' || !headerValue.test(statusDescription)) {
    throw new InvalidResult('response.statusDescription')
  }
  const flat: string[] = []
  for (const [name, values] of headersOf(result.headers)) {
    if (isDisallowed(name) || name === 'transfer-encoding' || name === 'via') {
      throw new InvalidResult(`header ${name} is not allowed`)
    }
    for (const value of values) flat.push(keyOf(result.headers, name), value)
  }
  const bytes = Buffer.byteLength(body) + flat.reduce((sum, text) => sum + text.length, 0)
  if (bytes > limit) throw new InvalidResult(`the response is ${bytes} bytes long`)
  return { status, statusDescription, headers: flat, body, bodyEncoding }
}

/** Lower-case name → values; throws Invalid for names and values that no HTTP message can hold. */
function headersOf(headers: unknown): Map<string, string[]> {
  const list = new Map<string, string[]>()
  if (headers === undefined) return list
  if (typeof headers !== 'object' || headers === null) throw new InvalidResult('headers is not an object')
  for (const [name, entries] of Object.entries(headers)) {
    if (!headerName.test(name))
      throw new InvalidResult(`header name ${JSON.stringify(name)} is not a lower-case HTTP name`)
    if (!Array.isArray(entries)) throw new InvalidResult(`header ${name} is not an array`)
    const values = entries.map((entry) => {
      const value: unknown = (entry as { value?: unknown } | null)?.value
      const key: unknown = (entry as { key?: unknown } | null)?.key
      if (typeof value !== 'string' || !headerValue.test(value))
        throw new InvalidResult(`header ${name} has no valid value`)
      if (key !== undefined && (typeof key !== 'string' || key.toLowerCase() !== name)) {
        throw new InvalidResult(`header ${name} has the key ${String(key)}`)
      }
      return value
    })
    if (values.length > 0) list.set(name, values)
  }
  return list
}

/** The entry's own spelling; without one, "initial capitalization for each part". */
function keyOf(headers: unknown, name: string): string {
  const key: unknown = (headers as Record<string, { key?: unknown }[]>)[name]?.[0]?.key
  if (typeof key === 'string') return key
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
}
