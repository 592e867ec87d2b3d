/** A viewer's request off the wire. */
import { randomFillSync } from 'node:crypto'
import type http from 'node:http'
import type http2 from 'node:http2'
import type { HeaderList } from './header-list.ts'
import type { ViewerRequest } from './viewer-request.ts'

type Request = http.IncomingMessage | http2.Http2ServerRequest

/** What the local edge holds in memory of one body; CloudFront takes 20 GB (cloudfront-limits). */
export const maxBodyBytes = 64 * 1024 * 1024

/** `body` is null: it is read on its own, where one may be there. */
export function readRequest(raw: Request, encrypted: boolean): ViewerRequest {
  const target = originForm(raw.url ?? '/')
  const mark = target.indexOf('?')
  return {
    id: requestId(),
    method: raw.method ?? 'GET',
    uri: mark < 0 ? target : target.slice(0, mark),
    querystring: mark < 0 ? '' : target.slice(mark + 1),
    headers: raw.httpVersionMajor === 2 ? withoutPseudo(raw.rawHeaders) : raw.rawHeaders,
    body: null,
    clientIp: raw.socket.remoteAddress ?? '127.0.0.1',
    clientPort: raw.socket.remotePort ?? 0,
    protocol: raw.httpVersionMajor === 2 ? 'HTTP/2.0' : raw.httpVersion === '1.0' ? 'HTTP/1.0' : 'HTTP/1.1',
    encrypted,
  }
}

function withoutPseudo(headers: HeaderList): string[] {
  const kept: string[] = []
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string
    if (name === ':authority') kept.push('host', headers[index + 1] as string)
    else if (!name.startsWith(':')) kept.push(name, headers[index + 1] as string)
  }
  return kept
}

/** A target in absolute form names the same resource (RFC 9112 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/')) return target
  if (!URL.canParse(target)) return `/${target}`
  const { pathname, search } = new URL(target)
  return pathname + search
}

/** `broken`: the viewer left; `too long`: more than is held. */
export function readBody(raw: Request): Promise<Buffer | 'broken' | 'too long'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    raw.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= maxBodyBytes) return void chunks.push(chunk)
      // The rest is read and dropped, so that the viewer comes to read its answer.
      chunks.length = 0
      resolve('too long')
    })
    raw.on('end', () => resolve(Buffer.concat(chunks)))
    raw.on('error', () => resolve('broken'))
    raw.on('close', () => resolve('broken'))
  })
}

const idBytes = 40
const pool = Buffer.alloc(idBytes * 256)
let used = pool.length

/** 54 characters and `==`, as CloudFront's. */
function requestId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const id = pool.toString('base64url', used, used + idBytes)
  used += idBytes
  return `${id}==`
}
