/** One point of presence: what happens to a request between its viewer and the cache, in CloudFront's order. */

import { Cache, type Served } from './cache/cache.ts'
import { acceptedEncoding, cacheKey } from './cache/cache-key.ts'
import type { CacheProfile, CacheRules } from './cache/cache-rules.ts'
import { defaultErrorTtl } from './cache/cloudfront-ttl.ts'
import type { Ask } from './cache/upstream.ts'
import { type Upstream, UpstreamFailure } from './cache/upstream.ts'
import { encodeEvent } from './function/event-wire.ts'
import { functionErrors } from './function/function-errors.ts'
import type { FunctionOutcome, RequestChanges } from './function/function-result.ts'
import { isDisallowed } from './function/header-rules.ts'
import type { SandboxPool } from './function/sandbox-pool.ts'
import type { EdgeResult } from './log/edge-result.ts'
import { acceptedHeaders, forwardedRequest, originRequest } from './origin/origin-request.ts'
import type { Behavior, Distribution } from './template/distribution.ts'
import { compressed } from './viewer/compression.ts'
import { errorPage, notEmulated } from './viewer/error-page.ts'
import { type HeaderList, headerRecord } from './viewer/header-list.ts'
import { type Answer, present } from './viewer/narrow-response.ts'
import { withPolicy } from './viewer/response-headers.ts'
import { refusals } from './viewer/viewer-limits.ts'
import type { ViewerRequest } from './viewer/viewer-request.ts'

export interface PointOfPresenceOptions {
  name: string
  distribution: Distribution
  profile: CacheProfile
  rules: CacheRules
  /** By the behavior's function, for those that have one. */
  pools: ReadonlyMap<string, SandboxPool>
  /** By the origin's id. */
  upstreams: ReadonlyMap<string, Upstream>
  cacheBytes: number
}

/** An answer and how it came about. */
export interface EdgeAnswer extends Answer {
  result: EdgeResult
  /** Seconds, for what comes from a cache. */
  age: number | null
  functionMs: number | null
  coldStart: boolean
}

interface Ran {
  functionMs: number | null
  coldStart: boolean
}

interface Place {
  behavior: Behavior
  pattern: RegExp | null
  cache: Cache
}

export class PointOfPresence {
  readonly name: string
  readonly #options: PointOfPresenceOptions
  readonly #places: Place[]

  constructor(options: PointOfPresenceOptions) {
    this.name = options.name
    this.#options = options
    const { behaviors } = options.distribution
    this.#places = behaviors.map((behavior) => ({
      behavior,
      pattern: behavior.pathPattern === '*' ? null : patternOf(behavior.pathPattern),
      cache: this.#cacheOf(behavior, options.cacheBytes / behaviors.length),
    }))
  }

  get caches(): Cache[] {
    return this.#places.map(({ cache }) => cache)
  }

  async answer(request: ViewerRequest): Promise<EdgeAnswer> {
    const place = this.#place(request.uri)
    const { behavior } = place
    if (behavior.refusal) {
      return { ...notEmulated(behavior.refusal, request), result: 'Error', age: null, ...unasked }
    }
    for (const refusal of refusals) {
      if (this.#options.profile === 'cloudfront' && refusal.applies(request, behavior))
        return failure(refusal.status, 'Error', request, unasked)
    }
    if (behavior.viewerProtocolPolicy === 'redirect-to-https' && !request.encrypted) return redirect(request)
    const pool = behavior.viewerRequest && this.#options.pools.get(behavior.viewerRequest.id)
    if (!pool) return this.#fromCache(place, request, unasked)
    const { outcome, milliseconds, coldStart } = await pool.invoke(
      encodeEvent({ ...request, requestId: request.id, headers: exposed(request.headers) }),
    )
    const ran = { functionMs: milliseconds, coldStart }
    if (outcome.kind !== 'request') return withoutCache(outcome, request, ran)
    return this.#fromCache(place, outcome.changes ? changed(request, outcome.changes) : request, ran)
  }

  async #fromCache({ behavior, cache }: Place, request: ViewerRequest, ran: Ran): Promise<EdgeAnswer> {
    const viewer = headerRecord(request.headers)
    const ask = this.#ask(behavior, request, viewer)
    let served: Served
    try {
      served = isCached(request.method, behavior)
        ? (cache.fresh(ask) ?? (await cache.serve(ask)))
        : await cache.pass(ask)
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error
      return failure(error.status, 'Error', request, ran)
    }
    const answer = present(served, request.method, viewer)
    if (behavior.responseHeaders) answer.headers = withPolicy(answer.headers, behavior.responseHeaders, viewer)
    return { ...answer, result: answer.status >= 400 ? 'Error' : served.result, age: served.age, ...ran }
  }

  #ask(behavior: Behavior, request: ViewerRequest, viewer: Record<string, string>): Ask {
    const { distribution, profile } = this.#options
    const ours = profile === 'cloudfront'
    const method = request.method === 'OPTIONS' ? 'OPTIONS ' : ''
    let upstream: Ask['upstream'] | null = null
    return {
      method: request.method,
      key: ours
        ? method + cacheKey({ uri: request.uri, querystring: request.querystring, viewer }, behavior.cache)
        : request.querystring === ''
          ? request.uri
          : `${request.uri}?${request.querystring}`,
      viewer,
      // Built when it is needed: a hit never is.
      get upstream() {
        upstream ??= ours ? originRequest(request, viewer, behavior) : forwardedRequest(request)
        return upstream
      },
      policy: behavior.cache,
      errorTtl: (status) => distribution.errorCachingMinTtl.get(status) ?? defaultErrorTtl,
    }
  }

  #cacheOf(behavior: Behavior, bytes: number): Cache {
    const { profile, rules, upstreams } = this.#options
    const upstream = upstreams.get(behavior.origin.id)
    if (!upstream) throw new Error(`no upstream for origin ${behavior.origin.id}`)
    return new Cache(rules, upstream, bytes, async (ask, response) => {
      if (profile === 'rfc9111') return response
      const accepted = behavior.compress ? acceptedEncoding(ask.viewer, behavior.cache) : null
      const taken = { ...response, headers: acceptedHeaders(response.headers, behavior) }
      return accepted === null ? taken : compressed(taken, accepted)
    })
  }

  #place(uri: string): Place {
    const place = this.#places.find(({ pattern }) => pattern === null || pattern.test(uri))
    if (!place) throw new Error('a distribution has a default behavior')
    return place
  }
}

