/** Byte ranges (RFC 9110 14) of a body that is held whole. */
import parseRange from 'range-parser'
import type { CacheEntry } from '../cache/cache-entry.ts'

export type Part = NonNullable<CacheEntry['range']>

/** First and last byte, and the whole length, of a single-part Content-Range; null for anything else. */
export function contentRange(value: string | undefined): Part | null {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(value ?? '')
  if (!match) return null
  const [start, end, total] = match.slice(1).map(Number) as [number, number, number]
  return start <= end && end < total ? { start, end, total } : null
}

/**
 * The ranges to answer with. `'whole'`: the header is absent or not to be followed. CloudFront follows it only where
 * "the ranges are listed in ascending order" and "do not overlap" (CloudFront Developer Guide, RangeGETs, read
 * 2023-06-15), which RFC 9110 14.2 allows any server.
 */
export function wantedRanges(
  header: string | undefined,
  total: number,
): { start: number; end: number }[] | 'whole' | 'unsatisfiable' {
  if (header === undefined) return 'whole'
  const parsed = parseRange(total, header)
  if (parsed === -1) return 'unsatisfiable'
  if (parsed === -2 || parsed.type !== 'bytes' || parsed.length === 0) return 'whole'
  const ordered = parsed.every(({ start }, index) => index === 0 || start > (parsed[index - 1]?.end ?? 0))
  return ordered ? [...parsed] : 'whole'
}

/** Whether a stored part answers a request for `header`. */
export function holdsRange(part: Part, header: string | undefined): boolean {
  const wanted = wantedRanges(header, part.total)
  if (!Array.isArray(wanted) || wanted.length !== 1) return false
  const [range] = wanted
  return range !== undefined && range.start >= part.start && range.end <= part.end
}
