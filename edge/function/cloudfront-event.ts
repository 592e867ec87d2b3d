/** The event of CloudFront Functions and what its result means (CloudFront Developer Guide, functions-event-structure, source of 2023-06-15). */
import type { EventType } from '../template/distribution.ts'
import type { DistributionIdentity, WireEvent } from './event-wire.ts'
import { type FunctionOutcome, headerChanges, Invalid } from './function-result.ts'
import { isDisallowed } from './header-rules.ts'

interface Field {
  value: string
  multiValue?: { value: string; attributes?: string }[]
  attributes?: string
}
type Fields = Record<string, Field>

interface CloudFrontEvent {
  version: string
  context: object
  viewer: { ip: string }
  request: { method: string; uri: string; querystring: Fields; headers: Fields; cookies: Fields }
  response?: { statusCode: number; statusDescription: string; headers: Fields; cookies: Fields }
}

export function cloudFrontEvent(
  { request, response }: WireEvent,
  eventType: EventType,
  { distributionDomainName, distributionId }: DistributionIdentity,
): CloudFrontEvent {
  const cookies = valuesOf(request.headers, 'cookie').flatMap((line) => line.split(/;\s*/))
  return {
    version: '1.0',
    context: { distributionDomainName, distributionId, eventType, requestId: request.requestId },
    viewer: { ip: request.clientIp },
    request: {
      method: request.method,
      uri: request.uri,
      querystring: gathered(request.querystring === '' ? [] : request.querystring.split('&').map(namedPair)),
      headers: gathered(pairsOf(request.headers).filter(([name]) => name !== 'cookie')),
      cookies: gathered(cookies.filter((pair) => pair !== '').map(namedPair)),
    },
    ...(response && {
      response: {
        statusCode: response.status,
        statusDescription: response.statusDescription,
        headers: gathered(pairsOf(response.headers).filter(([name]) => name !== 'set-cookie')),
        cookies: gathered(valuesOf(response.headers, 'set-cookie').map(setCookie)),
      },
    }),
  }
}

type Entry = [name: string, value: string, attributes?: string]

function gathered(entries: readonly Entry[]): Fields {
  const fields: Fields = {}
  for (const [name, value, attributes] of entries) {
    const item = { value, ...(attributes !== undefined && { attributes }) }
    const known = fields[name]
    if (known) {
      const { multiValue, ...first } = known
      known.multiValue = [...(multiValue ?? [first]), item]
    } else fields[name] = item
  }
  return fields
}

function pairsOf(flat: readonly string[]): Entry[] {
  const pairs: Entry[] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([(flat[index] as string).toLowerCase(), flat[index + 1] as string])
  }
  return pairs
}

const valuesOf = (flat: readonly string[], name: string) =>
  pairsOf(flat).flatMap(([each, value]) => (each === name ? [value] : []))

function namedPair(text: string): Entry {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
}

function setCookie(line: string): Entry {
  const [pair = '', ...attributes] = line.split(';')
  const [name, value] = namedPair(pair.trim())
  return attributes.length === 0 ? [name, value] : [name, value, attributes.join(';').trim()]
}

/** Never throws. */
export function judgeCloudFrontResult(
  event: WireEvent,
  eventType: EventType,
  given: CloudFrontEvent,
  result: unknown,
): FunctionOutcome {
  try {
    if (typeof result !== 'object' || result === null) throw new Invalid('the result is not an object')
    const fields = result as Record<string, unknown>
    if (event.response) return { kind: 'answer', answer: answerOf(event, eventType, fields) }
    if ('statusCode' in fields) {
      const { status, statusDescription, headers, body = '' } = answerOf(event, eventType, fields)
      return { kind: 'response', response: { status, statusDescription, headers, body, bodyEncoding: 'base64' } }
    }
    return { kind: 'request', changes: requestChanges(event, eventType, given, fields) }
  } catch (error) {
    if (error instanceof Invalid) return { kind: 'invalid', reason: error.message }
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
  if (method !== request.method) throw new Invalid('request.method is read-only')
  if (typeof uri !== 'string' || !uri.startsWith('/')) throw new Invalid('request.uri does not begin with /')
  const querystring = changedQuery(request.querystring, given.request.querystring, result.querystring)
  if (/[\x00-\x20\x7f#]/.test(uri + querystring)) throw new Invalid('request.uri has forbidden characters')
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

function changedQuery(original: string, given: Fields, result: unknown): string {
  if (typeof result === 'string') return result
  if (JSON.stringify(result) === JSON.stringify(given)) return original
  return fieldEntries(result, 'querystring')
    .flatMap(([name, values]) => values.map(({ value }) => (value === '' ? name : `${name}=${value}`)))
    .join('&')
}

/** Each name with its values: those of multiValue where it is there. */
function fieldEntries(fields: unknown, where: string): [string, { value: string; attributes?: string }[]][] {
  if (fields === undefined) return []
  if (typeof fields !== 'object' || fields === null) throw new Invalid(`${where} is not an object`)
  return Object.entries(fields as Fields).map(([name, field]) => {
    if (where === 'headers' && name !== name.toLowerCase()) throw new Invalid(`header name ${name} is not lower-case`)
    const values = field?.multiValue ?? [field]
    for (const item of values) {
      // Numbers and booleans are taken for their text.
      if (typeof item !== 'object' || item === null || !['string', 'number', 'boolean'].includes(typeof item.value)) {
        throw new Invalid(`${where}.${name} has no value`)
      }
    }
    return [
      name,
      values.map(({ value, attributes }) => ({
        value: String(value),
        ...(attributes !== undefined && { attributes }),
      })),
    ]
  })
}

function answerOf(event: WireEvent, eventType: EventType, result: Record<string, unknown>) {
  const status = result.statusCode
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new Invalid(`statusCode ${String(status)}`)
  }
  const statusDescription = typeof result.statusDescription === 'string' ? result.statusDescription : ''
  const entries = fieldEntries(result.headers, 'headers')
  const headers: string[] = []
  for (const [name, values] of entries) {
    if (isDisallowed(name) && !event.response) throw new Invalid(`header ${name} is not allowed`)
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

/** Text, or `{ encoding, data }`; in base64. */
function bodyOf(body: unknown): string | undefined {
  if (body === undefined) return
  if (typeof body === 'string') return Buffer.from(body).toString('base64')
  const { encoding = 'text', data = '' } = body as { encoding?: string; data?: string }
  if (encoding !== 'text' && encoding !== 'base64') throw new Invalid('body.encoding')
  if (encoding === 'base64' && !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) throw new Invalid('body.data is not base64')
  return encoding === 'base64' ? data : Buffer.from(data).toString('base64')
}
