/**
 * The suite's network inside the handler's process. Every connection (net.connect, tls.connect, http.Agent, and what
 * sits on them: node:http, https, http2, fetch, npm's undici) ends in a server in this process that answers for the URLs
 * the suite serves, and records every request. Certificates and names are not checked: any host is who it says it is.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { Duplex } from 'node:stream'
import type { Fetch, Served, ServedUrls } from '../../oracle/served-urls.ts'
import type { Cut } from '../case.ts'
import type { Call } from './protocol.ts'
import type { VirtualClock } from './virtual-clock.ts'
import { socketPair, type VirtualSocket } from './virtual-socket.ts'

const require = createRequire(import.meta.url)

interface Origin {
  secure: boolean
  host: string
  port: number
}

export interface VirtualNetwork {
  /** Replaces everything that is served; `asks`: the suite is asked for all else. */
  reset(urls: ServedUrls, asks?: boolean): void
  /** Adds to, or changes, what is served. */
  serve(urls: ServedUrls): void
  /** What was requested since the last call. */
  takeFetches(): Fetch[]
  /** URLs that were requested and have not been answered in full. */
  underWay(): string[]
  /** Cuts those connections off: with an error for the client, or so that it hears nothing more. */
  cut(how: Cut): void
  /** Grows whenever anything moves; while it does, nobody is merely waiting. */
  activity(): number
}

export function createVirtualNetwork(clock: VirtualClock, ask: (call: Call) => Promise<Served>): VirtualNetwork {
  let asks = false
  let served: ServedUrls = {}
  let fetches: Fetch[] = []
  let activity = 0
  const origins = new WeakMap<object, Origin>()
  const exchanges = new Map<object, { url: string; socket: VirtualSocket }>()

  const record = (url: string, via: Fetch['via']) => void fetches.push({ url, at: clock.now(), via })
  const moved = () => void activity++

  const answer = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
    socket: Duplex,
  ) => {
    const version2 = request.httpVersionMajor === 2
    const origin = origins.get(socket)
    const authority = request.headers[':authority'] ?? request.headers.host ?? origin?.host ?? ''
    const url = urlOf(origin?.secure ?? true, String(authority), request.url ?? '/')
    record(url, version2 ? 'h2' : 'http/1.1')
    exchanges.set(response, { url, socket: socket as VirtualSocket })
    response.on('close', () => exchanges.delete(response))
    const known = served[url]
    if (!asks || known !== undefined) {
      request.resume()
      respond(clock, known, response as ServerResponse)
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const call = {
        method: request.method ?? '',
        url,
        headers: plain(request.headers),
        body: `${Buffer.concat(chunks)}`,
      }
      ask(call).then((answer) => {
        moved()
        respond(clock, answer, response as ServerResponse)
      })
    })
  }

  const http: { server?: Server } = {}
  const accept = (socket: Duplex) => {
    http.server ??= createServer((request, response) => answer(request, response, request.socket))
    http.server.emit('connection', socket)
  }
  const accept2 = (socket: Duplex) => {
    const { createServer } = require('node:http2') as typeof import('node:http2')
    const server = createServer((request, response) => answer(request, response, socket))
    server.on('sessionError', () => {})
    server.emit('connection', socket)
  }

  const connect = (origin: Origin, protocols: readonly string[]): VirtualSocket => {
    const h2 = protocols.includes('h2') && !protocols.includes('http/1.1')
    const [client, server] = socketPair(clock, moved, origin.secure ? (h2 ? 'h2' : 'http/1.1') : undefined)
    origins.set(server, origin)
    if (h2) accept2(server)
    else accept(server)
    return client
  }
  install(connect, (host) => record(`tcp://${host}`, 'connect'))

  return {
    reset(urls, asking = false) {
      asks = asking
      served = { ...urls }
      fetches = []
      exchanges.clear()
    },
    serve: (urls) => void Object.assign(served, urls),
    takeFetches() {
      const taken = fetches
      fetches = []
      return taken
    },
    underWay: () =>
      [...exchanges.values()]
        .filter(({ socket }) => !socket.destroyed && !socket.peer?.destroyed)
        .map(({ url }) => url),
    cut(how) {
      for (const { socket } of exchanges.values()) {
        if (how === 'reset') socket.destroy()
        else socket.sever()
      }
      exchanges.clear()
    },
    activity: () => activity,
  }
}

function createServer(answer: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const { createServer } = require('node:http') as typeof import('node:http')
  const server = createServer({ keepAliveTimeout: 0, maxHeaderSize: 1 << 20 }, answer)
  server.on('clientError', (_error, socket) => socket.destroy())
  return server
}

function plain(headers: IncomingMessage['headers']): Record<string, string> {
  const named = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
  return Object.fromEntries(named.map(([name, value]) => [name, [value].flat().join(', ')]))
}

