/** The cache between the points of presence and the origin (CloudFront Developer Guide, HowCloudFrontWorks, "regional edge caches"). */

import { withoutHeaders } from '../viewer/header-list.ts'
import { present } from '../viewer/narrow-response.ts'
import { Cache } from './cache.ts'
import type { CacheRules } from './cache-rules.ts'
import type { Ask, Upstream, UpstreamRequest } from './upstream.ts'

/** One cache for each behavior, and what a point of presence uses in the origins' place. */
export function regionalCache(rules: CacheRules, origins: readonly Upstream[], maxBytes: number) {
  const caches = origins.map(
    (origin) => new Cache(rules, origin, maxBytes / origins.length, async (_ask, response) => response),
  )
  const upstreams = caches.map(
    (cache): Upstream =>
      (request, ask) =>
        through(cache, request, ask),
  )
  return { caches, upstreams }
}

const conditions = new Set(['if-none-match', 'if-modified-since'])

async function through(cache: Cache, request: UpstreamRequest, ask: Ask) {
  const requestTime = Date.now()
  const viewer = { ...ask.viewer }
  for (const name of conditions) delete viewer[name]
  const asked: Ask = {
    ...ask,
    viewer,
    upstream: { ...request, headers: withoutHeaders(request.headers, conditions) },
    errorTtl: ask.errorTtl,
  }
  const cached = request.method === 'GET' || request.method === 'HEAD'
  const served = cached ? await cache.serve(asked) : await cache.pass(asked)
  const answer = present(served, request.method, conditionsOf(request))
  const headers = withoutHeaders(answer.headers, new Set(['age']))
  if (served.age !== null) headers.push('Age', String(served.age))
  if (answer.contentLength !== null && request.method === 'HEAD')
    headers.push('Content-Length', String(answer.contentLength))
  return {
    status: answer.status,
    statusText: answer.statusText,
    headers,
    body: answer.body ?? Buffer.alloc(0),
    requestTime,
    responseTime: Date.now(),
    fromCache: served.result === 'Hit' || served.result === 'RefreshHit',
  }
}

/** What the point of presence itself asks: its own validators, which are the last of their name. */
function conditionsOf({ headers }: UpstreamRequest): Record<string, string> {
  const record: Record<string, string> = {}
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = (headers[index] as string).toLowerCase()
    if (conditions.has(name) || name === 'range' || name === 'if-range') record[name] = headers[index + 1] as string
  }
  return record
}
