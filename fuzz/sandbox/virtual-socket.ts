import { Duplex } from 'node:stream'
import type { TimerHandle, VirtualClock } from './virtual-clock.ts'

/** As many octets as libuv hands over at once. */
const readSize = 65_536

/** One end of a connection: a stream with the manners of net.Socket and tls.TLSSocket that HTTP clients rely on. */
export class VirtualSocket extends Duplex {
  peer: VirtualSocket | undefined
  connecting = true
  readonly remoteAddress = '192.0.2.1'
  readonly remotePort = 443
  readonly remoteFamily = 'IPv4'
  readonly localAddress = '192.0.2.2'
  readonly localPort = 40000
  bytesRead = 0
  bytesWritten = 0
  timeout = 0
  readonly #clock: VirtualClock
  readonly #moved: () => void
  #timer: TimerHandle | undefined

  constructor(clock: VirtualClock, moved: () => void, protocol: string | undefined) {
    super({ allowHalfOpen: false, autoDestroy: true })
    this.#clock = clock
    this.#moved = moved
    if (protocol !== undefined) {
      Object.assign(this, { encrypted: true, authorized: true, authorizationError: null, alpnProtocol: protocol })
    }
  }

  override _read(): void {
    this.#moved()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#moved()
    this.#timer?.restart()
    this.bytesWritten += chunk.length
    this.#deliver(chunk, done)
  }

  /** Later, as over a wire: the other end never runs inside this end's call, nor reads more at once than from a real socket. */
  #deliver(chunk: Buffer, done: () => void): void {
    setImmediate(() => {
      this.#moved()
      const part = chunk.subarray(0, readSize)
      if (this.peer && !this.peer.destroyed) {
        this.peer.bytesRead += part.length
        this.peer.#timer?.restart()
        this.peer.push(part)
      }
      if (part.length < chunk.length) this.#deliver(chunk.subarray(readSize), done)
      else done()
    })
  }

  override _final(done: () => void): void {
    setImmediate(() => {
      if (this.peer && !this.peer.destroyed && !this.peer.readableEnded) this.peer.push(null)
      done()
    })
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#timer?.cancel()
    const { peer } = this
    setImmediate(() => {
      this.#moved()
      if (peer && !peer.destroyed) {
        peer.destroy(
          peer.readableEnded
            ? undefined
            : Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }),
        )
      }
    })
    done(error)
  }

  /** The connection is dead, and neither end hears of it. */
  sever(): void {
    if (this.peer) this.peer.peer = undefined
    this.peer = undefined
  }

  setTimeout(ms: number, listener?: () => void): this {
    this.timeout = ms
    this.#timer?.cancel()
    this.#timer = ms > 0 ? this.#clock.schedule(ms, false, () => this.emit('timeout')) : undefined
    if (listener) this.once('timeout', listener)
    return this
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  address() {
    return { address: this.localAddress, port: this.localPort, family: this.remoteFamily }
  }
  destroySoon(): void {
    this.end(() => this.destroy())
  }
  resetAndDestroy(): this {
    return this.destroy()
  }
  getPeerCertificate() {
    return {}
  }
  getCipher() {
    return { name: 'TLS_AES_128_GCM_SHA256', standardName: 'TLS_AES_128_GCM_SHA256', version: 'TLSv1.3' }
  }
  getProtocol() {
    return 'TLSv1.3'
  }
  getSession() {
    return undefined
  }
  isSessionReused() {
    return false
  }
  setServername(): void {}
  enableTrace(): void {}
}

/** A connection: what one end writes the other reads, a turn of the event loop later. `protocol` (ALPN) makes it a TLS one. */
export function socketPair(
  clock: VirtualClock,
  moved: () => void,
  protocol: string | undefined,
): [client: VirtualSocket, server: VirtualSocket] {
  const client = new VirtualSocket(clock, moved, protocol)
  const server = new VirtualSocket(clock, moved, protocol)
  client.peer = server
  server.peer = client
  server.connecting = false
  // A server's end that breaks off is the suite's own doing.
  server.on('error', () => {})
  setImmediate(() => {
    moved()
    client.connecting = false
    if (client.destroyed) return
    client.emit('connect')
    if (protocol !== undefined) client.emit('secureConnect')
    client.emit('ready')
  })
  return [client, server]
}
