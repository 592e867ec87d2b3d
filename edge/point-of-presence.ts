/** One point of presence: what happens to a request between its viewer and the cache, in CloudFront's order. */

import { Cache, type Served } from './cache/cache.ts'
import { acceptedEncoding, cacheKey } from './cache/cache-key.ts'
import type { CacheProfile, CacheRules } from './cache/cache-rules.ts'
import { defaultErrorTtl } from './cache/cloudfront-ttl.ts'
import type { Ask } from './cache/upstream.ts'
import { type Upstream, UpstreamFailure } from './cache/upstream.ts'
import { functionErrors } from './function/function-errors.ts'
import { FunctionFailure, type FunctionFault } from './function/function-failure.ts'
import type { FunctionOutcome, RequestChanges } from './function/function-result.ts'
import type { ViewerFunction } from './function/viewer-functions.ts'
import type { EdgeResult } from './log/edge-result.ts'
import { acceptedHeaders, forwardedRequest, originRequest } from './origin/origin-request.ts'
import type { Behavior, Distribution } from './template/distribution.ts'
import { cloudFrontHeader, type Geo } from './viewer/cloudfront-headers.ts'
import { compressed } from './viewer/compression.ts'
import { errorPage, notEmulated } from './viewer/error-page.ts'
import { type HeaderList, headerRecord } from './viewer/header-list.ts'
import { type Answer, present } from './viewer/narrow-response.ts'
import { normalizedPath } from './viewer/normalized-path.ts'
import { withPolicy } from './viewer/response-headers.ts'
import { signedAccessProblem, withoutSignature } from './viewer/signed-access.ts'
import { refusals } from './viewer/viewer-limits.ts'
import type { ViewerRequest } from './viewer/viewer-request.ts'

export interface PointOfPresenceOptions {
  name: string
  distribution: Distribution
  profile: CacheProfile
  rules: CacheRules
  /** For each behavior, in the distribution's order: its functions at the viewer, and what its cache asks. */
  functions: readonly { request: ViewerFunction | null; response: ViewerFunction | null }[]
  upstreams: readonly Upstream[]
  cacheBytes: number
  geo: Geo
  /** Error pages say no more than CloudFront's. */
  plainErrors: boolean
  functionFailed(fault: FunctionFault): void
  /** Port of the TLS listener that a redirect leads to; null: HTTPS's own. */
  tlsPort(): number | null
}

/** An answer and how it came about. */
export interface EdgeAnswer extends Answer {
  result: EdgeResult
  /** Seconds, for what comes from a cache. */
  age: number | null
  functionMs: number | null
  coldStart: boolean
  /** Why it is no hit, or no answer of the origin's. */
  why: string | null
}

interface Ran {
  functionMs: number | null
  coldStart: boolean
}

interface Place {
  behavior: Behavior
  pattern: RegExp | null
  cache: Cache
  request: ViewerFunction | null
  response: ViewerFunction | null
  /** Headers that its policies want of CloudFront, in lower case. */
  cloudFrontHeaders: readonly string[]
}

export class PointOfPresence {
  readonly name: string
  readonly #options: PointOfPresenceOptions
  readonly #places: Place[]

