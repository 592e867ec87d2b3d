/** Runs inside a sandbox: the function's connections reach the local issuer, servers that were named, or nothing. */
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

/** Host names that functions may ask over https, each with the loopback port that answers for it in plain HTTP. */
export interface NetworkRoute {
  ports: Readonly<Record<string, number>>
  /** Every other connection is made as the function asks. */
  open?: boolean
}

/**
 * Requests by `node:https` and `fetch` to the route's hosts go to their loopback ports in plain HTTP, `Host` kept; every
 * other connection of this thread is refused with ECONNREFUSED and reported. Built-in modules belong to one thread, so
 * nothing outside the sandbox changes.
 */
export function confineNetwork(route: NetworkRoute, refused: (target: string) => void): void {
  const ports = new Map(Object.entries(route.ports))
  const opened = new Set(ports.values())
  const toLoopback = (...args: unknown[]) => {
    const { url, options, callback } = requestArguments(args)
    const port = ports.get(url.hostname)
    if (port === undefined) return null
    const headers = { ...options.headers, host: url.host }
    // An agent for https cannot hold plain connections; `false`, a connection of its own, means the same for both.
    const { agent, ...plain } = options
    return http.request(
      {
        ...plain,
        // An https agent cannot make plain connections; that none is to be shared still holds, or a function that asked
        // for a new connection would be given one that died while it was frozen.
        ...(agent === false ? { agent } : {}),
        headers,
        protocol: 'http:',
        host: '127.0.0.1',
        hostname: '127.0.0.1',
        port,
        path: url.pathname + url.search,
      },
      callback,
    )
  }
  const request = https.request
  https.request = ((...args: Parameters<typeof request>) => toLoopback(...args) ?? request(...args)) as typeof request
  https.get = ((...args: Parameters<typeof request>) => https.request(...args).end()) as typeof https.get

  const fetch = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const asked = new Request(input, init)
    const url = new URL(asked.url)
    const port = ports.get(url.hostname)
    if (url.protocol !== 'https:' || port === undefined) return fetch(asked)
    const plain = new Request(`http://127.0.0.1:${port}${url.pathname}${url.search}`, asked)
    plain.headers.set('x-forwarded-host', url.host)
    return fetch(plain)
  }

  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    const [target] = args.flat() as [net.TcpNetConnectOpts]
    if (route.open || (target?.host === '127.0.0.1' && opened.has(Number(target.port)))) {
      return connect.apply(this, args as Parameters<typeof connect>)
    }
    const name = typeof target === 'object' ? `${target.host ?? 'localhost'}:${target.port}` : String(target)
    refused(name)
    const error = Object.assign(new Error(`connect ECONNREFUSED ${name}`), { code: 'ECONNREFUSED', syscall: 'connect' })
    process.nextTick(() => this.destroy(error))
    return this
  } as typeof connect
  syncBuiltinESMExports()
}

/** The forms of `https.request`: (url, options?, callback?) and (options, callback?). */
function requestArguments(args: unknown[]) {
  const rest = [...args]
  const first = rest[0]
  const given = typeof first === 'string' || first instanceof URL ? new URL(String(rest.shift())) : null
  const options = (typeof rest[0] === 'object' ? rest.shift() : {}) as https.RequestOptions
  const callback = rest[0] as ((response: http.IncomingMessage) => void) | undefined
  const host = options.hostname ?? options.host ?? 'localhost'
  const url = given ?? new URL(`https://${host}${options.port ? `:${options.port}` : ''}${options.path ?? '/'}`)
  return { url, options, callback }
}
