/** The rules of a correct shared cache (RFC 9111), on http-cache-semantics. */
import CachePolicy from 'http-cache-semantics'
import type { CacheEntry } from './cache-entry.ts'
import type { Ask, Assessment, CacheRules, Storage } from './cache-rules.ts'
import { headerRecord, headerValue } from './header-list.ts'
import type { UpstreamResponse } from './upstream.ts'

export const rfc9111Rules: CacheRules = {
  matches(entry, ask) {
    const { vary } = entry
    return vary === null || Object.entries(vary).every(([name, value]) => normal(ask.viewer[name]) === value)
  },

  assess(entry, ask): Assessment {
    const { policy } = entry
    if (!policy) return 'unusable'
    const { response, revalidation } = policy.evaluateRequest(libraryRequest(ask))
    if (response === undefined) return 'stale'
    return revalidation === undefined ? 'fresh' : 'refreshing'
  },

  onlyIfCached: (ask) => /(^|[\s,])only-if-cached([\s,]|$)/i.test(ask.viewer['cache-control'] ?? ''),

  storage(ask, response) {
    const policy = new CachePolicy(libraryRequest(ask), libraryResponse(response), { shared: true })
    return policy.storable() ? stored(policy, ask, response) : null
  },

  renewal(entry, ask, response) {
    const { policy } = entry
    if (!policy) return null
    return stored(policy.revalidatedPolicy(libraryRequest(ask), libraryResponse(response)).policy, ask, response)
  },

  standsIn(entry, ask) {
    const directives = headerValue(entry.headers, 'cache-control') ?? ''
    if (/must-revalidate|proxy-revalidate|s-maxage|no-cache/i.test(directives)) return false
    return !/no-cache|max-age/i.test(ask.viewer['cache-control'] ?? '')
  },

  invalidates(ask, response) {
    if (safeMethods.has(ask.method) || response.status >= 400) return []
    const base = new URL(ask.upstream.path, 'http://cache.invalid')
    const named = ['location', 'content-location'].flatMap((name) => headerValue(response.headers, name) ?? [])
    const paths = named.flatMap((target) => {
      const host = ask.viewer.host
      const url = URL.canParse(target, base.href) ? new URL(target, base.href) : null
      return url && (url.host === base.host || url.host === host) ? [url.pathname + url.search] : []
    })
    return [ask.key, ...paths]
  },
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

function stored(policy: CachePolicy, ask: Ask, response: UpstreamResponse): Storage {
  const names = (headerValue(response.headers, 'vary') ?? '').toLowerCase().split(',')
  const vary: CacheEntry['vary'] = {}
  for (const name of names.map((text) => text.trim())) if (name !== '') vary[name] = normal(ask.viewer[name])
  return {
    initialAge: policy.age(),
    freshUntil: response.responseTime + policy.timeToLive(),
    refreshUntil: 0,
    errorUntil: 0,
    vary: Object.keys(vary).length === 0 ? null : vary,
    policy,
  }
}

/** White space around list members does not tell two requests apart (RFC 9111 4.1). */
function normal(value: string | undefined): string | undefined {
  return value?.replace(/\s*,\s*/g, ', ').trim()
}

function libraryRequest(ask: Ask): CachePolicy.Request {
  return { url: ask.key, method: ask.method, headers: ask.viewer }
}

function libraryResponse(response: UpstreamResponse): CachePolicy.Response {
  return { status: response.status, headers: headerRecord(response.headers) }
}
