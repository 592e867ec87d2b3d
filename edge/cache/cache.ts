/** The cache engine: lookup, collapsing, revalidation, stale answers. Everything a profile decides is in its rules. */

import { type HeaderList, headerNames, headerValue, withoutHeaders } from '../viewer/header-list.ts'
import { contentRange, holdsRange } from '../viewer/ranges.ts'
import { ageOf, type CacheEntry } from './cache-entry.ts'
import type { CacheRules, Storage } from './cache-rules.ts'
import { CacheStore } from './cache-store.ts'
import type { Ask } from './upstream.ts'
import { type Upstream, UpstreamFailure, type UpstreamRequest, type UpstreamResponse } from './upstream.ts'

type CacheResult = 'Hit' | 'RefreshHit' | 'Miss' | 'Error'

/** A complete response, not yet narrowed to what the viewer asked of it (conditions, ranges, HEAD). */
export interface Served {
  status: number
  statusText: string
  headers: HeaderList
  body: Buffer
  /** The part that `body` is, where it is not the whole. */
  range: CacheEntry['range']
  /** Seconds; null for a response that comes straight from upstream. */
  age: number | null
  result: CacheResult
  /** The stored response behind it, where there is one. */
  entry: CacheEntry | null
  /** Why it is no hit, in a few words. */
  why?: string
}

/** May change a response before it is stored: compression, and headers that CloudFront removes. */
export type Intake = (ask: Ask, response: UpstreamResponse) => Promise<UpstreamResponse>

export class Cache {
  readonly store: CacheStore
  /** Requests that waited for another one's answer. */
  collapsed = 0
  readonly #rules: CacheRules
  readonly #upstream: Upstream
  readonly #intake: Intake
  readonly #inFlight = new Map<string, Promise<unknown>>()

  constructor(rules: CacheRules, upstream: Upstream, maxBytes: number, intake: Intake) {
    this.#rules = rules
    this.#upstream = upstream
    this.#intake = intake
    this.store = new CacheStore(maxBytes)
  }

  /** What can be answered at once, without asking anybody. */
  fresh(ask: Ask): Served | null {
    const now = Date.now()
    const entry = this.#find(ask, now)
    return entry && this.#rules.assess(entry, ask, now) === 'fresh' ? fromEntry(entry, 'Hit', now) : null
  }

