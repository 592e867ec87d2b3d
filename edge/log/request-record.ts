import { headerRecord, headerValue } from '../viewer/header-list.ts'
import { type Exchange, xCache } from '../viewer/listener.ts'
import type { EdgeResult } from './edge-result.ts'

/** One answered request as the log's fields. */
export function recordOf(exchange: Exchange, distributionDomain: string): RequestRecord {
  const { request, answer, sent, tls } = exchange
  const viewer = headerRecord(request.headers)
  const [rangeStart = '', rangeEnd = ''] = /^bytes=(\d+)-(\d*)$/.exec(viewer.range ?? '')?.slice(1) ?? []
  const bodyBytes = answer.body?.length ?? 0
  return {
    id: request.id,
    pop: exchange.pop,
    at: Date.now(),
    clientIp: request.clientIp,
    clientPort: exchange.clientPort,
    method: request.method,
    uri: request.uri,
    querystring: request.querystring,
    host: viewer.host ?? '',
    distributionDomain,
    status: answer.status,
    result: answer.result,
    xCache: xCache(answer),
    bodyBytes,
    bytes: bodyBytes + headBytes(sent),
    requestBytes: headBytes(request.headers) + request.uri.length + (request.body?.length ?? 0),
    timeTakenMs: performance.now() - exchange.arrived,
    firstByteMs: exchange.answered - exchange.arrived,
    functionMs: answer.functionMs,
    coldStart: answer.coldStart,
    why: answer.why,
    protocol: request.protocol,
    encrypted: request.encrypted,
    tlsProtocol: tls?.protocol ?? '',
    tlsCipher: tls?.cipher ?? '',
    forwardedFor: viewer['x-forwarded-for'] ?? '',
    referer: viewer.referer ?? '',
    userAgent: viewer['user-agent'] ?? '',
    cookie: viewer.cookie ?? '',
    rangeStart,
    rangeEnd,
    contentType: headerValue(sent, 'content-type') ?? '',
    contentLength: headerValue(sent, 'content-length') ?? '',
    complete: exchange.complete,
  }
}

/** A status or request line of some 17 bytes, the header lines, and the empty line. */
function headBytes(headers: readonly string[]): number {
  return headers.reduce((sum, text) => sum + text.length + 2, 19)
}

export interface RequestRecord {
  /** X-Amz-Cf-Id of the answer, x-edge-request-id of the log. */
  id: string
  /** X-Amz-Cf-Pop of the answer. */
  pop: string
  /** When the answer ended, in milliseconds since the epoch. */
  at: number
  clientIp: string
  method: string
  /** The viewer's path without its query string. */
  uri: string
  querystring: string
  host: string
  status: number
  result: EdgeResult
  /** The exact X-Cache of the answer, for example `Hit from cloudfront`. */
  xCache: string
  /** Body bytes sent to the viewer. */
  bodyBytes: number
  /** All bytes sent to the viewer, headers included (sc-bytes). */
  bytes: number
  /** From the first byte of the request to the end of the answer, in milliseconds. */
  timeTakenMs: number
  /** What the viewer-request function took in its sandbox, in milliseconds; null where none ran. */
  functionMs: number | null
  /** The function's sandbox was started for this very request. */
  coldStart: boolean
  /** Why it was no hit, or no answer of the origin's; null where that needs no word. */
  why: string | null
  protocol: 'HTTP/1.1' | 'HTTP/1.0' | 'HTTP/2.0'
  encrypted: boolean
  tlsProtocol: string
  tlsCipher: string
  /** From the first byte of the request to the first byte of the answer, in milliseconds. */
  firstByteMs: number
  /** All bytes the viewer sent, headers included (cs-bytes). */
  requestBytes: number
  clientPort: number
  distributionDomain: string
  forwardedFor: string
  referer: string
  userAgent: string
  cookie: string
  rangeStart: string
  rangeEnd: string
  contentType: string
  contentLength: string
  /** False where the viewer closed the connection before the answer's end. */
  complete: boolean
}
