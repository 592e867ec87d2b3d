import { type CacheEntry, weightOf } from './cache-entry.ts'

/**
 * Stored responses by cache key, the least recently used evicted first once their bytes pass the bound. One key may
 * hold several: variants, and parts of one object.
 */
export class CacheStore {
  readonly #maxBytes: number
  /** A Map iterates in insertion order; a used key is put in again. */
  readonly #entries = new Map<string, CacheEntry[]>()
  #newest: string | null = null
  bytes = 0
  count = 0
  evictions = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get(key: string): readonly CacheEntry[] {
    const entries = this.#entries.get(key)
    if (!entries) return none
    if (this.#newest !== key) {
      this.#entries.delete(key)
      this.#entries.set(key, entries)
      this.#newest = key
    }
    return entries
  }

  /** Puts an entry under a key, in place of those that `replaces` says. */
  put(key: string, entry: CacheEntry, replaces: (other: CacheEntry) => boolean): void {
    const before = this.#entries.get(key) ?? []
    const kept = before.filter((other) => !replaces(other))
    this.delete(key)
    kept.push(entry)
    this.#entries.set(key, kept)
    this.#newest = key
    this.count += kept.length
    for (const each of kept) this.bytes += weightOf(each)
    this.#evict()
  }

  delete(key: string): void {
    const entries = this.#entries.get(key)
    if (!entries) return
    this.#entries.delete(key)
    this.count -= entries.length
    for (const entry of entries) this.bytes -= weightOf(entry)
  }

  /** Every stored response with its key, the least recently used first. */
  *entries(): Generator<[key: string, entry: CacheEntry]> {
    for (const [key, entries] of this.#entries) for (const entry of entries) yield [key, entry]
  }

  /** Forgets the keys that `matches` says, and how many responses that were. */
  deleteWhere(matches: (key: string) => boolean): number {
    const before = this.count
    for (const key of [...this.#entries.keys()]) if (matches(key)) this.delete(key)
    return before - this.count
  }

  clear(): void {
    this.#entries.clear()
    this.bytes = 0
    this.count = 0
    this.#newest = null
  }

  #evict(): void {
    for (const [key, entries] of this.#entries) {
      if (this.bytes <= this.#maxBytes) return
      this.delete(key)
      this.evictions += entries.length
    }
  }
}

const none: readonly CacheEntry[] = []
