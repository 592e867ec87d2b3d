/** One point of presence: what happens to a request between its viewer and the cache, in CloudFront's order. */

import { Cache, type Served } from './cache/cache.ts'
import { acceptedEncoding, cacheKey } from './cache/cache-key.ts'
import type { CacheProfile, CacheRules } from './cache/cache-rules.ts'
import { defaultErrorTtl } from './cache/cloudfront-ttl.ts'
import type { Ask } from './cache/upstream.ts'
import { type Upstream, UpstreamFailure } from './cache/upstream.ts'
import { type EdgeAnswer, failure, type Ran, unasked } from './edge-answer.ts'
import { changedRequest } from './function/changed-request.ts'
import { FunctionAnswers } from './function/function-answers.ts'
import { FunctionFailure, type FunctionFault } from './function/function-failure.ts'
import type { ViewerFunction } from './function/viewer-functions.ts'
import { acceptedHeaders, forwardedRequest, originRequest } from './origin/origin-request.ts'
import type { Behavior, Distribution } from './template/distribution.ts'
import { cloudFrontHeader, type Geo } from './viewer/cloudfront-headers.ts'
import { compressed } from './viewer/compression.ts'
import { notEmulated } from './viewer/error-page.ts'
import { type HeaderList, headerRecord } from './viewer/header-list.ts'
import { httpsRedirect } from './viewer/https-redirect.ts'
import { present } from './viewer/narrow-response.ts'
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
  readonly #answers: FunctionAnswers

  constructor(options: PointOfPresenceOptions) {
    this.name = options.name
    this.#options = options
    this.#answers = new FunctionAnswers(options)
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
      return httpsRedirect(request, this.#options.tlsPort())
    }
    const blocked = this.#blocked(behavior, request)
    if (blocked !== null)
      return this.#withErrorPage(failure(403, 'Error', request, unasked, blocked), request, behavior)
    if (behavior.trustedKeys) request = { ...request, querystring: withoutSignature(request.querystring) }
    if (!place.request) return this.#fromCache(place, request, unasked)
    const { pool, encode } = place.request
    const { outcome, milliseconds, coldStart } = await pool.invoke(encode(request))
    const ran = { functionMs: milliseconds, coldStart }
    if (outcome.kind !== 'request') return this.#answers.beforeCache(place.request, outcome, request, ran)
    return this.#fromCache(place, outcome.changes ? changedRequest(request, outcome.changes) : request, ran)
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
    const seen = place.response ? await this.#answers.afterCache(place.response, answer, request) : answer
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
      return this.#answers.failure(error.functionId, 'an origin event', error.outcome, 'lambda', request, ran)
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

/** A custom error page is asked for without the conditions and ranges of the request that failed. */
function pageHeaders({ headers }: ViewerRequest): HeaderList {
  const kept = new Set(['host', 'user-agent', 'accept-encoding'])
  return headers.filter((_, index) => kept.has((headers[index & ~1] as string).toLowerCase()))
}
