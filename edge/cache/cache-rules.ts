/** What the two profiles decide and the engine does not: what may be stored, how long, for whom, and what errors mean. */

import type { CacheEntry } from './cache-entry.ts'
import type { Ask, UpstreamResponse } from './upstream.ts'

/** `fresh`: serve it; `refreshing`: serve it and ask in the background; `stale`: ask first; `unusable`: as if it were not there. */
export type Assessment = 'fresh' | 'refreshing' | 'stale' | 'unusable'

export interface CacheRules {
  /** Which of the entries under one key answer this request. */
  matches(entry: CacheEntry, ask: Ask): boolean
  assess(entry: CacheEntry, ask: Ask, now: number): Assessment
  /** The request may be answered from the cache alone, or 504 (RFC 9111 5.2.1.7). */
  onlyIfCached(ask: Ask): boolean
  /** How a response is kept, or null where it is not. */
  storage(ask: Ask, response: UpstreamResponse): Storage | null
  /** Why `storage` says null, in a few words. */
  notKept(ask: Ask, response: UpstreamResponse): string
  /** Header fields, in lower case, that the first viewer gets and the stored response does not have. */
  unkept(response: UpstreamResponse): ReadonlySet<string>
  /** The answer to a HEAD is kept, for other HEADs; a GET's answers both. */
  keepsHead: boolean
  /** How an entry is kept after a 304; null: it is dropped. */
  renewal(entry: CacheEntry, ask: Ask, response: UpstreamResponse): Storage | null
  /** Whether a stale entry stands in for a failure: a status of 500 or more, or null for an unreachable origin. */
  standsIn(entry: CacheEntry, ask: Ask, status: number | null, now: number): boolean
  /** Keys that a successful answer to an unsafe method makes invalid (RFC 9111 4.4). */
  invalidates(ask: Ask, response: UpstreamResponse): string[]
}

export type Storage = Pick<CacheEntry, 'initialAge' | 'freshUntil' | 'refreshUntil' | 'errorUntil' | 'vary' | 'policy'>

/** `rfc9111`: a correct shared cache; `cloudfront`: what CloudFront documents. */
export type CacheProfile = 'rfc9111' | 'cloudfront'