function urlOf(secure: boolean, authority: string, target: string): string {
  try {
    return new URL(target, `${secure ? 'https' : 'http'}://${authority}`).href
  } catch {
    return `${secure ? 'https' : 'http'}://${authority}${target}`
  }
}

function respond(clock: VirtualClock, answer: Served | undefined, response: ServerResponse): void {
  if (answer === undefined || answer.kind === 'reset') response.destroy()
  else if (answer.kind === 'flood') flood(answer, response)
  else if (answer.kind === 'body') {
    const send = () => {
      response.writeHead(answer.status ?? 200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(answer.body),
        ...answer.headers,
      })
      if (answer.halfway) breakOff(clock, Buffer.from(answer.body), answer.halfway, response)
      else response.end(answer.body)
    }
    if (answer.delayMs) clock.schedule(answer.delayMs, false, send)
    else send()
  }
}

/** Half of the body, and then hardly anything. */
function breakOff(clock: VirtualClock, body: Buffer, how: 'stall' | 'drip' | 'reset', response: ServerResponse): void {
  let sent = body.length >> 1
  response.on('error', () => {})
  response.write(body.subarray(0, sent))
  // The half has arrived before the connection breaks.
  if (how === 'reset') clock.schedule(10, false, () => response.destroy())
  if (how !== 'drip') return
  const drip = () => {
    if (response.destroyed) return
    response.write(body.subarray(sent, ++sent))
    if (sent < body.length) clock.schedule(1000, false, drip)
    else response.end()
  }
  clock.schedule(1000, false, drip)
}

function flood({ bytes, prefix = '' }: Extract<Served, { kind: 'flood' }>, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.on('error', () => {})
  const chunk = Buffer.alloc(64 * 1024, 0x20)
  let left = bytes
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length
      if (!response.write(chunk)) return void response.once('drain', more)
    }
    response.end()
  }
  response.write(prefix)
  more()
}

/** Puts `connect` in the place of every door that leads out. */
function install(
  connect: (origin: Origin, protocols: readonly string[]) => VirtualSocket,
  refused: (host: string) => void,
) {
  const net = require('node:net') as typeof import('node:net')
  const tls = require('node:tls') as typeof import('node:tls')
  const http = require('node:http') as typeof import('node:http')
  const https = require('node:https') as typeof import('node:https')
  const dns = require('node:dns') as typeof import('node:dns')

  const door = (secure: boolean) =>
    function connectVirtually(...parameters: unknown[]) {
      const options = optionsOf(parameters)
      const origin = {
        secure,
        host: String(options.servername || options.host || options.hostname || options.path || 'localhost'),
        port: Number(options.port ?? (secure ? 443 : 80)),
      }
      const socket = connect(origin, Array.isArray(options.ALPNProtocols) ? options.ALPNProtocols.map(String) : [])
      const listener = parameters.find((parameter) => typeof parameter === 'function')
      if (listener) socket.once(secure ? 'secureConnect' : 'connect', listener as () => void)
      return socket
    }
  Object.assign(net, { connect: door(false), createConnection: door(false) })
  Object.assign(tls, { connect: door(true) })
  const agentDoor = (secure: boolean) => {
    const open = door(secure)
    // The second parameter is a callback that the agent calls itself where a socket is returned.
    return (options: unknown) => open(options)
  }
  Object.assign(http.Agent.prototype, { createConnection: agentDoor(false) })
  Object.assign(https.Agent.prototype, { createConnection: agentDoor(true) })
  net.Socket.prototype.connect = function (...parameters: unknown[]) {
    const { host, port, path } = optionsOf(parameters)
    refused(`${host ?? path ?? 'localhost'}:${port ?? ''}`)
    return this.destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }))
  }
  const lookup = (host: string, ...rest: unknown[]) => {
    const done = rest.at(-1) as (error: Error | null, address?: unknown, family?: number) => void
    const all = (rest[0] as { all?: boolean } | undefined)?.all
    setImmediate(() => (all ? done(null, [{ address: '192.0.2.1', family: 4 }]) : done(null, '192.0.2.1', 4)))
    return { host }
  }
  Object.assign(dns, { lookup })
  Object.assign(dns.promises, { lookup: async () => ({ address: '192.0.2.1', family: 4 }) })
  syncBuiltinESMExports()
}

/** net.connect takes (options), (port, host) or (path); tls.connect the same with options after them. */
function optionsOf(parameters: readonly unknown[]): Record<string, unknown> {
  const [first, second] = parameters
  const options = Object.assign({}, ...parameters.filter((one) => typeof one === 'object' && one !== null))
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    return { ...options, port: Number(first), ...(typeof second === 'string' ? { host: second } : {}) }
  }
  return typeof first === 'string' ? { ...options, path: first } : options
}
