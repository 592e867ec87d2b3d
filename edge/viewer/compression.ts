/**
 * Compression at the edge (CloudFront Developer Guide, ServingCompressedFiles, read in AWS's published source of
 * 2023-06-15): types, sizes, statuses, and what becomes of the ETag.
 */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { UpstreamResponse } from '../cache/upstream.ts'
import { headerValue, withoutHeaders } from './header-list.ts'

/** "CloudFront compresses objects that are between 1,000 bytes and 10,000,000 bytes in size." */
const smallest = 1_000
const largest = 10_000_000
const statuses = new Set([200, 403, 404])

/** The page's list of Content-Type values. */
const compressedTypes: ReadonlySet<string> = new Set([
  'application/dash+xml',
  'application/eot',
  'application/font',
  'application/font-sfnt',
  'application/javascript',
  'application/json',
  'application/opentype',
  'application/otf',
  'application/pkcs7-mime',
  'application/protobuf',
  'application/rss+xml',
  'application/truetype',
  'application/ttf',
  'application/vnd.apple.mpegurl',
  'application/vnd.mapbox-vector-tile',
  'application/vnd.ms-fontobject',
  'application/xhtml+xml',
  'application/xml',
  'application/x-font-opentype',
  'application/x-font-truetype',
  'application/x-font-ttf',
  'application/x-httpd-cgi',
  'application/x-javascript',
  'application/x-mpegurl',
  'application/x-opentype',
  'application/x-otf',
  'application/x-perl',
  'application/x-ttf',
  'font/eot',
  'font/opentype',
  'font/otf',
  'font/ttf',
  'image/svg+xml',
  'text/css',
  'text/csv',
  'text/html',
  'text/javascript',
  'text/js',
  'text/plain',
  'text/richtext',
  'text/tab-separated-values',
  'text/xml',
  'text/x-component',
  'text/x-java-source',
  'text/x-script',
  'vnd.apple.mpegurl',
])

const compressors = {
  gzip: promisify(gzip),
  br: (body: Buffer) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
}

/** The response compressed for `accepted` (`br,gzip`, `br`, `gzip`), or as it was where the page rules it out. */
export async function compressed(response: UpstreamResponse, accepted: string): Promise<UpstreamResponse> {
  const { status, headers, body } = response
  const type = (headerValue(headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  // "The origin must include a Content-Length header."
  const length = Number(headerValue(headers, 'content-length') ?? Number.NaN)
  if (!statuses.has(status) || !compressedTypes.has(type) || !(length >= smallest && length <= largest)) return response
  // "When the HTTP response from the origin has no body, there is nothing for CloudFront to compress", as for HEAD.
  if (headerValue(headers, 'content-encoding') !== undefined || body.length === 0) return response
  // "When the viewer supports both formats, CloudFront prefers Brotli."
  const coding = accepted.includes('br') ? 'br' : 'gzip'
  const kept = withoutHeaders(headers, new Set(['content-length', 'etag', 'accept-ranges']))
  const etag = weakened(headerValue(headers, 'etag'))
  if (etag !== undefined) kept.push('ETag', etag)
  if (!/accept-encoding/i.test(headerValue(headers, 'vary') ?? '')) kept.push('Vary', 'Accept-Encoding')
  return { ...response, headers: [...kept, 'Content-Encoding', coding], body: await compressors[coding](body) }
}

/** "ETag header conversion": strong becomes weak, weak stays, anything else goes. */
function weakened(etag: string | undefined): string | undefined {
  if (etag?.startsWith('W/')) return etag
  return etag?.startsWith('"') ? `W/${etag}` : undefined
}
