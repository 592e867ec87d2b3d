/** A CloudFront function as a handler of viewer requests: Lambda@Edge's event into its own, its result into Lambda@Edge's. */
import { readFileSync } from 'node:fs'
import type { Headers, ViewerRequest } from '../../authorizer/cloudfront.ts'
import { type CloudFrontEvent, cloudFrontEvent, valuesOf } from '../../testing/cloudfront-functions/event.ts'
import { bodyOf, changedQuery, fieldEntries } from '../../testing/cloudfront-functions/result.ts'
import { loadFunction } from '../../testing/cloudfront-functions/runtime.ts'
import type { Handler } from './load-handler.ts'

const distribution = { distributionDomainName: 'd111111abcdef8.cloudfront.net', distributionId: 'EDFDVBD6EXAMPLE' }

/** Throws what the code throws; an Error of its own where it has no `handler`. */
export function loadCloudFrontFunction(file: string, store: Readonly<Record<string, string>> | undefined): Handler {
  const run = loadFunction({
    code: readFileSync(file, 'utf8'),
    runtime: 'cloudfront-js-2.0',
    store: store ?? null,
  })
  return async (event) => {
    const request = (event as { Records?: [{ cf?: { request?: ViewerRequest } }] } | null)?.Records?.[0]?.cf?.request
    if (request === undefined) throw new Error('the event has no request')
    const { clientIp = '', method, uri, querystring = '' } = request
    const headers = Object.entries(request.headers).flatMap(([name, entries]) =>
      entries.flatMap(({ key = name, value }) => [key, value]),
    )
    const wire = { request: { requestId: 'fuzz', clientIp, method, uri, querystring, headers } }
    const given = cloudFrontEvent(wire, 'viewer-request', distribution)
    const result = await run(given)
    if (typeof result !== 'object' || result === null) return result
    const fields = result as Record<string, unknown>
    return 'statusCode' in fields ? responseOf(fields) : requestOf(request, given, headers, fields)
  }
}

function responseOf({ statusCode, statusDescription = '', headers, cookies, body }: Record<string, unknown>) {
  const lines = fieldEntries(cookies, 'cookies').flatMap(([name, values]) =>
    values.map(({ value, attributes }) => `${name}=${value}${attributes ? `; ${attributes}` : ''}`),
  )
  const encoded = bodyOf(body)
  return {
    status: String(statusCode),
    statusDescription,
    headers: {
      ...headersOf(headers),
      ...(lines.length > 0 ? { 'set-cookie': lines.map((value) => ({ key: 'Set-Cookie', value })) } : {}),
    },
    ...(encoded === undefined ? {} : { body: encoded, bodyEncoding: 'base64' }),
  }
}

/** Cookies are fields of their own in the function, and one header again behind it. */
function requestOf(
  request: ViewerRequest,
  given: CloudFrontEvent,
  sent: readonly string[],
  result: Record<string, unknown>,
): object {
  const { uri, querystring, headers, cookies, method = request.method } = result
  const lines = valuesOf(sent, 'cookie')
  const isSame = JSON.stringify(cookies) === JSON.stringify(given.request.cookies)
  const pairs = fieldEntries(cookies, 'cookies').flatMap(([name, values]) =>
    values.map(({ value }) => `${name}=${value}`),
  )
  const cookie = isSame ? lines : pairs.length > 0 ? [pairs.join('; ')] : []
  return {
    ...request,
    method,
    uri,
    querystring: changedQuery(request.querystring ?? '', given.request.querystring, querystring),
    headers: asTheyCame(request.headers, {
      ...headersOf(headers),
      ...(cookie.length > 0 ? { cookie: cookie.map((value) => ({ key: 'cookie', value })) } : {}),
    }),
  }
}

/** The function's event has no spelling of names; a header with the values that it had is the same header. */
function asTheyCame(before: Headers, after: Headers): Headers {
  const values = (entries: Headers[string] = []) => JSON.stringify(entries.map(({ value }) => value))
  return Object.fromEntries(
    Object.entries(after).map(([name, entries]) => [
      name,
      values(before[name]) === values(entries) ? (before[name] ?? entries) : entries,
    ]),
  )
}

function headersOf(fields: unknown): Headers {
  return Object.fromEntries(
    fieldEntries(fields, 'headers').map(([name, values]) => [name, values.map(({ value }) => ({ key: name, value }))]),
  )
}
