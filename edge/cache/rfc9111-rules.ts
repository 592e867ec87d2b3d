/** The rules of a correct shared cache (RFC 9111), on http-cache-semantics. */
import CachePolicy from 'http-cache-semantics'
import { headerRecord, headerValue } from '../viewer/header-list.ts'
import type { CacheEntry } from './cache-entry.ts'
import type { Assessment, CacheRules, Storage } from './cache-rules.ts'
import { type Ask, pathOf, type UpstreamResponse } from './upstream.ts'

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
    if (policy.stale() && mustAskOnceStale.test(headerValue(entry.headers, 'cache-control') ?? '')) return 'stale'
    return revalidation === undefined ? 'fresh' : 'refreshing'
  },

  onlyIfCached: (ask) => /(^|[\s,])only-if-cached([\s,]|$)/i.test(ask.viewer['cache-control'] ?? ''),

  storage(ask, response) {
    const policy = new CachePolicy(libraryRequest(ask), libraryResponse(response, ask), { shared: true })
    return policy.storable() ? stored(policy, ask, response) : null
  },

  notKept: () => 'RFC 9111 3 does not let a shared cache store it',

  unkept: () => new Set(),

  keepsHead: false,

  renewal(entry, ask, response) {
    const { policy } = entry
    if (!policy) return null
    // The library takes a 304 with another ETag for one about another response; it was asked about this one.
    const { headers } = libraryResponse(response, ask)
    const own = entry.etag === undefined ? headers : { ...headers, etag: entry.etag }
    return stored(policy.revalidatedPolicy(libraryRequest(ask), { status: 304, headers: own }).policy, ask, response)
  },

  standsIn(entry, ask) {
    const directives = headerValue(entry.headers, 'cache-control') ?? ''
    if (mustAskOnceStale.test(directives)) return false
    return !/no-cache|max-age/i.test(ask.viewer['cache-control'] ?? '')
  },

  invalidates(ask, response) {
    if (safeMethods.has(ask.method) || response.status >= 400) return []
    const base = new URL(pathOf(ask.upstream), 'http://cache.invalid')
    const named = ['location', 'content-location'].flatMap((name) => headerValue(response.headers, name) ?? [])
    const paths = named.flatMap((target) => {
      const host = ask.viewer.host
      const url = URL.canParse(target, base.href) ? new URL(target, base.href) : null
      return url && (url.host === base.host || url.host === host) ? [url.pathname + url.search] : []
    })
    return [ask.key, ...paths]
  },
}

/** Directives that forbid a shared cache to serve what is stale (RFC 9111 4.2.4). */
const mustAskOnceStale = /must-revalidate|proxy-revalidate|s-maxage|no-cache/i

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

/** The response as the library should see it; what it reads otherwise than RFC 9111 is put right here. */
function libraryResponse(response: UpstreamResponse, ask: Ask): CachePolicy.Response {
  const headers = headerRecord(response.headers)
  // Set-Cookie alone forbids no cache to store (RFC 9111 7.3).
  delete headers['set-cookie']
  // Directive names know no case (RFC 9111 5.2); the library looks for lower case.
  const directives = lowerDirectives(headers['cache-control'] ?? '')
  // must-revalidate and proxy-revalidate speak of stale responses only (RFC 9111 5.2.2.2); the library takes them for no-cache.
  const plain = directives.replace(/(must|proxy)-revalidate/g, '')
  // To store what came with Authorization must-revalidate is as good as public (RFC 9111 3.5).
  const open = ask.viewer.authorization !== undefined && directives.includes('must-revalidate')
  if (directives !== '') headers['cache-control'] = open ? `${plain}, public` : plain
  // An Age that is not one number: old, to be on the safe side of the first member that RFC 9111 5.1 would take.
  if (headers.age !== undefined && !/^\d+$/.test(headers.age)) headers.age = veryOld
  // Any final status may be stored that says how long (RFC 9111 3); the library keeps to those it knows.
  const lasting = !/must-understand/.test(directives) && (/max-age/.test(directives) || headers.expires !== undefined)
  const plainStatus = response.status === 206 || (lasting && response.status >= 299) ? 200 : response.status
  return { status: plainStatus, headers }
}

const veryOld = String(2 ** 31)

function lowerDirectives(value: string): string {
  return value.replace(/"[^"]*"|[^",=\s]+(?=\s*[,=]|\s*$)/g, (part) =>
    part.startsWith('"') ? part : part.toLowerCase(),
  )
}
