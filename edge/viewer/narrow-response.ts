/** Narrows a complete response to what its viewer asked for: conditions, ranges, HEAD (RFC 9110 13 and 14). */
import { randomBytes } from 'node:crypto'
import type { Served } from '../cache/cache.ts'
import { type HeaderList, headerValue, withoutHeaders } from './header-list.ts'
import { wantedRanges } from './ranges.ts'

export interface Answer {
  status: number
  statusText: string
  headers: HeaderList
  /** Null where the answer has none: HEAD, 204, 304. */
  body: Buffer | null
  /** What Content-Length says; differs from the body's length for HEAD. Null: no such field. */
  contentLength: number | null
}

/**
 * `wholeFromUpstream`: a complete answer that comes straight from upstream goes on as it is, whatever range was asked for
 * ("CloudFront serves the current request by sending the entire object while also caching it", RangeGETs, source of 2023-06-15).
 */
export function present(
  served: Served,
  method: string,
  viewer: Record<string, string>,
  wholeFromUpstream = false,
): Answer {
  const { status, statusText, headers, body } = served
  if ((status === 200 || status === 206) && (method === 'GET' || method === 'HEAD')) {
    const decided = precondition(headers, viewer)
    if (decided === 304) {
      return {
        status: 304,
        statusText: 'Not Modified',
        headers: withoutHeaders(headers, bodyFields),
        body: null,
        contentLength: null,
      }
    }
    if (decided === 412)
      return { status: 412, statusText: 'Precondition Failed', headers: [], body: empty, contentLength: 0 }
    // A part that comes straight from upstream is already what was asked for.
    const whole = served.age !== null || (status === 200 && !wholeFromUpstream)
    if (whole && method === 'GET' && viewer.range !== undefined && ifRangeHolds(headers, viewer['if-range'])) {
      const partial = narrowed(served, viewer.range)
      if (partial) return partial
    }
  }
  if (method === 'HEAD') {
    // An answer that came to a HEAD has no body of its own to measure.
    const length = body.length > 0 ? body.length : Number(headerValue(headers, 'content-length') ?? Number.NaN)
    return { status, statusText, headers, body: null, contentLength: Number.isNaN(length) ? null : length }
  }
  if (status === 204 || status === 304) return { status, statusText, headers, body: null, contentLength: null }
  return { status, statusText, headers, body, contentLength: body.length }
}

const empty = Buffer.alloc(0)
const bodyFields = new Set(['content-length', 'content-encoding', 'content-type', 'content-range'])

/** RFC 9110 13.2.2, for a response that is complete. */
function precondition(headers: HeaderList, viewer: Record<string, string>): 304 | 412 | null {
  const match = viewer['if-match']
  const etag = headerValue(headers, 'etag')
  if (match !== undefined) {
    if (match.trim() !== '*' && !tagsOf(match).some((tag) => tag === etag && !tag.startsWith('W/'))) return 412
  } else if (
    viewer['if-unmodified-since'] !== undefined &&
    modifiedSince(headers, viewer['if-unmodified-since']) === true
  ) {
    return 412
  }
  const noneMatch = viewer['if-none-match']
  if (noneMatch !== undefined) {
    if (noneMatch.trim() === '*') return 304
    return etag !== undefined && tagsOf(noneMatch).some((tag) => weak(tag) === weak(etag)) ? 304 : null
  }
  const since = viewer['if-modified-since']
  return since !== undefined && modifiedSince(headers, since) === false ? 304 : null
}

function modifiedSince(headers: HeaderList, since: string): boolean | null {
  // Without Last-Modified, its Date (RFC 9111 4.3.2).
  const modified = Date.parse(headerValue(headers, 'last-modified') ?? headerValue(headers, 'date') ?? '')
  const than = Date.parse(since)
  return Number.isNaN(modified) || Number.isNaN(than) ? null : modified > than
}

function ifRangeHolds(headers: HeaderList, condition: string | undefined): boolean {
  if (condition === undefined) return true
  return condition === headerValue(headers, 'etag') || condition === headerValue(headers, 'last-modified')
}

function tagsOf(list: string): string[] {
  return list.match(/(?:W\/)?"[^"]*"/g) ?? []
}

function weak(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag
}

const rangeFields = new Set(['content-length', 'content-range'])

function narrowed(served: Served, header: string): Answer | null {
  const offset = served.range?.start ?? 0
  const total = served.range?.total ?? served.body.length
  const wanted = wantedRanges(header, total)
  if (wanted === 'whole') return null
  if (wanted === 'unsatisfiable') {
    return {
      status: 416,
      statusText: 'Range Not Satisfiable',
      headers: ['Content-Range', `bytes */${total}`],
      body: empty,
      contentLength: 0,
    }
  }
  const pieces = wanted.map(({ start, end }) => served.body.subarray(start - offset, end - offset + 1))
  const headers = withoutHeaders(served.headers, rangeFields)
  const partial = { status: 206, statusText: 'Partial Content' }
  const [first] = wanted
  const [piece] = pieces
  if (wanted.length === 1 && first && piece) {
    headers.push('Content-Range', `bytes ${first.start}-${first.end}/${total}`)
    return { ...partial, headers, body: piece, contentLength: piece.length }
  }
  return { ...partial, ...multipart(headers, wanted, pieces, total) }
}

/** multipart/byteranges (RFC 9110 14.6). */
function multipart(headers: string[], wanted: { start: number; end: number }[], pieces: Buffer[], total: number) {
  const boundary = randomBytes(12).toString('hex')
  const type = headerValue(headers, 'content-type') ?? 'application/octet-stream'
  const chunks = wanted.flatMap(({ start, end }, index) => [
    Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: bytes ${start}-${end}/${total}\r\n\r\n`),
    pieces[index] ?? empty,
  ])
  const body = Buffer.concat([...chunks, Buffer.from(`\r\n--${boundary}--\r\n`)])
  const others = withoutHeaders(headers, new Set(['content-type']))
  return {
    headers: [...others, 'Content-Type', `multipart/byteranges; boundary=${boundary}`],
    body,
    contentLength: body.length,
  }
}
