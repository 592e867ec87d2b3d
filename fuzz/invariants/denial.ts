/** Whether a denial is safe (SEMANTICS.md, "Deny"; RFC 9111 5.2.2.5 and 5.2.2.7). */
import type { Headers, ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import type { Rule } from '../../oracle/rules.ts'
import type { ReturnedResponse } from '../answer.ts'
import type { Observation, Remark } from './observation.ts'
import { percentDecoded } from './percent-decoded.ts'

export function examineDenial(
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  { keysReachable, isForbidden }: { keysReachable: boolean; isForbidden: boolean },
): { observations: Observation[]; remarks: Remark[] } {
  const observations: Observation[] = []
  const remarks: Remark[] = []
  const headers = response.headers ?? {}
  const status = String(response.status)
  if (/^2/.test(status)) observations.push(unsafe('deny/status', `a denial has the status ${status}`))
  else if (!/^[345]/.test(status)) observations.push(unsafe('deny/status', `a denial has the status ${status}`))
  else if (status.startsWith('5') && keysReachable) {
    observations.push(unsafe('deny/status', `a denial has the status ${status} though the keys can be had`))
  }
  const caching = valuesOf(headers, 'cache-control').join(', ')
  if (!/(?:^|[\s,])(?:no-store|private)(?:$|[\s,;=])/i.test(caching)) {
    observations.push(
      unsafe('deny/cache-control', 'a denial may be kept by a shared cache: no-store and private are absent'),
    )
  }
  const { redirect, returnTo } = policy.deny?.unauthenticated ?? {}
  const login = redirect === undefined ? null : { redirect, ...(returnTo === undefined ? {} : { returnTo }) }
  for (const location of valuesOf(headers, 'location')) {
    const fault = locationFault(location, request, login) ?? (isForbidden ? 'loop' : null)
    if (fault === 'elsewhere' && login === null) {
      remarks.push({ rule: 'deny/location', story: 'a denial leads to a page that the policy does not name' })
    } else if (fault) {
      observations.push({
        class: fault === 'foreign' ? 'open-redirect' : 'unsafe-denial',
        rule: 'deny/location',
        story: `${locationStories[fault]}: ${location.slice(0, 200)}`,
      })
    }
  }
  const origin = valuesOf(request.headers, 'origin')[0]
  const readers = valuesOf(headers, 'access-control-allow-origin')
  if (origin !== undefined && readers.includes(origin) && !(policy.corsOrigins ?? []).includes(origin)) {
    remarks.push({ rule: 'deny/cors', story: 'a denial may be read by an origin that the policy does not name' })
  }
  return { observations, remarks }
}

function unsafe(rule: Rule, story: string): Observation {
  return { class: 'unsafe-denial', rule, story }
}

function valuesOf(headers: Headers, name: string): string[] {
  const entries: unknown = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return Array.isArray(entries) ? entries.map((entry) => String(entry?.value)) : []
}

const locationStories = {
  foreign: 'the viewer decides where the denial leads',
  loop: 'a good token without the right is sent to log in, which would bring it back',
  elsewhere: "a denial leads to another page than the policy's login page",
  unencoded: "the viewer's words are not percent-encoded in the login page's address",
}

/** Stands for the viewer's host where no request says one (RFC 2606). */
const noHost = 'viewer.invalid'

function locationFault(
  location: string,
  request: ViewerRequest,
  login: { redirect: string; returnTo?: string } | null,
): Exclude<keyof typeof locationStories, 'loop'> | null {
  const claimed = valuesOf(request.headers, 'host')[0] ?? ''
  // A host header that is no host is the viewer's fault alone.
  const host = URL.canParse(`https://${claimed}`) ? new URL(`https://${claimed}`).host : noHost
  if (!URL.canParse(location, `https://${host}`)) return 'foreign'
  const target = new URL(location, `https://${host}`)
  const page = login && new URL(login.redirect)
  const words = `${request.uri} ${request.querystring} ${JSON.stringify(request.headers)}`.toLowerCase()
  const isHome = target.host === host || target.host === page?.host
  if ((target.host !== '' && !isHome && words.includes(target.hostname)) || !/^https?:$/.test(target.protocol)) {
    return 'foreign'
  }
  // The login page's text alone is no boundary: https://login.example.com.evil.example begins with it, too.
  if (page?.origin !== target.origin || !target.pathname.startsWith(page.pathname)) return 'elsewhere'
  for (const [name, value] of target.searchParams) {
    // What the configured page says itself, such as a redirect_uri, the viewer has not decided.
    if (name !== login?.returnTo && page.searchParams.getAll(name).includes(value)) continue
    if (login?.returnTo !== undefined ? name !== login.returnTo : !/^(?:\/|https?:)/i.test(value)) continue
    // Nor another host than the viewer's where the viewer names none.
    if (host === noHost && !words.includes(hostIn(value))) continue
    if (!returnsHome(value, host)) return 'foreign'
  }
  const own = new Set([...page.searchParams.keys(), login?.returnTo])
  const isOwn = (name: string, value: string) => own.has(name) || !spellsParameter(request, name, value)
  return isMixed(location, target, page, isOwn) ? 'unencoded' : null
}

/** Whether what the viewer wrote ends the value that holds it: no URI reference (RFC 3986 2), another parameter, a fragment. */
function isMixed(location: string, target: URL, page: URL, isOwn: (name: string, value: string) => boolean): boolean {
  return (
    /[^\x21-\x7e]|["<>\\^`{|}]/.test(location) ||
    target.hash !== page.hash ||
    ![...target.searchParams].every(([name, value]) => isOwn(name, value))
  )
}

/** The host of an address; the viewer's own for a path. */
function hostIn(value: string): string {
  return URL.canParse(value, `https://${noHost}`) ? new URL(value, `https://${noHost}`).hostname : ''
}

function spellsParameter({ uri, querystring }: ViewerRequest, name: string, value: string): boolean {
  const texts = [uri, querystring].map(percentDecoded)
  return texts.some((text) => text.includes(`&${name}=${value}`))
}

/** A path on the viewer's own host, as a browser would resolve it: `//host` and `/\host` are other hosts (WHATWG URL). */
function returnsHome(value: string, host: string): boolean {
  try {
    return new URL(value, `https://${host}`).host === host
  } catch {
    return false
  }
}