  constructor(options: PointOfPresenceOptions) {
    this.name = options.name
    this.#options = options
    const { behaviors } = options.distribution
    this.#places = behaviors.map((behavior, index) => ({
      behavior,
      pattern: behavior.pathPattern === '*' ? null : patternOf(behavior.pathPattern),
      cache: this.#cacheOf(behavior, options.upstreams[index] as Upstream, options.cacheBytes / behaviors.length),
      request: options.functions[index]?.request ?? null,
      response: options.functions[index]?.response ?? null,
      cloudFrontHeaders: [...behavior.cache.headers.names, ...(behavior.originRequest?.headers.names ?? [])].filter(
        (name) => name.startsWith('cloudfront-'),
      ),
    }))
  }

  get caches(): Cache[] {
    return this.#places.map(({ cache }) => cache)
  }

  /** The behaviors with their caches, in the distribution's order. */
  get places(): readonly { behavior: Behavior; cache: Cache }[] {
    return this.#places
  }

  async answer(viewerRequest: ViewerRequest): Promise<EdgeAnswer> {
    let request = viewerRequest
    const place = this.#place(request.uri)
    const { behavior } = place
    if (behavior.refusal) {
      return {
        ...notEmulated(behavior.refusal, request),
        result: 'Error',
        age: null,
        why: behavior.refusal,
        ...unasked,
      }
    }
    if (this.#options.profile === 'cloudfront') {
      for (const { applies, status, name } of refusals) {
        if (applies(request, behavior)) return failure(status, 'Error', request, unasked, name)
      }
    }
    if (behavior.viewerProtocolPolicy === 'redirect-to-https' && !request.encrypted) {
      return redirect(request, this.#options.tlsPort())
    }
    const blocked = this.#blocked(behavior, request)
    if (blocked !== null)
      return this.#withErrorPage(failure(403, 'Error', request, unasked, blocked), request, behavior)
    if (behavior.trustedKeys) request = { ...request, querystring: withoutSignature(request.querystring) }
    if (!place.request) return this.#fromCache(place, request, unasked)
    const { pool, encode } = place.request
    const { outcome, milliseconds, coldStart } = await pool.invoke(encode(request))
    const ran = { functionMs: milliseconds, coldStart }
    if (outcome.kind !== 'request') return this.#withoutCache(place.request, outcome, request, ran)
    return this.#fromCache(place, outcome.changes ? changed(request, outcome.changes) : request, ran)
  }

  /** Signatures and countries, which are looked at before any function (inferred). */
  #blocked({ trustedKeys }: Behavior, request: ViewerRequest): string | null {
    const { geoRestriction, domainName } = this.#options.distribution
    const { country = '' } = this.#options.geo
    if (geoRestriction && geoRestriction.locations.has(country) !== (geoRestriction.type === 'whitelist')) {
      return `GeoRestriction (${geoRestriction.type}) does not serve ${country}`
    }
    if (!trustedKeys) return null
    const { host = '', cookie } = headerRecord(request.headers)
    const problem = signedAccessProblem(request, cookie, {
      keys: trustedKeys,
      hosts: [host, domainName],
      now: Date.now(),
    })
    return problem === null ? null : `signed access: ${problem}`
  }

  async #fromCache(place: Place, request: ViewerRequest, ran: Ran): Promise<EdgeAnswer> {
    const { behavior, cache } = place
    const viewer = headerRecord(request.headers)
    const ask = this.#ask(place, request, viewer)
    let served: Served
    try {
      served = isCached(request.method, behavior)
        ? (cache.fresh(ask) ?? (await cache.serve(ask)))
        : this.#passed(await cache.pass(ask), behavior)
    } catch (error) {
      return this.#withErrorPage(this.#originFailure(error, request, ran), request, behavior)
    }
    const answer: EdgeAnswer = {
      ...present(served, request.method, viewer, this.#options.profile === 'cloudfront'),
      result: served.result,
      age: served.age,
      why: served.why === undefined ? null : `${served.why}; key ${ask.key.replaceAll('\n', ' ')}`,
      ...ran,
    }
    if (answer.status >= 400) {
      const page = await this.#withErrorPage({ ...answer, result: 'Error' }, request, behavior)
      return this.#withResponseHeaders(page, behavior, viewer)
    }
    // "The function doesn't execute when the origin returns an HTTP status code of 400 or higher."
    const seen = place.response ? await this.#viewerResponse(place.response, answer, request) : answer
    return this.#withResponseHeaders(seen, behavior, viewer)
  }

  /** What is not cached loses the same headers, Set-Cookie among them, as what is. */
  #passed(served: Served, behavior: Behavior): Served {
    if (this.#options.profile === 'rfc9111') return served
    return { ...served, headers: acceptedHeaders(served.headers, behavior) }
  }

  #withResponseHeaders(answer: EdgeAnswer, { responseHeaders }: Behavior, viewer: Record<string, string>): EdgeAnswer {
    if (responseHeaders) answer.headers = withPolicy(answer.headers, responseHeaders, viewer)
    return answer
  }

  #originFailure(error: unknown, request: ViewerRequest, ran: Ran): EdgeAnswer {
    if (error instanceof FunctionFailure) {
      return this.#functionFailure(error.functionId, 'an origin event', error.outcome, 'lambda', request, ran)
    }
    if (!(error instanceof UpstreamFailure)) throw error
    if (error.status !== 501) return failure(error.status, 'Error', request, ran, error.message)
    return { ...notEmulated(error.message, request), result: 'Error', age: null, why: error.message, ...ran }
  }

  /** The page that stands in for an error of CloudFront's or the origin's (GeneratingCustomErrorResponses, HTTPStatusCodes). */
  async #withErrorPage(answer: EdgeAnswer, request: ViewerRequest, behavior: Behavior): Promise<EdgeAnswer> {
    const page = this.#options.distribution.errorPages.get(answer.status)
    if (!page || answer.status === 501 || answer.result !== 'Error' || this.#options.profile !== 'cloudfront')
      return answer
    const asked = {
      ...request,
      method: 'GET',
      uri: page.path,
      querystring: '',
      body: null,
      headers: pageHeaders(request),
    }
    const place = this.#place(page.path)
    const ask = this.#ask(place, asked, headerRecord(asked.headers))
    let served: Served
    try {
      served = place.cache.fresh(ask) ?? (await place.cache.serve(ask))
    } catch {
      return answer
    }
    const shown = present(served, request.method, {})
    // "CloudFront returns the status code that it received from the origin that contains the custom error pages."
    const status = served.status >= 400 ? served.status : page.responseCode
    const why = `${answer.why ?? `the origin answered ${answer.status}`}; the custom error page ${page.path} of behavior ${behavior.pathPattern}`
    return { ...answer, ...shown, status, statusText: '', why }
  }

  async #viewerResponse(
    viewerFunction: ViewerFunction,
    answer: EdgeAnswer,
    request: ViewerRequest,
  ): Promise<EdgeAnswer> {
    const { pool, encode, edgeFunction } = viewerFunction
    const { outcome, milliseconds, coldStart } = await pool.invoke(encode(request, answer))
    const ran = { functionMs: (answer.functionMs ?? 0) + milliseconds, coldStart: answer.coldStart || coldStart }
    if (outcome.kind === 'failed' || outcome.kind === 'invalid' || outcome.kind === 'throttled') {
      return this.#functionFailure(edgeFunction.id, 'viewer-response', outcome, edgeFunction.kind, request, ran)
    }
    if (outcome.kind !== 'answer') return answer
    const { status, statusDescription, headers, body } = outcome.answer
    const bytes = body === undefined ? null : Buffer.from(body, 'base64')
    return {
      ...answer,
      ...ran,
      status,
      statusText: status === answer.status ? answer.statusText : statusDescription,
      headers,
      ...(bytes && { body: request.method === 'HEAD' ? null : bytes, contentLength: bytes.length }),
    }
  }

  /** What CloudFront answers where the function did not let the request through. */
  #withoutCache(
    { edgeFunction }: ViewerFunction,
    outcome: Exclude<FunctionOutcome, { kind: 'request' }>,
    request: ViewerRequest,
    ran: Ran,
  ): EdgeAnswer {
    if (outcome.kind === 'answer') throw new Error('a function of requests makes no answer to change')
    if (outcome.kind !== 'response') {
      return this.#functionFailure(edgeFunction.id, 'viewer-request', outcome, edgeFunction.kind, request, ran)
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
      result: edgeFunction.kind === 'lambda' ? 'LambdaGeneratedResponse' : 'FunctionGeneratedResponse',
      age: null,
      why: null,
      ...ran,
    }
  }

  #functionFailure(
    functionId: string,
    eventType: string,
    outcome: Extract<FunctionOutcome, { kind: 'failed' | 'invalid' | 'throttled' }>,
    kind: 'lambda' | 'cloudfront',
    request: ViewerRequest,
    ran: Ran,
  ): EdgeAnswer {
    const { status, result, cloudFrontResult, when } = functionErrors[outcome.kind]
    const reason = outcome.kind === 'throttled' ? when : outcome.reason
    const stack = outcome.kind === 'failed' ? (outcome.stack ?? '') : ''
    this.#options.functionFailed({ functionId, eventType, uri: request.uri, reason, stack })
    const detail = `function ${functionId} at ${eventType}: ${reason}${stack === '' ? '' : `\n${stack}`}`
    const answer = failure(
      status,
      kind === 'lambda' ? result : cloudFrontResult,
      request,
      ran,
      `function ${functionId}: ${reason}`,
    )
    return this.#options.plainErrors ? answer : { ...answer, ...errorPage(status, request, detail) }
  }

  #ask(place: Place, request: ViewerRequest, viewer: Record<string, string>): Ask {
    const { distribution, profile, geo } = this.#options
    const { behavior } = place
    const ours = profile === 'cloudfront'
    for (const name of place.cloudFrontHeaders) {
      const value = cloudFrontHeader(name, request, viewer['user-agent'] ?? '', geo)
      if (value === undefined) delete viewer[name]
      else viewer[name] = value
    }
    // "A request for the root of your distribution returns the default root object."
    const root = distribution.defaultRootObject
    const uri = root !== null && request.uri === '/' ? `/${root}` : request.uri
    const method = request.method === 'OPTIONS' ? 'OPTIONS ' : ''
    let upstream: Ask['upstream'] | null = null
    return {
      method: request.method,
      key: ours
        ? method + cacheKey({ uri, querystring: request.querystring, viewer }, behavior.cache)
        : request.querystring === ''
          ? request.uri
          : `${request.uri}?${request.querystring}`,
      viewer,
      // Built when it is needed: a hit never is.
      get upstream() {
        upstream ??= ours
          ? originRequest(
              uri === request.uri ? request : { ...request, uri },
              viewer,
              behavior,
              place.cloudFrontHeaders,
            )
          : forwardedRequest(request)
        return upstream
      },
      requestId: request.id,
      clientIp: request.clientIp,
      policy: behavior.cache,
      errorTtl: (status) => distribution.errorCachingMinTtl.get(status) ?? defaultErrorTtl,
    }
  }

  #cacheOf(behavior: Behavior, upstream: Upstream, bytes: number): Cache {
    const { profile, rules } = this.#options
    return new Cache(rules, upstream, bytes, async (ask, response) => {
      if (profile === 'rfc9111') return response
      const accepted = behavior.compress ? acceptedEncoding(ask.viewer, behavior.cache) : null
      const taken = { ...response, headers: acceptedHeaders(response.headers, behavior) }
      return accepted === null ? taken : compressed(taken, accepted)
    })
  }

  #place(uri: string): Place {
    const path = normalizedPath(uri)
    const place = this.#places.find(({ pattern }) => pattern === null || pattern.test(path))
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

