/** The viewers' side: HTTP/1.1, and HTTP/2 over TLS, in front of the points of presence. */
import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { UsageError } from '../../config/usage-error.ts'
import type { EdgeAnswer } from '../edge-answer.ts'
import { viaValue } from '../origin/origin-request.ts'
import type { PointOfPresence } from '../point-of-presence.ts'
import { errorPage } from './error-page.ts'
import { type HeaderList, headerValue } from './header-list.ts'
import { maxBodyBytes, readBody, readRequest } from './read-request.ts'
import { announcesBody } from './viewer-limits.ts'
import type { ViewerRequest } from './viewer-request.ts'

export type Request = http.IncomingMessage | http2.Http2ServerRequest
export type Response = http.ServerResponse | http2.Http2ServerResponse

export interface Exchange {
  request: ViewerRequest
  answer: EdgeAnswer
  pop: string
  /** The headers as they were sent. */
  sent: HeaderList
  /** `performance.now()` of the request's arrival and of the answer's first byte. */
  arrived: number
  answered: number
  complete: boolean
  clientPort: number
  /** Null for a plain connection. */
  tls: { protocol: string; cipher: string } | null
}

export interface ListenerOptions {
  port: number
  tls: { port: number; key: string; certificate: string } | null
  pops: readonly PointOfPresence[]
  /** Plain connections count as encrypted: whatever ends TLS is taken to stand before this port. */
  plainIsEncrypted: boolean
  /** Answers what is below `/_edge/`. */
  control(request: Request, response: Response): Promise<void>
  answered(exchange: Exchange): void
}

export interface Listener {
  readonly port: number
  readonly tlsPort: number | null
  close(): Promise<void>
}

/** Beyond CloudFront's 32,768 bytes, so that the refusal is ours and not the parser's. */
const parserHeaderBytes = 65_536
/** No request of a viewer's; it is in no count and no log. */
export const controlPrefix = '/_edge/'

export async function listen(options: ListenerOptions): Promise<Listener> {
  const serve = (request: Request, response: Response) =>
    void handle(request, response, options).catch((error: Error) => {
      process.stderr.write(`edgeproof edge: internal fault: ${error.stack}\n`)
      response.destroy()
    })
  const plain = http.createServer({ maxHeaderSize: parserHeaderBytes, keepAliveTimeout: 60_000 }, serve)
  plain.on('clientError', refuseMalformed)
  // "CloudFront removes the header", whatever is expected.
  plain.on('checkExpectation', serve)
  const servers: { server: http.Server | http2.Http2SecureServer; port: number; option: string }[] = [
    { server: plain, port: options.port, option: '--port' },
  ]
  if (options.tls) {
    const { key, certificate, port } = options.tls
    const secure = http2.createSecureServer(
      { key, cert: certificate, allowHTTP1: true, maxHeaderListPairs: 1_000 },
      serve,
    )
    servers.push({ server: secure, port, option: '--tls-port' })
  }
  const closers = servers.map(({ server }) => closer(server))
  const close = async () => void (await Promise.all(closers.map((each) => each())))
  try {
    for (const { server, port, option } of servers) await bound(server, port, option)
  } catch (error) {
    await close()
    throw error
  }
  const [first, second] = servers.map(({ server }) => (server.address() as AddressInfo).port)
  return {
    port: first ?? 0,
    tlsPort: second ?? null,
    close,
  }
}

function bound(server: http.Server | http2.Http2SecureServer, port: number, option: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`
      reject(new UsageError(`${option} ${port}: ${reason}; choose another, or 0 for any free one`))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

/** What no parser can read is answered without an id, and is no request in any count. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const line = error.code === 'HPE_HEADER_OVERFLOW' ? '413 Payload Too Large' : '400 Bad Request'
  socket.end(
    `HTTP/1.1 ${line}\r\nServer: CloudFront\r\nX-Cache: Error from cloudfront\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  )
}

