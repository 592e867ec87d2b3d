/** The edge's own HTTP client: one origin, connections kept, every request signed where the distribution says so. */
import http from 'node:http'
import { type Upstream, UpstreamFailure, type UpstreamRequest, type UpstreamResponse } from '../cache/upstream.ts'
import type { HeaderList } from '../viewer/header-list.ts'
import { hopByHop, withoutHeaders } from '../viewer/header-list.ts'
import { type SigningIdentity, signature } from './signature.ts'

export interface OriginCounters {
  requests: number
  failures: number
  bytes: number
}

export interface OriginClientOptions {
  /** Loopback address of the server that plays the origin. */
  port: number
  hostname: string
  /** What Host says. */
  host: string
  /** Signature Version 4 for S3 (origin access control); null: unsigned. */
  identity: SigningIdentity | null
  counters: OriginCounters
}

/** "Response timeout": 30 seconds by default (CloudFront Developer Guide, distribution settings, source of 2023-06-15). */
const responseTimeoutMs = 30_000

export function originClient(options: OriginClientOptions): { upstream: Upstream; close(): void } {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })
  const { counters } = options
  const upstream: Upstream = async (request) => {
    counters.requests++
    try {
      const response = await exchange(request, options, agent)
      counters.bytes += response.body.length
      return response
    } catch (error) {
      counters.failures++
      throw error
    }
  }
  return { upstream, close: () => agent.destroy() }
}

function exchange(
  request: UpstreamRequest,
  options: OriginClientOptions,
  agent: http.Agent,
): Promise<UpstreamResponse> {
  const requestTime = Date.now()
  return new Promise((resolve, reject) => {
    const sent = http.request({
      agent,
      host: options.hostname,
      port: options.port,
      method: request.method,
      path: request.path,
      headers: withSignature(request, options),
      timeout: responseTimeoutMs,
      setHost: false,
    })
    let answering = false
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
      if (!answering) reject(error instanceof UpstreamFailure ? error : new UpstreamFailure(502, error.message))
    })
    sent.end(request.body ?? undefined)
  })
}

function withSignature(request: UpstreamRequest, { host, identity }: OriginClientOptions): HeaderList {
  const headers = [...withoutHeaders(request.headers, replaced), 'Host', host, 'Connection', 'keep-alive']
  if (request.body !== null) headers.push('Content-Length', String(request.body.length))
  if (identity === null) return headers
  const { date, contentHash, authorization } = signature({ method: request.method, host, path: request.path }, identity)
  const signed = ['X-Amz-Date', date, 'X-Amz-Content-Sha256', contentHash, 'Authorization', authorization]
  return [...withoutHeaders(headers, new Set(['authorization'])), ...signed]
}

const replaced = new Set(['host', 'connection', 'content-length', 'transfer-encoding'])