  /** Rejects with an UpstreamFailure where nothing can be answered. */
  async serve(ask: Ask): Promise<Served> {
    const now = Date.now()
    const entry = this.#find(ask, now)
    const assessment = entry ? this.#rules.assess(entry, ask, now) : 'unusable'
    if (entry && assessment === 'fresh') return fromEntry(entry, 'Hit', now)
    if (this.#rules.onlyIfCached(ask)) return gatewayTimeout
    if (entry && assessment === 'refreshing') {
      this.#refresh(ask, entry)
      return fromEntry(entry, 'Hit', now)
    }
    const other = this.#inFlight.get(ask.key)
    if (other) {
      this.collapsed++
      await other.catch(() => {})
      return this.fresh(ask) ?? this.#fetch(ask, assessment === 'stale' ? entry : null, now)
    }
    return this.#alone(ask, assessment === 'stale' ? entry : null, now)
  }

  /** A method that is not cached: sent on; what its success makes invalid is dropped. */
  async pass(ask: Ask): Promise<Served> {
    const response = await this.#upstream(ask.upstream, ask)
    for (const key of this.#rules.invalidates(ask, response)) this.store.delete(key)
    return { ...fromUpstream(response, 'Miss'), why: `${ask.method} is not cached` }
  }

  #find(ask: Ask, now: number): CacheEntry | null {
    let best: CacheEntry | null = null
    const own = this.store.get(ask.key)
    const withHeads = ask.method === 'HEAD' && this.#rules.keepsHead
    for (const entry of withHeads ? [...own, ...this.store.get(headKey(ask))] : own) {
      if (entry.range && !holdsRange(entry.range, ask.viewer.range)) continue
      if (!this.#rules.matches(entry, ask)) continue
      if (best === null || (entry.storedAt >= best.storedAt && entry.freshUntil >= Math.min(best.freshUntil, now)))
        best = entry
    }
    return best
  }

  #refresh(ask: Ask, entry: CacheEntry): void {
    if (this.#inFlight.has(ask.key)) return
    this.#alone(ask, entry, Date.now()).catch(() => {})
  }

  #alone(ask: Ask, entry: CacheEntry | null, now: number): Promise<Served> {
    const work = this.#fetch(ask, entry, now)
    this.#inFlight.set(ask.key, work)
    const done = () => {
      if (this.#inFlight.get(ask.key) === work) this.#inFlight.delete(ask.key)
    }
    work.then(done, done)
    return work
  }

  async #fetch(ask: Ask, entry: CacheEntry | null, now: number): Promise<Served> {
    const why = entry ? expired(entry, now) : 'nothing is cached under this key'
    let response: UpstreamResponse
    try {
      response = await this.#upstream(entry ? conditional(ask.upstream, entry) : ask.upstream, ask)
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error
      return this.#stale(ask, entry, null) ?? Promise.reject(error)
    }
    if (response.status === 304 && entry) return { ...this.#renew(ask, entry, response), why: `${why}, not changed` }
    if (response.status >= 500) {
      const stale = this.#stale(ask, entry, response.status)
      if (stale) return stale
    }
    return this.#take(ask, response, why)
  }

  async #take(ask: Ask, raw: UpstreamResponse, why: string): Promise<Served> {
    const response = await this.#intake(ask, raw)
    const served = { ...fromUpstream(response, raw.status >= 400 ? 'Error' : raw.fromCache ? 'Hit' : 'Miss'), why }
    // The answer to a HEAD has no body to give to a GET under the same key (RFC 9110 9.3.2).
    if (ask.method === 'HEAD' && !this.#rules.keepsHead) return served
    const key = ask.method === 'HEAD' ? headKey(ask) : ask.key
    const storage = this.#rules.storage(ask, raw)
    if (!storage) {
      // A newer answer that may not be kept still ends the older one.
      if (raw.status < 400) this.store.delete(key)
      return { ...served, why: `${why}; the answer is not kept: ${this.#rules.notKept(ask, raw)}` }
    }
    const range = response.status === 206 ? contentRange(headerValue(response.headers, 'content-range')) : null
    if (response.status === 206 && (range === null || range.end - range.start + 1 !== response.body.length))
      return served
    const entry = entryOf(response, storage, range, this.#rules.unkept(raw))
    this.store.put(key, entry, (other) =>
      range !== null && other.range !== null && other.etag === entry.etag
        ? other.range.start === range.start && other.range.end === range.end
        : this.#rules.matches(other, ask),
    )
    return { ...served, entry }
  }

  #renew(ask: Ask, entry: CacheEntry, response: UpstreamResponse): Served {
    const storage = this.#rules.renewal(entry, ask, response)
    const headers = updatedHeaders(entry.headers, response.headers)
    const renewed: CacheEntry = { ...entry, headers, storedAt: response.responseTime, ...(storage ?? {}) }
    const key = this.store.get(ask.key).includes(entry) ? ask.key : headKey(ask)
    const others = this.store.get(key)
    if (storage) this.store.put(key, renewed, (other) => other === entry)
    else if (others.includes(entry)) this.store.delete(key)
    return fromEntry(renewed, 'RefreshHit', Date.now())
  }

  #stale(ask: Ask, entry: CacheEntry | null, status: number | null): Served | null {
    const now = Date.now()
    if (!entry || !this.#rules.standsIn(entry, ask, status, now)) return null
    // For as long as the error itself would be cached, the origin is left alone.
    entry.freshUntil = now + ask.errorTtl(status ?? 502) * 1000
    return fromEntry(entry, 'Hit', now)
  }
}

function expired({ freshUntil }: CacheEntry, now: number): string {
  const seconds = Math.round((now - freshUntil) / 1000)
  return freshUntil > 0 && seconds > 0 ? `expired ${seconds} s ago` : 'to be asked for each time'
}

/** Where answers to HEAD are kept, beside those to GET. */
const headKey = ({ key }: Ask) => `HEAD ${key}`

function entryOf(
  response: UpstreamResponse,
  storage: Storage,
  range: CacheEntry['range'],
  unkept: ReadonlySet<string>,
): CacheEntry {
  return {
    status: response.status,
    statusText: response.statusText,
    headers: withoutHeaders(response.headers, unkept.size === 0 ? ageField : new Set([...ageField, ...unkept])),
    body: response.body,
    range,
    etag: headerValue(response.headers, 'etag'),
    lastModified: headerValue(response.headers, 'last-modified'),
    storedAt: response.responseTime,
    ...storage,
  }
}

function fromEntry(entry: CacheEntry, result: CacheResult, now: number): Served {
  return {
    status: entry.status,
    statusText: entry.statusText,
    headers: entry.headers,
    body: entry.body,
    range: entry.range,
    age: ageOf(entry, now),
    result: entry.status >= 400 ? 'Error' : result,
    entry,
  }
}

function fromUpstream(response: UpstreamResponse, result: CacheResult): Served {
  const { status, statusText, headers, body } = response
  const range = status === 206 ? contentRange(headerValue(headers, 'content-range')) : null
  const age = response.fromCache ? Number(headerValue(headers, 'age') ?? 0) : null
  return {
    status,
    statusText,
    headers: age === null ? headers : withoutHeaders(headers, ageField),
    body,
    range,
    age,
    result,
    entry: null,
  }
}

const gatewayTimeout: Served = {
  status: 504,
  statusText: 'Gateway Timeout',
  headers: [],
  body: Buffer.alloc(0),
  range: null,
  age: null,
  result: 'Error',
  entry: null,
}

const ageField = new Set(['age'])

const viewerConditions = new Set(['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range'])

/** Asks whether the stored response still holds (RFC 9111 4.3.1). */
function conditional(request: UpstreamRequest, entry: CacheEntry): UpstreamRequest {
  const headers = withoutHeaders(request.headers, viewerConditions)
  if (entry.etag !== undefined) headers.push('If-None-Match', entry.etag)
  if (entry.lastModified !== undefined) headers.push('If-Modified-Since', entry.lastModified)
  return { ...request, headers }
}

/**
 * Fields that describe the stored bytes, which a 304 does not change (RFC 9111 3.2). Another ETag than the one that was
 * asked about is not taken over either: the stored bytes still carry theirs.
 */
const keptOnUpdate = new Set(['content-encoding', 'content-length', 'content-md5', 'content-range', 'etag', 'age'])

function updatedHeaders(stored: HeaderList, fresh: HeaderList): string[] {
  const news = withoutHeaders(fresh, keptOnUpdate)
  return [...withoutHeaders(stored, headerNames(news)), ...news]
}