const unasked: Ran = { functionMs: null, coldStart: false }

function isCached(method: string, behavior: Behavior): boolean {
  return method === 'GET' || method === 'HEAD' || (method === 'OPTIONS' && behavior.cachedMethods.has('OPTIONS'))
}

/** `*` stands for any characters, `?` for one (CloudFront Developer Guide, distribution settings, "Path pattern"). */
function patternOf(pathPattern: string): RegExp {
  const path = pathPattern.startsWith('/') ? pathPattern : `/${pathPattern}`
  const source = path
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's')
}

/** The headers that a function sees. */
function exposed(headers: HeaderList): HeaderList {
  for (let index = 0; index < headers.length; index += 2) {
    if (isDisallowed((headers[index] as string).toLowerCase())) {
      return headers.filter((_, place) => !isDisallowed((headers[place & ~1] as string).toLowerCase()))
    }
  }
  return headers
}

function changed(request: ViewerRequest, { uri, querystring, removed, set }: RequestChanges): ViewerRequest {
  const headers: string[] = []
  for (let index = 0; index + 1 < request.headers.length; index += 2) {
    const name = request.headers[index] as string
    const lower = name.toLowerCase()
    if (!removed.includes(lower) && !(lower in set)) headers.push(name, request.headers[index + 1] as string)
  }
  for (const [name, values] of Object.entries(set)) for (const value of values) headers.push(name, value)
  return { ...request, uri: uri ?? request.uri, querystring: querystring ?? request.querystring, headers }
}

/** What CloudFront answers where the function did not let the request through. */
function withoutCache(
  outcome: Exclude<FunctionOutcome, { kind: 'request' }>,
  request: ViewerRequest,
  ran: Ran,
): EdgeAnswer {
  if (outcome.kind !== 'response') {
    const { status, result } = functionErrors[outcome.kind]
    return failure(status, result, request, ran)
  }
  const { status, statusDescription, headers, body, bodyEncoding } = outcome.response
  const bytes = Buffer.from(body, bodyEncoding === 'base64' ? 'base64' : 'utf8')
  const bodiless = request.method === 'HEAD' || status === 204 || status === 304
  return {
    status,
    statusText: statusDescription,
    headers: ['Server', 'CloudFront', 'Date', new Date().toUTCString(), ...headers],
    body: bodiless ? null : bytes,
    contentLength: status === 204 || status === 304 ? null : bytes.length,
    result: 'LambdaGeneratedResponse',
    age: null,
    ...ran,
  }
}

function failure(status: number, result: EdgeResult, request: ViewerRequest, ran: Ran): EdgeAnswer {
  return { ...errorPage(status, request), result, age: null, ...ran }
}

function redirect(request: ViewerRequest): EdgeAnswer {
  const host = headerRecord(request.headers).host ?? ''
  const query = request.querystring === '' ? '' : `?${request.querystring}`
  const page = errorPage(301, request)
  return {
    ...page,
    headers: [...page.headers, 'Location', `https://${host}${request.uri}${query}`],
    result: 'Redirect',
    age: null,
    ...unasked,
  }
}
