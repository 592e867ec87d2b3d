/** The functions between the cache and the origin (CloudFront Developer Guide, lambda-cloudfront-trigger-events, source of 2023-06-15). */
import type { Ask, Upstream, UpstreamRequest, UpstreamResponse } from '../cache/upstream.ts'
import type { EdgeFunction, Origin } from '../template/distribution.ts'
import { headerValue, withoutHeaders } from '../viewer/header-list.ts'
import { encodeWireEvent, type WireEvent } from './event-wire.ts'
import { FunctionFailure } from './function-failure.ts'
import type { FunctionOutcome, RequestChanges, ResponseOfFunction } from './function-result.ts'
import { isDisallowed } from './header-rules.ts'
import type { SandboxPool } from './sandbox-pool.ts'

interface OriginFunction {
  edgeFunction: EdgeFunction
  pool: SandboxPool
}

export interface OriginFunctionOptions {
  origin: Origin
  /** Every origin of the distribution: a function may send a request to another one, by its domain. */
  origins: readonly Origin[]
  upstreamOf(origin: Origin): Upstream
  request: OriginFunction | null
  response: OriginFunction | null
}

/** "For origin request events, the body is truncated at 1 MB." */
const maxBodyBytes = 1_048_576

export function withOriginFunctions(options: OriginFunctionOptions): Upstream {
  const { origin, upstreamOf, request: before, response: after } = options
  if (!before && !after) return upstreamOf(origin)
  return async (request, ask) => {
    let sent = request
    let to = origin
    if (before) {
      const outcome = await asked(before, wireRequest(request, ask, origin, before.edgeFunction.includeBody))
      // "The function doesn't execute when the response is generated from a function … of an origin request event."
      if (outcome.kind === 'response') return generated(outcome.response)
      if (outcome.kind === 'request' && outcome.changes) {
        to = changedOrigin(origin, outcome.changes.origin, options.origins)
        sent = changedRequest(request, outcome.changes, origin)
      }
    }
    const response = await upstreamOf(to)(sent, ask)
    return after ? changedResponse(after, response, sent, ask, to) : response
  }
}

async function asked({ edgeFunction, pool }: OriginFunction, event: WireEvent): Promise<FunctionOutcome> {
  const { outcome } = await pool.invoke(encodeWireEvent(event))
  if (outcome.kind === 'failed' || outcome.kind === 'invalid' || outcome.kind === 'throttled') {
    throw new FunctionFailure(edgeFunction.id, outcome)
  }
  return outcome
}

function wireRequest(request: UpstreamRequest, ask: Ask, origin: Origin, includeBody: boolean): WireEvent {
  const { method, uri, querystring, body } = request
  const host = headerValue(request.headers, 'host')
  const shown = [...request.headers, ...(host === undefined ? ['Host', origin.domainName] : [])]
  const headers = shown.filter((_, index) => !isDisallowed((shown[index & ~1] as string).toLowerCase()))
  return {
    request: { requestId: ask.requestId, clientIp: ask.clientIp, method, uri, querystring, headers },
    ...(includeBody && {
      body: {
        data: (body ?? Buffer.alloc(0)).subarray(0, maxBodyBytes).toString('base64'),
        inputTruncated: (body?.length ?? 0) > maxBodyBytes,
      },
    }),
    origin: originFields(origin),
  }
}

/** The event's `origin` (lambda-event-structure, "Fields in the request object"). */
function originFields(origin: Origin): object {
  const { domainName, path, custom } = origin
  const customHeaders = Object.fromEntries(
    origin.customHeaders.map(({ name, value }) => [name.toLowerCase(), [{ key: name, value }]]),
  )
  if (origin.bucket && !origin.bucket.website) {
    return { s3: { authMethod: 'none', customHeaders, domainName, path, region: 'us-east-1' } }
  }
  const secure = custom?.protocolPolicy !== 'http-only'
  return {
    custom: {
      customHeaders,
      domainName,
      keepaliveTimeout: custom?.keepaliveSeconds ?? 5,
      path,
      port: secure ? (custom?.httpsPort ?? 443) : (custom?.httpPort ?? 80),
      protocol: secure ? 'https' : 'http',
      readTimeout: origin.readTimeoutMs / 1000,
      sslProtocols: custom?.ssl ?? ['TLSv1.2'],
    },
  }
}

interface EventOrigin {
  domainName?: string
  path?: string
  readTimeout?: number
  customHeaders?: Record<string, { key?: string; value: string }[]>
}

function changedOrigin(origin: Origin, changed: unknown, origins: readonly Origin[]): Origin {
  const { s3, custom } = (changed ?? {}) as { s3?: EventOrigin; custom?: EventOrigin }
  const given = s3 ?? custom
  if (!given) return origin
  const domainName = given.domainName ?? origin.domainName
  const known = origins.find((each) => each.domainName === domainName)
  return {
    ...origin,
    ...(known ?? { id: domainName, bucket: null, signed: false }),
    domainName,
    path: given.path ?? '',
    readTimeoutMs: given.readTimeout === undefined ? origin.readTimeoutMs : given.readTimeout * 1000,
    customHeaders: Object.entries(given.customHeaders ?? {}).flatMap(([name, entries]) =>
      entries.map(({ key = name, value }) => ({ name: key, value })),
    ),
  }
}

function changedRequest(request: UpstreamRequest, changes: RequestChanges, origin: Origin): UpstreamRequest {
  const { uri, querystring, removed, set, body } = changes
  const headers = withoutHeaders(request.headers, new Set([...removed, ...Object.keys(set)]))
  for (const [name, values] of Object.entries(set)) {
    // The origin's own name is what its client says anyway.
    for (const value of values) if (name !== 'host' || value !== origin.domainName) headers.push(name, value)
  }
  return {
    ...request,
    uri: uri ?? request.uri,
    querystring: querystring ?? request.querystring,
    headers,
    body: body === undefined ? request.body : Buffer.from(body, 'base64'),
  }
}

async function changedResponse(
  after: OriginFunction,
  response: UpstreamResponse,
  request: UpstreamRequest,
  ask: Ask,
  origin: Origin,
): Promise<UpstreamResponse> {
  const { status, statusText, headers } = response
  const event = wireRequest(request, ask, origin, false)
  const hidden = headers.filter((_, index) => isDisallowed((headers[index & ~1] as string).toLowerCase()))
  const shown = headers.filter((_, index) => !isDisallowed((headers[index & ~1] as string).toLowerCase()))
  const outcome = await asked(after, { ...event, response: { status, statusDescription: statusText, headers: shown } })
  if (outcome.kind !== 'answer') return response
  const { answer } = outcome
  const replaced = answer.body === undefined ? null : Buffer.from(answer.body, 'base64')
  return {
    ...response,
    status: answer.status,
    statusText: answer.statusDescription,
    headers: [...(replaced ? withoutHeaders(answer.headers, bodyFields) : answer.headers), ...hidden],
    body: replaced ?? response.body,
  }
}

const bodyFields = new Set(['content-length', 'transfer-encoding'])

function generated({ status, statusDescription, headers, body, bodyEncoding }: ResponseOfFunction): UpstreamResponse {
  const bytes = Buffer.from(body, bodyEncoding === 'base64' ? 'base64' : 'utf8')
  const now = Date.now()
  return {
    status,
    statusText: statusDescription,
    headers: [
      'Server',
      'CloudFront',
      'Date',
      new Date(now).toUTCString(),
      'Content-Length',
      String(bytes.length),
      ...headers,
    ],
    body: bytes,
    requestTime: now,
    responseTime: now,
  }
}
