/**
 * How long CloudFront keeps an object, row by row as its documentation gives it; the first row that applies decides.
 *
 * Pages of the Amazon CloudFront Developer Guide, read in AWS's published source of 2023-06-15 unless a row says otherwise:
 * Expiration ("Managing how long content stays in the cache"), HTTPStatusCodes ("How CloudFront processes and caches HTTP
 * 4xx and 5xx status codes"), RequestAndResponseBehaviorCustomOrigin.
 */
import type { CachePolicy } from '../template/distribution.ts'

/** What the rows look at. Seconds. */
export interface Freshness {
  status: number
  /** s-maxage, else max-age, else the time until Expires; undefined where the origin says nothing. */
  explicit: number | undefined
  /** s-maxage or max-age alone. */
  directive: number | undefined
  forbids: ReadonlySet<'no-store' | 'no-cache' | 'private'>
  varyAll: boolean
  /** The origin sends Cache-Control, whatever it says. */
  hasCacheControl: boolean
  policy: CachePolicy
  /** Error caching minimum TTL of this status: the distribution's, else 10. */
  errorTtl: number
}

interface TtlRow {
  name: string
  source: string
  applies(freshness: Freshness): boolean
  /** Seconds that the object is fresh; null: it is not kept. */
  seconds(freshness: Freshness): number | null
}

/** "CloudFront always caches the following HTTP 4xx and 5xx status codes." 405 moved here from the second list (the reading). */
const alwaysCachedErrors: ReadonlySet<number> = new Set([404, 405, 414, 500, 501, 502, 503, 504])
/** "CloudFront only caches the following … if your origin returns a Cache-Control max-age or s-maxage." */
const errorsCachedOnRequest: ReadonlySet<number> = new Set([400, 403, 412, 415])
/** "Error caching minimum TTL: 10 seconds by default." */
export const defaultErrorTtl = 10

/** Statuses that are kept like a 200. Redirects: "CloudFront caches the redirect"; the others are inferred from RFC 9110 15.1. */
const cachedSuccesses = new Set([200, 203, 204, 206, 300, 301, 302, 303, 307, 308, 410])

const ttlRows: readonly TtlRow[] = [
  {
    name: 'an error that is always cached',
    source: 'HTTPStatusCodes',
    applies: ({ status }) => alwaysCachedErrors.has(status),
    seconds: ({ errorTtl, directive }) => Math.max(errorTtl, directive ?? 0) || null,
  },
  {
    name: 'an error cached where the origin asks for it',
    source: 'HTTPStatusCodes',
    applies: ({ status, directive }) => errorsCachedOnRequest.has(status) && directive !== undefined,
    seconds: ({ errorTtl, directive }) => Math.max(errorTtl, directive ?? 0) || null,
  },
  {
    name: 'any other error, and a status outside the lists',
    source: 'HTTPStatusCodes names the errors that are cached; for the others inferred',
    applies: ({ status }) => !cachedSuccesses.has(status),
    seconds: () => null,
  },
  {
    name: '307 or 308 without Cache-Control',
    source: 'http-3xx-status-codes, page of 2025: cached "only when you include the Cache-Control header"',
    applies: ({ status, hasCacheControl }) => (status === 307 || status === 308) && !hasCacheControl,
    seconds: () => null,
  },
  {
    name: 'Vary: * with a minimum TTL of 0',
    source: 'RequestAndResponseBehaviorCustomOrigin, "Content negotiation"',
    applies: ({ varyAll, policy }) => varyAll && policy.minTtl === 0,
    seconds: () => null,
  },
  {
    name: 'no-cache, no-store or private with a minimum TTL above 0',
    source: 'Expiration, the table of headers and TTLs',
    applies: ({ forbids, policy }) => forbids.size > 0 && policy.minTtl > 0,
    seconds: ({ policy }) => policy.minTtl,
  },
  {
    name: 'no-store or private with a minimum TTL of 0',
    source: 'Expiration, the same table: "CloudFront and browsers respect the headers"',
    applies: ({ forbids }) => forbids.has('no-store') || forbids.has('private'),
    seconds: () => null,
  },
  {
    name: 'no-cache with a minimum TTL of 0',
    source: 'Expiration, the same table; kept and asked for each time: inferred from RFC 9111 5.2.2.4',
    applies: ({ forbids }) => forbids.has('no-cache'),
    seconds: () => 0,
  },
  {
    name: 'an explicit lifetime',
    source: 'Expiration: no less than the minimum TTL, no more than the maximum TTL',
    applies: ({ explicit }) => explicit !== undefined,
    seconds: ({ explicit = 0, policy }) => Math.min(Math.max(explicit, policy.minTtl), policy.maxTtl),
  },
  {
    name: 'no lifetime of its own',
    source: 'Expiration: the default TTL, or the minimum TTL where that is greater',
    applies: () => true,
    seconds: ({ policy }) => Math.max(policy.defaultTtl, policy.minTtl),
  },
]

export function cloudfrontTtl(freshness: Freshness): number | null {
  return ttlRowOf(freshness).seconds(freshness)
}

/** The row that decides; the last one applies to everything. */
export function ttlRowOf(freshness: Freshness): Pick<TtlRow, 'name' | 'seconds'> {
  return ttlRows.find((row) => row.applies(freshness)) as TtlRow
}
