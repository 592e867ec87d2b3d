/**
 * A server that answers as a private S3 bucket behind origin access control: the distribution may get objects and nothing
 * else. Amazon S3 API Reference: GetObject, HeadObject, "Error responses"; Amazon S3 User Guide: "How does Amazon S3
 * evaluate the CORS configuration".
 */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Bucket, BucketCorsRule } from '../template/distribution.ts'
import { present } from '../viewer/narrow-response.ts'
import { corsHeaders, preflight } from './bucket-cors.ts'
import { listing } from './bucket-listing.ts'
import type { Objects, StoredObject } from './bucket-objects.ts'
import type { OriginFault } from './origin-fault.ts'
import { type SigningIdentity, signature } from './signature.ts'

export interface BucketOptions {
  objects: Objects
  cors: BucketCorsRule[]
  /** Only requests with this identity's signature are answered with an object. */
  identity: SigningIdentity
  /** False: the bucket is public, and nobody signs. Default true. */
  signed?: boolean
  /** A missing key is 404, not 403, and the bucket itself a list. */
  listable?: boolean
  /** Answers as a website endpoint, with its index and error documents. */
  website?: Bucket['website']
  /** What Host has to say; absent: anything. */
  domainName?: string
}

export interface BucketServer {
  readonly port: number
  fault(fault: OriginFault): void
  restore(): void
  close(): Promise<void>
}

