/** A browser's cookies, as RFC 6265bis (draft 22) 5.6 to 5.8 stores and sends them. */
import { domainMatches, isPublicSuffix } from './sites.ts'

export interface Cookie {
  name: string
  value: string
  /** Without a Domain attribute: this host alone. */
  domain: string
  hostOnly: boolean
  path: string
  sameSite: 'lax' | 'strict' | 'none'
  /** Milliseconds since the epoch; Infinity: as long as the browser runs. */
  expires: number
  /** Order in which cookies came; the elder are sent first. */
  order: number
}

export interface JarOptions {
  /** Names that begin with `__Host-` and `__Secure-` are held to what they say. Default true. */
  prefixes?: boolean
  /** Neither stores nor sends anything. Default false. */
  blocked?: boolean
  /** Keeps cookies past their Max-Age, as whoever copied them can. Default false. */
  ignoresAge?: boolean
}

/** How a request or its answer came about. */
export interface Context {
  /** Milliseconds since the epoch. */
  now: number
  /** The request goes to another site than the one that caused it. */
  crossSite: boolean
  /** It fills a tab, and by a method that changes nothing. */
  topLevelRead: boolean
}

/** Octets of name and value together, past which browsers drop a cookie. */
const maxOctets = 4096
const maxAgeMs = 400 * 86_400_000

export class Jar {
  cookies: Cookie[] = []
  /** False: what answers set is dropped, what is there is sent. */
  stores = true
  readonly options: JarOptions
  #order = 0

  constructor(options: JarOptions = {}) {
    this.options = options
  }

  /** The value of the cookie header, or the empty string. */
  header(url: URL, context: Context): string {
    return this.sent(url, context)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
      .join('; ')
  }

  sent(url: URL, { now, crossSite, topLevelRead }: Context): Cookie[] {
    if (this.options.blocked) return []
    this.cookies = this.cookies.filter(({ expires }) => expires > now || this.options.ignoresAge)
    return this.cookies
      .filter(({ domain, hostOnly }) => (hostOnly ? url.hostname === domain : domainMatches(url.hostname, domain)))
      .filter(({ path }) => pathMatches(url.pathname, path))
      .filter(({ sameSite }) => !crossSite || sameSite === 'none' || (sameSite === 'lax' && topLevelRead))
      .sort((a, b) => b.path.length - a.path.length || a.order - b.order)
  }

  /** A `Set-Cookie` line of an answer from `url`. Returns whether it was taken. */
  set(line: string, url: URL, { now, crossSite, topLevelRead }: Context): boolean {
    if (this.options.blocked || !this.stores) return false
    const cookie = this.#parse(line, url, now)
    if (!cookie) return false
    if (crossSite && !topLevelRead && cookie.sameSite !== 'none') return false
    const isSame = (other: Cookie) =>
      other.name === cookie.name &&
      other.domain === cookie.domain &&
      other.hostOnly === cookie.hostOnly &&
      other.path === cookie.path
    const old = this.cookies.find(isSame)
    this.cookies = this.cookies.filter((other) => other !== old)
    if (cookie.expires > now) this.cookies.push({ ...cookie, order: old?.order ?? cookie.order })
    return true
  }

  #parse(line: string, url: URL, now: number): Cookie | undefined {
    const [pair = '', ...attributes] = line.split(';')
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(line)) return undefined
    const at = pair.indexOf('=')
    const name = trimmed(at < 0 ? '' : pair.slice(0, at))
    const value = trimmed(pair.slice(at + 1))
    if (Buffer.byteLength(name + value) > maxOctets || name + value === '') return undefined
    const named = new Map(attributes.map((text) => keyAndValue(text)))
    const domain = named.get('domain')?.replace(/^\./, '').toLowerCase() ?? ''
    if (domain !== '' && (!domainMatches(url.hostname, domain) || isPublicSuffix(domain))) return undefined
    const hostOnly = domain === ''
    const path = named.get('path')?.startsWith('/') ? (named.get('path') ?? '/') : defaultPath(url)
    const secure = named.has('secure')
    if (this.options.prefixes !== false && !keepsPrefix({ name, value, secure, hostOnly, path: named.get('path') })) {
      return undefined
    }
    const sameSite = named.get('samesite')?.toLowerCase()
    if (sameSite === 'none' && !secure) return undefined
    return {
      name,
      value,
      domain: hostOnly ? url.hostname : domain,
      hostOnly,
      path,
      sameSite: sameSite === 'none' || sameSite === 'strict' ? sameSite : 'lax',
      expires: expiry(named, now),
      order: this.#order++,
    }
  }
}

/** Only space and tab (RFC 6265bis 5.6): JavaScript's trim takes more. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

function keyAndValue(attribute: string): [string, string] {
  const at = attribute.indexOf('=')
  return at < 0
    ? [trimmed(attribute).toLowerCase(), '']
    : [trimmed(attribute.slice(0, at)).toLowerCase(), trimmed(attribute.slice(at + 1))]
}

function expiry(named: ReadonlyMap<string, string>, now: number): number {
  const age = named.get('max-age')
  if (age !== undefined && /^-?\d+$/.test(age)) {
    return Number(age) <= 0 ? -Infinity : now + Math.min(Number(age) * 1000, maxAgeMs)
  }
  const date = Date.parse(named.get('expires') ?? '')
  return Number.isNaN(date) ? Infinity : Math.min(date, now + maxAgeMs)
}

/** RFC 6265bis 5.7, steps on prefixes; a nameless cookie must not look like one that has a prefix. */
function keepsPrefix(cookie: {
  name: string
  value: string
  secure: boolean
  hostOnly: boolean
  path: string | undefined
}): boolean {
  const { name, value, secure, hostOnly, path } = cookie
  if (name === '') return !/^__(?:host|secure)-/i.test(value)
  if (/^__secure-/i.test(name)) return secure
  if (/^__host-/i.test(name)) return secure && hostOnly && path === '/'
  return true
}

function defaultPath({ pathname }: URL): string {
  const last = pathname.lastIndexOf('/')
  return last <= 0 ? '/' : pathname.slice(0, last)
}

/** RFC 6265bis 5.1.4. */
function pathMatches(path: string, cookiePath: string): boolean {
  return (
    path === cookiePath ||
    (path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/'))
  )
}
