/**
 * What a browser does over HTTP, without scripts: it keeps cookies for each host, follows redirects and says that it goes to a
 * page (Fetch Metadata). Hosts are loopback ports.
 */
import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'

export interface Server {
  tlsPort: number
  /** In PEM; it is trusted whatever names it has. */
  certificate: string
}

export interface Page {
  url: string
  status: number
  headers: IncomingHttpHeaders
  body: string
  /** Addresses that led here, the first one first. */
  redirects: readonly string[]
}

interface Cookie {
  name: string
  value: string
  path: string
  expires: number
}

export interface Visit {
  method?: 'GET' | 'POST'
  form?: Record<string, string>
  headers?: Record<string, string>
  /** Address of the page that has the link. Default: somebody typed the address. */
  from?: string
  /** Default true. */
  follow?: boolean
}

const mostRedirects = 20

export class HttpBrowser {
  readonly #servers: Readonly<Record<string, Server>>
  readonly #jars = new Map<string, Cookie[]>()

  constructor(servers: Readonly<Record<string, Server>>) {
    this.#servers = servers
  }

  /** The names of a host's cookies. */
  cookies(host: string): string[] {
    return this.#alive(host).map(({ name }) => name)
  }

  /** @throws where redirects do not end, or lead to a host that is not known. */
  async visit(address: string, options: Visit = {}): Promise<Page> {
    const redirects: string[] = []
    let url = new URL(address)
    let { method = 'GET', form } = options
    let site = options.from === undefined ? 'none' : relation(new URL(options.from), url)
    for (;;) {
      const page = await this.#send(url, method, form, { ...options.headers, 'sec-fetch-site': site })
      const { location } = page.headers
      const isRedirect = page.status >= 300 && page.status < 400 && location !== undefined
      if (!isRedirect || options.follow === false) return { ...page, redirects }
      if (redirects.push(url.href) > mostRedirects) throw new Error(`${address}: more than ${mostRedirects} redirects`)
      const next = new URL(location, url)
      if (relation(url, next) === 'cross-site') site = 'cross-site'
      url = next
      method = 'GET'
      form = undefined
    }
  }

  /** Sends the page's only form with these fields. */
  submit({ url, body }: Page, form: Record<string, string>): Promise<Page> {
    const [, action = ''] = /<form [^>]*action="([^"]*)"/.exec(body) ?? []
    const hidden = body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
    const fields = Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value]))
    return this.visit(new URL(action.replaceAll('&amp;', '&'), url).href, {
      method: 'POST',
      form: { ...fields, ...form },
      from: url,
    })
  }

  async #send(
    url: URL,
    method: string,
    form: Record<string, string> | undefined,
    headers: Record<string, string>,
  ): Promise<Omit<Page, 'redirects'>> {
    const server = this.#servers[url.hostname]
    if (!server) throw new Error(`${url.hostname}: no such host here`)
    const cookies = this.#alive(url.hostname).filter(({ path }) => url.pathname.startsWith(path))
    const sent = request({
      host: '127.0.0.1',
      port: server.tlsPort,
      ca: server.certificate,
      checkServerIdentity: () => undefined,
      agent: false,
      method,
      path: url.pathname + url.search,
      headers: {
        host: url.host,
        accept: 'text/html,*/*;q=0.8',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...(cookies.length > 0 && { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
    }).end(form && new URLSearchParams(form).toString())
    const [response]: IncomingMessage[] = await once(sent, 'response')
    if (!response) throw new Error('no response')
    for (const line of response.headers['set-cookie'] ?? []) this.#keep(url, line)
    return {
      url: url.href,
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await text(response),
    }
  }

  #alive(host: string): Cookie[] {
    const now = Date.now()
    return (this.#jars.get(host) ?? []).filter(({ expires }) => expires > now)
  }

  /** RFC 6265 5.3, as far as cookies of one host go. */
  #keep({ hostname, pathname }: URL, line: string): void {
    const [pair = '', ...attributes] = line.split(/; */)
    const equals = pair.indexOf('=')
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
    const attribute = (wanted: string) =>
      attributes.map((text) => text.split('=')).find(([key]) => key?.toLowerCase() === wanted)?.[1]
    const [maxAge, date] = [attribute('max-age'), attribute('expires')]
    const expires =
      maxAge !== undefined
        ? Date.now() + Number(maxAge) * 1000
        : date !== undefined
          ? Date.parse(date)
          : Number.POSITIVE_INFINITY
    const path = attribute('path') ?? pathname.replace(/\/[^/]*$/, '/')
    const others = (this.#jars.get(hostname) ?? []).filter((each) => each.name !== name || each.path !== path)
    this.#jars.set(hostname, [...others, { name, value, path, expires }])
  }
}

/** As `Sec-Fetch-Site` has it, among hosts of different sites. */
function relation(from: URL, to: URL): 'same-origin' | 'cross-site' {
  return from.origin === to.origin ? 'same-origin' : 'cross-site'
}