export async function startBucket(options: BucketOptions): Promise<BucketServer> {
  let fault: OriginFault | null = null
  let concerned = 0
  const server = http.createServer((request, response) => {
    request.resume()
    const active = fault !== null && concerned++ % 100 < (fault.share ?? 1) * 100 ? fault : null
    const answer = () => {
      const reply = active?.status ? fault5xx(active.status) : respond(request, options)
      if (active?.disconnect === 'before') request.socket.destroy()
      else send(request, response, reply, active?.disconnect === 'during')
    }
    if (active?.latencyMs) setTimeout(answer, active.latencyMs)
    else answer()
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    fault: (next) => {
      fault = next
      concerned = 0
    },
    restore: () => {
      fault = null
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Reply {
  status: number
  headers: readonly string[]
  body: Buffer | null
  contentLength: number | null
}

function send(request: http.IncomingMessage, response: http.ServerResponse, reply: Reply, cut: boolean): void {
  const length = reply.contentLength === null ? [] : ['Content-Length', String(reply.contentLength)]
  response.writeHead(reply.status, [
    'Server',
    'AmazonS3',
    'x-amz-request-id',
    'LOCALEDGEPROOF00',
    ...reply.headers,
    ...length,
  ])
  const body = request.method === 'HEAD' ? null : reply.body
  if (cut && body && body.length > 1) {
    response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy())
    return
  }
  response.end(body ?? undefined)
}

function respond(request: http.IncomingMessage, options: BucketOptions): Reply {
  const { cors, identity, signed = true, website = null, domainName } = options
  if (request.method === 'OPTIONS') return preflight(request.headers, cors) ?? corsRefused
  // S3 takes the bucket from Host; the signature is made for the bucket's name (inferred: it names no bucket of this owner).
  if (domainName !== undefined && request.headers.host !== domainName) return wrongHost
  if (signed && !isSigned(request, identity)) return accessDenied
  if (request.method !== 'GET' && request.method !== 'HEAD') return accessDenied
  const key = keyOf(request.url ?? '/')
  if (key === null) return error(400, 'InvalidURI', "Couldn't parse the specified URI.")
  if (website) return sitePage(request, key, options, website)
  if (key === '' && options.listable) return listed(request, options.objects)
  return found(request, key, options) ?? (options.listable ? noSuchKey : accessDenied)
}

/** Who may list gets a list for the bucket itself, whoever asked through it. */
function listed({ url = '/' }: http.IncomingMessage, objects: Objects): Reply {
  const [, query = ''] = url.split('?')
  const body = listing(objects, query)
  return { status: 200, headers: ['Content-Type', 'application/xml'], body, contentLength: body.length }
}

/** A website endpoint (Amazon S3 User Guide, "Hosting a static website": index documents, error documents, redirects). */
function sitePage(
  request: http.IncomingMessage,
  key: string,
  options: BucketOptions,
  { index, error: errorKey }: NonNullable<Bucket['website']>,
): Reply {
  const page = found(request, key === '' || key.endsWith('/') ? key + index : key, options)
  if (page) return page
  if (key !== '' && options.objects.has(`${key}/${index}`)) {
    return { status: 302, headers: ['Location', `/${key}/`], body: Buffer.alloc(0), contentLength: 0 }
  }
  const missing = errorKey === null ? null : found(request, errorKey, options)
  return missing ? { ...missing, status: 404 } : noSuchKey
}

/** Null: there is no such object. Without s3:ListBucket S3 does not tell a missing key from a forbidden one. */
function found(request: http.IncomingMessage, key: string, { objects, cors }: BucketOptions): Reply | null {
  const object = objects.get(key)
  if (!object) return null
  const method = request.method ?? 'GET'
  const headers = [...objectHeaders(object), ...corsHeaders(request.headers, method, cors)]
  const body = Buffer.from(object.body.buffer, object.body.byteOffset, object.body.byteLength)
  const served = {
    status: 200,
    statusText: 'OK',
    headers,
    body,
    range: null,
    age: null,
    result: 'Miss',
    entry: null,
  } as const
  const viewer = { ...(request.headers as Record<string, string>) }
  // S3 answers one range; several are answered with the whole object.
  if (viewer.range?.includes(',')) delete viewer.range
  const reply = present(served, method, viewer)
  if (reply.status === 416) return error(416, 'InvalidRange', 'The requested range is not satisfiable', reply.headers)
  return reply.status === 412
    ? error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold')
    : reply
}

function objectHeaders({ etag, lastModified, contentType, cacheControl }: StoredObject): string[] {
  return [
    'Last-Modified',
    lastModified.toUTCString(),
    'ETag',
    etag,
    'x-amz-server-side-encryption',
    'AES256',
    'Accept-Ranges',
    'bytes',
    'Content-Type',
    contentType,
    ...(cacheControl === undefined ? [] : ['Cache-Control', cacheControl]),
  ]
}

/** The key that S3 reads from a path: decoded once, a raw `+` being a space; null for a malformed one. */
function keyOf(url: string): string | null {
  const [path = ''] = url.split('?', 1)
  try {
    return decodeURIComponent(path.slice(1).replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** Signs the same request again and compares (Signature Version 4). */
function isSigned(request: http.IncomingMessage, identity: SigningIdentity): boolean {
  const { authorization, host, 'x-amz-date': date, 'x-amz-content-sha256': hash } = request.headers
  if (authorization === undefined || typeof date !== 'string' || typeof hash !== 'string') return false
  const { method = 'GET', url: path = '/' } = request
  return (
    signature({ method, host: host ?? '', path, date, contentHash: hash }, identity).authorization === authorization
  )
}

function error(status: number, code: string, message: string, headers: readonly string[] = []): Reply {
  const body = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  )
  return { status, headers: ['Content-Type', 'application/xml', ...headers], body, contentLength: body.length }
}

const noSuchKey = error(404, 'NoSuchKey', 'The specified key does not exist.')
const accessDenied = error(403, 'AccessDenied', 'Access Denied')
const wrongHost = error(
  403,
  'SignatureDoesNotMatch',
  "The request signature we calculated does not match the signature you provided. (A policy forwards the viewer's Host to this bucket.)",
)
const corsRefused = error(403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.')
const fault5xx = (status: number) =>
  error(status, 'InternalError', 'We encountered an internal error. Please try again.')
