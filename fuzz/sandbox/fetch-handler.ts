/**
 * A handler in the Fetch standard's shape, `(request, env, context) => Response`, as a handler of viewer requests. A response of
 * the 2xx kind is a request that passed: the application served the object, itself or by `env.ASSETS.fetch(request)`.
 */
import type { Headers as CloudFrontHeaders, ViewerRequest } from '../../authorizer/cloudfront.ts'
import { type Handler, loadModule, member } from './load-handler.ts'

type Application = (request: Request, environment: object, context: object) => Response | Promise<Response>

/** What no Request takes: the host is in its URL, and the connection is not the application's. */
const unsettable = /^(?:connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|via)$/

/** Throws what the module throws; an Error of its own where nothing in it answers requests. */
export async function loadFetchHandler(file: string): Promise<Handler> {
  const exports = await loadModule(file)
  const application = applicationOf(member(exports, 'default')) ?? applicationOf(exports)
  if (application === undefined) throw new Error('it has no default export that is a function or has one named "fetch"')
  return async (event) => {
    const given = (event as { Records?: [{ cf?: { request?: ViewerRequest } }] } | null)?.Records?.[0]?.cf?.request
    if (given === undefined) throw new Error('the event has no request')
    let served: Request | undefined
    const assets = {
      fetch: async (request: Request) => {
        served = request
        return new Response('')
      },
    }
    const environment = { ...process.env, ASSETS: assets }
    const context = {
      waitUntil: (promise: Promise<unknown>) => void promise.catch(() => {}),
      passThroughOnException() {},
    }
    const response = await application(requestOf(given), environment, context)
    return response.ok ? passed(given, served) : responseOf(response)
  }
}

/** A class such as Hono's has its `fetch` bound or not: it is called as a method. */
function applicationOf(value: unknown): Application | undefined {
  const fetch = member(value, 'fetch')
  if (typeof fetch === 'function') return (...parameters) => fetch.apply(value, parameters)
  return typeof value === 'function' ? (value as Application) : undefined
}

function requestOf({ method, uri, querystring, headers }: ViewerRequest): Request {
  const host = headers.host?.[0]?.value ?? 'd111111abcdef8.cloudfront.net'
  const sent = new Headers()
  for (const [name, entries] of Object.entries(headers)) {
    if (unsettable.test(name)) continue
    // Lines of one name are one line to such an application; cookies by RFC 6265 4.2.
    for (const { value } of entries) {
      const before = name === 'cookie' ? sent.get(name) : null
      if (before === null) sent.append(name, value)
      else sent.set(name, `${before}; ${value}`)
    }
  }
  return new Request(`https://${host}${uri}${querystring ? `?${querystring}` : ''}`, { method, headers: sent })
}

/** With the path that the application asked its assets for, where it is another. */
function passed(given: ViewerRequest, served: Request | undefined): ViewerRequest {
  if (served === undefined) return given
  const asked = new URL(served.url).pathname
  const isSame =
    asked ===
    requestOf(given)
      .url.replace(/^https:\/\/[^/]*/, '')
      .replace(/\?.*$/s, '')
  return isSame ? given : { ...given, uri: asked }
}

async function responseOf(response: Response): Promise<object> {
  const headers: CloudFrontHeaders = {}
  for (const [name, value] of response.headers) headers[name] = [...(headers[name] ?? []), { key: name, value }]
  return {
    status: String(response.status),
    statusDescription: response.statusText,
    headers,
    body: await response.text(),
  }
}
