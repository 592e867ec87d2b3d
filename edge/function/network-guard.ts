/** Runs inside a sandbox: the function's connections reach the local issuer or nothing. */
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

/** Host names of the policy's JWKS, and the loopback port that answers for all of them. */
export interface IssuerRoute {
  hosts: readonly string[]
  port: number
  /** Every other connection is made as the function asks. */
  open?: boolean
}

/**
 * Requests by `node:https` and `fetch` to the route's hosts go to the loopback port in plain HTTP, `Host` kept; every
 * other connection of this thread is refused with ECONNREFUSED and reported. Built-in modules belong to one thread, so
 * nothing outside the sandbox changes.
 */
export function confineNetwork(route: IssuerRoute, refused: (target: string) => void): void {
  const toIssuer = (...args: unknown[]) => {
    const { url, options, callback } = requestArguments(args)
    if (!route.hosts.includes(url.hostname)) return null
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
        port: route.port,
        path: url.pathname + url.search,
      },
      callback,
    )
  }
  const request = https.request
  https.request = ((...args: Parameters<typeof request>) => toIssuer(...args) ?? request(...args)) as typeof request
  https.get = ((...args: Parameters<typeof request>) => https.request(...args).end()) as typeof https.get

  const fetch = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const asked = new Request(input, init)
    const url = new URL(asked.url)
    if (url.protocol !== 'https:' || !route.hosts.includes(url.hostname)) return fetch(asked)
    const plain = new Request(`http://127.0.0.1:${route.port}${url.pathname}${url.search}`, asked)
    plain.headers.set('x-forwarded-host', url.host)
    return fetch(plain)
  }

  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    const [target] = args.flat() as [net.TcpNetConnectOpts]
    if (route.open || (target?.host === '127.0.0.1' && Number(target.port) === route.port)) {
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