/** Ends a server and every connection it has, HTTP/2 sessions included. */
function closer(server: http.Server | http2.Http2SecureServer): () => Promise<void> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
}

async function handle(raw: Request, response: Response, options: ListenerOptions): Promise<void> {
  const arrived = performance.now()
  if (raw.url?.startsWith(controlPrefix)) return options.control(raw, response)
  const { socket } = raw
  // Asked now: a connection that has ended does not tell any more.
  const connection = { clientPort: socket.remotePort ?? 0, tls: tlsOf(socket) }
  const request = readRequest(raw, options.plainIsEncrypted || connection.tls !== null)
  const pop = popOf(socket, options.pops)
  let tooLong = false
  if (announcesBody(request) && request.method !== 'GET' && request.method !== 'HEAD') {
    const body = await readBody(raw)
    if (body === 'broken') return void response.destroy()
    if (body === 'too long') tooLong = true
    else request.body = body
  }
  const answer = tooLong ? tooLongAnswer(request) : await pop.answer(request)
  const report = (sent: HeaderList, complete: boolean) =>
    options.answered({ request, answer, pop: pop.name, sent, arrived, answered, complete, ...connection })
  const answered = performance.now()
  // A viewer that has gone meanwhile is told nothing, and is counted as one that left.
  if (response.destroyed || socket.destroyed) return report([], false)
  let finished = false
  response.once('finish', () => {
    finished = true
  })
  const sent = send(response, request, answer, pop.name)
  response.once('close', () => report(sent, finished))
}

function tooLongAnswer(request: ViewerRequest): EdgeAnswer {
  const why = `the local edge holds ${maxBodyBytes} bytes of a body`
  return { ...errorPage(413, request, why), result: 'Error', age: null, functionMs: null, coldStart: false, why }
}

function tlsOf(socket: Socket): Exchange['tls'] {
  if (!(socket instanceof TLSSocket)) return null
  return { protocol: socket.getProtocol() ?? '', cipher: socket.getCipher().name }
}

const popOfSocket = new WeakMap<object, PointOfPresence>()
let turn = 0

/** A connection stays at one point of presence; new ones are dealt round, as a resolver does. */
function popOf(socket: object, pops: readonly PointOfPresence[]): PointOfPresence {
  const [only] = pops
  if (pops.length === 1 && only) return only
  const known = popOfSocket.get(socket)
  if (known && pops.includes(known)) return known
  const next = pops[turn++ % pops.length] as PointOfPresence
  popOfSocket.set(socket, next)
  return next
}

function send(response: Response, request: ViewerRequest, answer: EdgeAnswer, pop: string): HeaderList {
  const headers = [...answer.headers]
  if (answer.contentLength !== null) setLength(headers, answer.contentLength)
  headers.push('X-Cache', xCache(answer), 'Via', viaValue(request), 'X-Amz-Cf-Pop', pop, 'X-Amz-Cf-Id', request.id)
  if (answer.age !== null) headers.push('Age', String(answer.age))
  if (answer.why !== null) headers.push('X-Edge-Why', headerText(answer.why))
  response.sendDate = headerValue(headers, 'date') === undefined
  if (response instanceof http.ServerResponse) {
    response.writeHead(answer.status, answer.statusText || undefined, headers)
    response.end(answer.body)
  } else {
    // The types know an object only; the module takes what the HTTP/1 one takes.
    response.writeHead(answer.status, headers as unknown as http2.OutgoingHttpHeaders)
    if (answer.body) response.end(answer.body)
    else response.end()
  }
  return headers
}

/** What a field value may hold (RFC 9110 5.5), on one line, and no longer than a client's parser likes. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 1000)
}

function setLength(headers: string[], length: number): void {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string
    if (name.length !== 14 || name.toLowerCase() !== 'content-length') continue
    headers[index + 1] = String(length)
    return
  }
  headers.push('Content-Length', String(length))
}

export function xCache({ result }: EdgeAnswer): string {
  return `${result} from cloudfront`
}
