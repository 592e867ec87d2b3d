/** What the result of a CloudFront function means to a request or a response (functions-event-structure, source of 2023-06-15). */
import { type CloudFrontEvent, valuesOf } from '../../testing/cloudfront-functions/event.ts'
import { bodyOf, changedQuery, fieldEntries, InvalidResult } from '../../testing/cloudfront-functions/result.ts'
import type { EventType } from '../template/distribution.ts'
import type { WireEvent } from './event-wire.ts'
import { type FunctionOutcome, headerChanges } from './function-result.ts'
import { isDisallowed } from './header-rules.ts'

/** Never throws. */
export function judgeCloudFrontResult(
  event: WireEvent,
  eventType: EventType,
  given: CloudFrontEvent,
  result: unknown,
): FunctionOutcome {
  try {
    if (typeof result !== 'object' || result === null) throw new InvalidResult('the result is not an object')
    const fields = result as Record<string, unknown>
    if (event.response) return { kind: 'answer', answer: answerOf(event, eventType, fields) }
    if ('statusCode' in fields) {
      const { status, statusDescription, headers, body = '' } = answerOf(event, eventType, fields)
      return { kind: 'response', response: { status, statusDescription, headers, body, bodyEncoding: 'base64' } }
    }
    return { kind: 'request', changes: requestChanges(event, eventType, given, fields) }
  } catch (error) {
    if (error instanceof InvalidResult) return { kind: 'invalid', reason: error.message }
    throw error
  }
}

function requestChanges(
  event: WireEvent,
  eventType: EventType,
  given: CloudFrontEvent,
  result: Record<string, unknown>,
) {
  const { request } = event
  const { method = request.method, uri } = result
  if (method !== request.method) throw new InvalidResult('request.method is read-only')
  if (typeof uri !== 'string' || !uri.startsWith('/')) throw new InvalidResult('request.uri does not begin with /')
  const querystring = changedQuery(request.querystring, given.request.querystring, result.querystring)
  if (/[\x00-\x20\x7f#]/.test(uri + querystring)) throw new InvalidResult('request.uri has forbidden characters')
  const after = new Map(
    fieldEntries(result.headers, 'headers').map(([name, values]) => [name, values.map(({ value }) => value)]),
  )
  const cookies = fieldEntries(result.cookies, 'cookies').flatMap(([name, values]) =>
    values.map(({ value }) => `${name}=${value}`),
  )
  const before = valuesOf(request.headers, 'cookie')
  const unchanged = JSON.stringify(result.cookies) === JSON.stringify(given.request.cookies)
  if (unchanged && before.length > 0) after.set('cookie', before)
  else if (cookies.length > 0) after.set('cookie', [cookies.join('; ')])
  const { removed, set } = headerChanges(request.headers, after, eventType)
  const uriChanged = uri !== request.uri || querystring !== request.querystring
  if (!uriChanged && removed.length === 0 && Object.keys(set).length === 0) return null
  return { ...(uriChanged && { uri, querystring }), removed, set }
}

function answerOf(event: WireEvent, eventType: EventType, result: Record<string, unknown>) {
  const status = result.statusCode
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new InvalidResult(`statusCode ${String(status)}`)
  }
  const statusDescription = typeof result.statusDescription === 'string' ? result.statusDescription : ''
  const entries = fieldEntries(result.headers, 'headers')
  const headers: string[] = []
  for (const [name, values] of entries) {
    if (isDisallowed(name) && !event.response) throw new InvalidResult(`header ${name} is not allowed`)
    const written = name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
    for (const { value } of values) headers.push(written, value)
  }
  for (const [name, values] of fieldEntries(result.cookies, 'cookies')) {
    for (const { value, attributes } of values) {
      headers.push('Set-Cookie', `${name}=${value}${attributes ? `; ${attributes}` : ''}`)
    }
  }
  if (event.response) {
    const after = new Map(entries.map(([name, values]) => [name, values.map(({ value }) => value)]))
    const cookies = valuesOf(headers, 'set-cookie')
    if (cookies.length > 0) after.set('set-cookie', cookies)
    headerChanges(event.response.headers, after, eventType)
  }
  const body = bodyOf(result.body)
  return { status, statusDescription, headers, ...(body !== undefined && { body }) }
}
