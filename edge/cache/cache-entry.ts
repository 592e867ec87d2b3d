import type CachePolicy from 'http-cache-semantics'
import type { HeaderList } from '../viewer/header-list.ts'

/** A stored response. */
export interface CacheEntry {
  status: number
  statusText: string
  headers: HeaderList
  /** The whole body, or the part of it that `range` names. */
  body: Buffer
  /** A stored 206: first and last byte, and the whole length. */
  range: { start: number; end: number; total: number } | null
  etag: string | undefined
  lastModified: string | undefined
  /** Milliseconds since the epoch. */
  storedAt: number
  /** Its age when it was stored, in seconds (RFC 9111 4.2.3). */
  initialAge: number
  /** Milliseconds since the epoch until which it is served without asking. */
  freshUntil: number
  /** Until which it may be served while it is asked for (RFC 5861 3). */
  refreshUntil: number
  /** Until which it may be served when the origin fails. */
  errorUntil: number
  /** The request's values of the headers that Vary names; null where Vary does not count. */
  vary: Record<string, string | undefined> | null
  /** The library's own view, where the rules ask it again at each request. */
  policy: CachePolicy | null
}

/** Seconds since the response was made (RFC 9111 5.1). */
export function ageOf(entry: CacheEntry, now: number): number {
  return entry.initialAge + Math.max(0, Math.floor((now - entry.storedAt) / 1000))
}

/** What an entry weighs in the cache: its bytes, its headers, and a fixed share for the bookkeeping. */
export function weightOf(entry: CacheEntry): number {
  return entry.body.length + entry.headers.reduce((sum, text) => sum + text.length, 0) + entryOverhead
}

const entryOverhead = 512
