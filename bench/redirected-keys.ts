/** In a measured process: has whoever asks for a policy's keys, by whatever client, ask the suite's server on loopback. */
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'

export interface RedirectedKeys {
  /** The issuers' JWKS addresses. */
  from: readonly string[]
  to: string
}

export function redirectKeys({ from, to }: RedirectedKeys): void {
  const isKeys = (url: string) => from.includes(url)
  const { fetch: realFetch } = globalThis
  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    return isKeys(url) ? realFetch(to, init) : realFetch(input, init)
  }
  const { request: realRequest } = https
  const request = (...args: unknown[]) => {
    const url = addressOf(args)
    if (url === undefined || !isKeys(url)) return Reflect.apply(realRequest, https, args)
    const options = args.find((arg) => typeof arg === 'object' && arg !== null && !(arg instanceof URL)) ?? {}
    const callback = args.find((arg) => typeof arg === 'function')
    const { hostname, port, pathname: path } = new URL(to)
    const redirected = { ...options, host: hostname, hostname, port, path, servername: hostname }
    return Reflect.apply(realRequest, https, [redirected, callback])
  }
  const get = (...args: unknown[]) => (request(...args) as ReturnType<typeof realRequest>).end()
  Object.assign(https, { request, get })
  syncBuiltinESMExports()
}

/** Of `request(url, options?, callback?)` or `request(options, callback?)`. */
function addressOf([first]: readonly unknown[]): string | undefined {
  if (typeof first === 'string' || first instanceof URL) return String(first)
  if (typeof first !== 'object' || first === null) return undefined
  const { host, hostname = host, port, path = '/' } = first as Record<string, unknown>
  return `https://${hostname}${port === undefined || Number(port) === 443 ? '' : `:${port}`}${path}`
}
