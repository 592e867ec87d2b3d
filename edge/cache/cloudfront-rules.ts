/** CloudFront's rules: the behavior's TTLs and key decide; the viewer's Cache-Control and the response's Vary do not. */
import CachePolicy from 'http-cache-semantics'
import { type HeaderList, headerRecord, headerValue } from '../viewer/header-list.ts'
import type { Assessment, CacheRules, Storage } from './cache-rules.ts'
import { cloudfrontTtl, type Freshness, ttlRowOf } from './cloudfront-ttl.ts'
import type { Ask, UpstreamResponse } from './upstream.ts'

export const cloudfrontRules: CacheRules = {
  matches: () => true,

  assess(entry, _ask, now): Assessment {
    if (now < entry.freshUntil) return 'fresh'
    return now < entry.refreshUntil ? 'refreshing' : 'stale'
  },

  onlyIfCached: () => false,

  storage: (ask, response) => storageOf(ask, response.headers, response.status, response),

  notKept(ask, response) {
    if (ask.policy.maxTtl === 0) return 'the maximum TTL is 0'
    const { name } = ttlRowOf(freshnessOf(ask, response.headers, response.status))
    return response.status === 206 ? 'a part that does not say which' : name
  },

  renewal: (entry, ask, response) => storageOf(ask, merged(entry.headers, response.headers), entry.status, response),

  unkept: ({ headers }) => (setCookieAlone.test(headerValue(headers, 'cache-control') ?? '') ? setCookie : noFields),

  keepsHead: true,

  /**
   * "If your origin returns a 5xx status code, CloudFront serves the object even though it has expired"
   * (HTTPStatusCodes); an unreachable origin counts as a 5xx. `stale-if-error` bounds it (Expiration).
   */
  standsIn: (entry, _ask, _status, now) => entry.status < 400 && now <= entry.errorUntil,

  // CloudFront forgets objects by time and invalidation only; an unsafe method changes nothing (inferred).
  invalidates: () => [],
}

function storageOf(ask: Ask, headers: HeaderList, status: number, { responseTime }: UpstreamResponse): Storage | null {
  if (status === 206 && headerValue(headers, 'content-range') === undefined) return null
  const freshness = freshnessOf(ask, headers, status)
  const ttl = cloudfrontTtl(freshness)
  if (ttl === null || ask.policy.maxTtl === 0) return null
  const initialAge = Number.parseInt(headerValue(headers, 'age') ?? '0', 10) || 0
  const freshUntil = responseTime + Math.max(0, ttl - initialAge) * 1000
  const directives = headerValue(headers, 'cache-control') ?? ''
  const refresh = seconds(directives, 'stale-while-revalidate') ?? 0
  const error = seconds(directives, 'stale-if-error') ?? Number.POSITIVE_INFINITY
  return {
    initialAge,
    freshUntil,
    refreshUntil: freshUntil + refresh * 1000,
    errorUntil: freshUntil + error * 1000,
    vary: null,
    policy: null,
  }
}

const setCookie = new Set(['set-cookie'])
const noFields = new Set<string>()

const forbidding = ['no-store', 'no-cache', 'private'] as const
/** What the library would let decide and CloudFront does not. */
const ignoredByCloudFront = new Set(['vary', 'set-cookie', 'pragma', 'age'])

function freshnessOf(ask: Ask, headers: HeaderList, status: number): Freshness {
  const directives = (headerValue(headers, 'cache-control') ?? '').replace(setCookieAlone, '$1')
  const directive = seconds(directives, 's-maxage') ?? seconds(directives, 'max-age')
  return {
    status,
    explicit: directive ?? untilExpires(headers),
    directive,
    forbids: new Set(forbidding.filter((name) => hasDirective(directives, name))),
    hasCacheControl: headerValue(headers, 'cache-control') !== undefined,
    varyAll: (headerValue(headers, 'vary') ?? '').split(',').some((name) => name.trim() === '*'),
    policy: ask.policy,
    errorTtl: ask.errorTtl(status),
  }
}

/** The library's reading of Expires against Date (RFC 9111 4.2.1); undefined without Expires. */
function untilExpires(headers: HeaderList): number | undefined {
  const record = headerRecord(headers)
  if (record.expires === undefined) return undefined
  const own = Object.fromEntries(Object.entries(record).filter(([name]) => !ignoredByCloudFront.has(name)))
  delete own['cache-control']
  const policy = new CachePolicy({ method: 'GET', headers: {} }, { status: 200, headers: own }, { shared: true })
  return policy.maxAge()
}

function hasDirective(directives: string, name: string): boolean {
  return new RegExp(`(^|[\\s,])${name}(?=[\\s,=]|$)`, 'i').test(directives)
}

/**
 * Speaks of the field alone (Cookies, "Disable caching of Set-Cookie headers"); of other fields the guide says nothing, and
 * `no-cache` with them counts as without (inferred).
 */
const setCookieAlone = /(^|[\s,])no-cache\s*=\s*"\s*set-cookie\s*"/i

function seconds(directives: string, name: string): number | undefined {
  const match = new RegExp(`(?:^|[\\s,])${name}\\s*=\\s*"?(\\d+)`, 'i').exec(directives)
  return match ? Number(match[1]) : undefined
}

function merged(stored: HeaderList, fresh: HeaderList): string[] {
  const names = new Set(Object.keys(headerRecord(fresh)))
  return [...stored.flatMap((_, index) => keep(stored, index, names)), ...fresh]
}

function keep(list: HeaderList, index: number, except: ReadonlySet<string>): string[] {
  const name = list[index] ?? ''
  return index % 2 === 0 && !except.has(name.toLowerCase()) ? [name, list[index + 1] ?? ''] : []
}