function changed(request: ViewerRequest, { uri, querystring, removed, set, body }: RequestChanges): ViewerRequest {
  const headers: string[] = []
  for (let index = 0; index + 1 < request.headers.length; index += 2) {
    const name = request.headers[index] as string
    const lower = name.toLowerCase()
    if (!removed.includes(lower) && !(lower in set)) headers.push(name, request.headers[index + 1] as string)
  }
  for (const [name, values] of Object.entries(set)) for (const value of values) headers.push(name, value)
  return {
    ...request,
    uri: uri ?? request.uri,
    querystring: querystring ?? request.querystring,
    headers,
    ...(body !== undefined && { body: Buffer.from(body, 'base64') }),
  }
}

/** A custom error page is asked for without the conditions and ranges of the request that failed. */
function pageHeaders({ headers }: ViewerRequest): HeaderList {
  const kept = new Set(['host', 'user-agent', 'accept-encoding'])
  return headers.filter((_, index) => kept.has((headers[index & ~1] as string).toLowerCase()))
}

function failure(status: number, result: EdgeResult, request: ViewerRequest, ran: Ran, why: string): EdgeAnswer {
  return { ...errorPage(status, request), result, age: null, why, ...ran }
}

/**
 * "CloudFront returns HTTP status code 301 along with the new HTTPS URL" for GET and HEAD, and 307 for the other methods of
 * HTTP 1.1 or above (using-https-viewers-to-cloudfront, source of 2023-06-15). The port of plain HTTP is not HTTPS's.
 */
function redirect(request: ViewerRequest, tlsPort: number | null): EdgeAnswer {
  const name = (headerRecord(request.headers).host ?? '').replace(/:\d+$/, '')
  const query = request.querystring === '' ? '' : `?${request.querystring}`
  const repeatable = request.method === 'GET' || request.method === 'HEAD' || request.protocol === 'HTTP/1.0'
  const page = errorPage(repeatable ? 301 : 307, request)
  const host = tlsPort === null ? name : `${name}:${tlsPort}`
  return {
    ...page,
    headers: [...page.headers, 'Location', `https://${host}${request.uri}${query}`],
    result: 'Redirect',
    age: null,
    why: null,
    ...unasked,
  }
}
