import type { RequestRecord } from '../edge.ts'
import { headerRecord, headerValue } from '../viewer/header-list.ts'
import { type Exchange, xCache } from '../viewer/listener.ts'

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
