/** The edge's own HTTP client: one origin, connections kept, every request signed where the distribution says so. */
import http from 'node:http'
import https from 'node:https'
import {
  pathOf,
  type Upstream,
  UpstreamFailure,
  type UpstreamRequest,
  type UpstreamResponse,
} from '../cache/upstream.ts'
import type { Origin } from '../template/distribution.ts'
import type { HeaderList } from '../viewer/header-list.ts'
import { headerValue, hopByHop, withoutHeaders } from '../viewer/header-list.ts'
import { type SigningIdentity, signature } from './signature.ts'

export interface OriginCounters {
  requests: number
  failures: number
  bytes: number
}

export interface OriginClientOptions {
  origin: Pick<
    Origin,
    'signed' | 'path' | 'customHeaders' | 'connectionAttempts' | 'connectionTimeoutMs' | 'readTimeoutMs'
  >
  /** The server that plays the origin. */
  protocol: 'http:' | 'https:'
  hostname: string
  port: number
  /** What Host says where no policy forwards the viewer's. */
  host: string
  /** Signature Version 4 for S3 (origin access control); null: unsigned. */
  identity: SigningIdentity | null
  counters: OriginCounters
}

export function originClient(options: OriginClientOptions): { upstream: Upstream; close(): void } {
  const agentOptions = { keepAlive: true, maxSockets: 256 }
  const agent = options.protocol === 'https:' ? new https.Agent(agentOptions) : new http.Agent(agentOptions)
  const { counters } = options
  const upstream: Upstream = async (request) => {
    counters.requests++
    try {
      const response = await persistently(request, options, agent)
      counters.bytes += response.body.length
      return response
    } catch (error) {
      counters.failures++
      throw error
    }
  }
  return { upstream, close: () => agent.destroy() }
}

/** RFC 9110 9.2.2. */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])

/**
 * "The number of times that CloudFront attempts to connect", and for GET and HEAD also to get a complete answer in time
 * (RequestAndResponseBehaviorCustomOrigin, "Origin response timeout").
 */
async function persistently(request: UpstreamRequest, options: OriginClientOptions, agent: http.Agent) {
  const attempts = options.origin.connectionAttempts
  for (let attempt = 1; ; attempt++) {
    try {
      return await exchange(request, options, agent)
    } catch (error) {
      const failure = error as UpstreamFailure & { connecting?: boolean; isStale?: boolean }
      // The origin closed a kept connection as the request went out; its next one may be as old (RFC 9112 9.3.1).
      if (failure.isStale && idempotent.has(request.method)) {
        attempt--
        continue
      }
      const again = failure.connecting || (failure.status === 504 && /^(GET|HEAD)$/.test(request.method))
      if (!again || attempt >= attempts) throw error
    }
  }
}

function exchange(
  request: UpstreamRequest,
  options: OriginClientOptions,
  agent: http.Agent,
): Promise<UpstreamResponse> {
  const requestTime = Date.now()
  const { protocol, origin } = options
  const path = pathOf(request, origin.path)
  return new Promise((resolve, reject) => {
    const sent = (protocol === 'https:' ? https : http).request({
      agent,
      host: options.hostname,
      port: options.port,
      ...(protocol === 'https:' && { servername: options.hostname }),
      method: request.method,
      path,
      headers: withOwnHeaders(request, path, options),
      timeout: origin.readTimeoutMs,
      setHost: false,
    })
    let answering = false
    let connected = false
    sent.on('socket', (socket) => {
      if (!socket.connecting) {
        connected = true
        return
      }
      const timer = setTimeout(() => {
        sent.destroy(new UpstreamFailure(504, 'no connection to the origin in time'))
      }, origin.connectionTimeoutMs)
      const stop = () => clearTimeout(timer)
      socket.once('connect', () => {
        connected = true
        stop()
      })
      socket.once('close', stop)
    })
    sent.on('response', (message) => {
      answering = true
      const responseTime = Date.now()
      const chunks: Buffer[] = []
      message.on('data', (chunk: Buffer) => chunks.push(chunk))
      message.on('error', () => {})
      message.on('close', () => {
        if (!message.complete) return reject(new UpstreamFailure(502, 'the answer ended early'))
        resolve({
          status: message.statusCode ?? 502,
          statusText: message.statusMessage ?? '',
          headers: withoutHeaders(message.rawHeaders, hopByHop(message.rawHeaders)),
          body: Buffer.concat(chunks),
          requestTime,
          responseTime,
        })
      })
    })
    sent.on('timeout', () => sent.destroy(new UpstreamFailure(504, 'the origin did not answer in time')))
    sent.on('error', (error) => {
      // Bytes beyond Content-Length break the connection, not the answer before them: that one decides for itself.
      if (answering) return
      const failure = error instanceof UpstreamFailure ? error : new UpstreamFailure(502, error.message)
      const isStale = sent.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET'
      reject(Object.assign(failure, { connecting: !connected, isStale }))
    })
    sent.end(request.body ?? undefined)
  })
}

function withOwnHeaders(request: UpstreamRequest, path: string, options: OriginClientOptions): HeaderList {
  const { identity, origin } = options
  const host = headerValue(request.headers, 'host') ?? options.host
  const own = new Set([...replaced, ...origin.customHeaders.map(({ name }) => name.toLowerCase())])
  const headers = [...withoutHeaders(request.headers, own), 'Host', host, 'Connection', 'keep-alive']
  for (const { name, value } of origin.customHeaders) headers.push(name, value)
  if (request.body !== null) headers.push('Content-Length', String(request.body.length))
  // "Do not override authorization header" (private-content-restricting-access-to-s3).
  const ownAuthorization = origin.signed === 'no-override' && headerValue(headers, 'authorization') !== undefined
  if (identity === null || ownAuthorization) return headers
  // The signature is made for the origin's own name, which a forwarded Host is not.
  const { date, contentHash, authorization } = signature({ method: request.method, host: options.host, path }, identity)
  const signed = ['X-Amz-Date', date, 'X-Amz-Content-Sha256', contentHash, 'Authorization', authorization]
  return [...withoutHeaders(headers, new Set(['authorization'])), ...signed]
}

const replaced = new Set(['host', 'connection', 'content-length', 'transfer-encoding'])
