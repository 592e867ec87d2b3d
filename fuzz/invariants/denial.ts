/** Whether a denial is safe (SEMANTICS.md, "Deny"; RFC 9111 5.2.2.5 and 5.2.2.7). */
import type { Headers, ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy, UnauthenticatedDenial } from '../../authorizer/policy.ts'
import { isSentToLogIn, pageOf } from '../../oracle/denial.ts'
import { returnPath } from '../../oracle/login-location.ts'
import { namesOrigin } from '../../oracle/origins.ts'
import type { Rule } from '../../oracle/rules.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import type { ReturnedResponse } from '../answer.ts'
import { echoOf } from './echo.ts'
import { bodyOf, valuesOf } from './header-values.ts'
import { causeIn, type Observation, type Remark } from './observation.ts'
import { differences } from './own-response.ts'
import { percentDecoded } from './percent-decoded.ts'
import { leadsAstray } from './sign-in/sign-in-answer.ts'
import { isStorable } from './storable.ts'

interface Examination {
  observations: Observation[]
  remarks: Remark[]
}

interface Circumstances {
  keysReachable: boolean
  whose: 'ours' | 'foreign'
  verdict: Verdict
  /** Stories of browsers show where the handler's own sign-in leads. */
  playsSignIn: boolean
}

export function examineDenial(
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  circumstances: Circumstances,
): Examination {
  const { keysReachable, whose, verdict } = circumstances
  const examination: Examination = { observations: [], remarks: [] }
  const { observations } = examination
  const headers = response.headers ?? {}
  const status = String(response.status)
  if (/^2/.test(status)) observations.push(unsafe('deny/status', `a denial has the status ${status}`))
  else if (!/^[345]/.test(status)) observations.push(unsafe('deny/status', `a denial has the status ${status}`))
  else if (status.startsWith('5') && keysReachable && !verdict.signIn?.answers.includes('own')) {
    observations.push(unsafe('deny/status', `a denial has the status ${status} though the keys can be had`))
  }
  const caching = valuesOf(headers, 'cache-control').join(', ')
  const saysSo = /(?:^|[\s,])(?:no-store|private)(?:$|[\s,;=])/i.test(caching)
  if (!saysSo && (whose === 'ours' || isStorable(request, response))) {
    observations.push(unsafe('deny/cache-control', 'a denial may be kept: no-store and private are absent'))
  }
  const add = ({ observations: found, remarks }: Examination) => {
    observations.push(...found)
    examination.remarks.push(...remarks)
  }
  if (whose === 'ours' && policy.signIn) observations.push(...strayLocations(policy, request, response))
  else add(examineLocations(policy, request, response, circumstances))
  // A browser that goes to a page reads no answer on behalf of another one.
  const isOfSignIn = verdict.signIn !== undefined && !verdict.signIn.answers.includes('denial')
  if (!isOfSignIn) add(examineReaders(policy, request, headers, whose))
  if (whose === 'foreign') add(examineForeign(policy, request, response, circumstances))
  // What must have passed is a finding already, whatever its denial says.
  else if (observations.length === 0 && (verdict.ours !== 'allow' || verdict.slash)) {
    for (const { rule, story } of differences(policy, request, response, verdict)) {
      observations.push(unsafe(rule, story))
    }
  }
  return examination
}

function examineLocations(
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  { verdict: { isForbidden, slash }, playsSignIn }: Circumstances,
): Examination {
  const observations: Observation[] = []
  const remarks: Remark[] = []
  const login = loginOf(policy)
  for (const location of valuesOf(response.headers ?? {}, 'location')) {
    if (slash !== undefined && leadsTo(location, slash.location, request)) continue
    const { kind = isForbidden ? 'loop' : null, shown = location.slice(0, 200) } =
      locationFault(location, request, login, JSON.stringify(policy)) ?? {}
    if (kind === 'elsewhere' && isWayHome(location, request, response)) {
      remarks.push({ rule: 'deny/location', story: 'a sign-in that ends leads back to the site' })
    } else if (kind === 'elsewhere' && login === null) {
      remarks.push({ rule: 'deny/location', story: 'a denial leads to a page that the policy does not name' })
    } else if (kind === 'return' && playsSignIn) {
      remarks.push({ rule: 'deny/location', story: locationStories.return })
    } else if (kind) {
      observations.push({
        class: kind === 'foreign' || kind === 'return' ? 'open-redirect' : 'unsafe-denial',
        rule: 'deny/location',
        story: `${locationStories[kind]}: ${shown}`,
        cause: kind,
      })
    } else if (login !== null && /^3/.test(String(response.status)) && !isSentToLogIn(policy, request)) {
      observations.push(unsafe('deny/redirect-on', 'a request that is no navigation is sent to the login page'))
    } else if (login?.redirect.startsWith('/') && !location.startsWith('/')) {
      remarks.push({ rule: 'deny/location', story: "the login page on the viewer's own host is named with the host" })
    }
  }
  return { observations, remarks }
}

/** With sign-in a Location is an endpoint of the policy or on the viewer's own host (`sign-in/return`). */
function strayLocations(policy: Policy, request: ViewerRequest, response: ReturnedResponse): Observation[] {
  const locations = valuesOf(response.headers ?? {}, 'location')
  return locations
    .filter((location) => leadsAstray(policy, hostOf(request), location))
    .map((location) => ({
      class: 'open-redirect',
      rule: 'sign-in/return',
      story: `an answer leads to ${location.slice(0, 200)}`,
      cause: 'elsewhere',
    }))
}

function examineReaders(
  policy: Policy,
  request: ViewerRequest,
  headers: Headers,
  whose: 'ours' | 'foreign',
): Examination {
  const [origin, ...others] = valuesOf(request.headers, 'origin')
  if (origin === undefined) return { observations: [], remarks: [] }
  const isReader = valuesOf(headers, 'access-control-allow-origin').includes(origin)
  const isNamed = namesOrigin(policy, origin)
  if (isReader && !isNamed) {
    const story = 'a denial may be read by an origin that the policy does not name'
    return whose === 'ours'
      ? { observations: [unsafe('deny/cors', story)], remarks: [] }
      : { observations: [], remarks: [{ rule: 'deny/cors', story }] }
  }
  const isKept = whose === 'ours' && isNamed && !isReader && others.length === 0
  const story = 'a denial may not be read by an origin that the policy names'
  return { observations: isKept ? [unsafe('deny/cors', story)] : [], remarks: [] }
}

/** What is no more than a note of a foreign handler, and its own words. */
function examineForeign(
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  { keysReachable, verdict }: Circumstances,
): Examination {
  const observations: Observation[] = []
  const remarks: Remark[] = []
  const login = loginOf(policy)
  const isRedirect = /^3/.test(String(response.status))
  const locations = valuesOf(response.headers ?? {}, 'location')
  if (verdict.slash?.verdict.outcome === 'must-allow') {
    const { location } = verdict.slash
    if (!isRedirect || !locations.some((one) => leadsTo(one, location, request))) {
      remarks.push({ rule: 'paths/slash', story: 'a path without its slash is denied as one without a route' })
    }
  } else if (login !== null && verdict.denial === 'unauthenticated' && isSentToLogIn(policy, request)) {
    if (!isRedirect && keysReachable) {
      remarks.push({ rule: 'deny/redirect-on', story: 'a navigation is not sent to the login page' })
    }
    const { returnTo } = login
    const isAsked = isRedirect && returnTo !== undefined && returnPath(login, request) !== null
    if (isAsked && !locations.some((location) => parametersOf(location).has(returnTo))) {
      remarks.push({ rule: 'deny/return-path', story: 'the login page is not told where to return to' })
    }
  }
  const body = bodyOf(response)
  const pages = [pageOf(policy, 'unauthenticated'), pageOf(policy, 'forbidden'), '']
  const echo = echoOf(request, body, JSON.stringify(policy))
  if (echo !== null) {
    observations.push(unsafe('deny/page', `the viewer's words are in a body: ${JSON.stringify(echo.slice(0, 100))}`))
  } else if (!pages.includes(body)) {
    remarks.push({ rule: 'deny/page', story: "a denial has a text of the handler's own" })
  }
  return { observations, remarks }
}

interface Login extends UnauthenticatedDenial {
  redirect: string
}

/** Null: the policy names no login page. */
function loginOf({ deny }: Policy): Login | null {
  const { redirect, ...others } = deny?.unauthenticated ?? {}
  return redirect === undefined ? null : { ...others, redirect }
}

/** Whether a Location is that path, or that path with the viewer's own host. */
function leadsTo(location: string, path: string, request: ViewerRequest): boolean {
  const base = `https://${hostOf(request)}`
  return location === path || (URL.canParse(location) && location === `${base}${path}`)
}

function parametersOf(location: string): URLSearchParams {
  return URL.canParse(location, `https://${noHost}`)
    ? new URL(location, `https://${noHost}`).searchParams
    : new URLSearchParams()
}

function unsafe(rule: Rule, story: string): Observation {
  return { class: 'unsafe-denial', rule, story, cause: causeIn(story) }
}

const locationStories = {
  foreign: 'the viewer decides where the denial leads',
  return: 'the login page is told to return to what a browser reads as another site',
  loop: 'a good token without the right is sent to log in, which would bring it back',
  elsewhere: "a denial leads to another page than the policy's login page",
  unencoded: "the viewer's words are not percent-encoded in the login page's address",
  mixed: "the viewer writes a parameter of the login page's address",
}

/** Stands for the viewer's host where no request says one (RFC 2606). */
const noHost = 'viewer.invalid'

function hostOf(request: ViewerRequest): string {
  const claimed = valuesOf(request.headers, 'host')[0] ?? ''
  // A host header that is no host is the viewer's fault alone.
  return URL.canParse(`https://${claimed}`) ? new URL(`https://${claimed}`).host : noHost
}

interface LocationFault {
  kind: keyof typeof locationStories
  /** The part of the Location that shows it. */
  shown: string
}

function locationFault(
  location: string,
  request: ViewerRequest,
  login: Login | null,
  known: string,
): LocationFault | null {
  const fault = (kind: LocationFault['kind'], shown = location) => ({ kind, shown: shown.slice(0, 200) })
  const host = hostOf(request)
  if (!URL.canParse(location, `https://${host}`)) return fault('foreign')
  const destination = new URL(location, `https://${host}`)
  const page = login && new URL(login.redirect, `https://${host}`)
  const words = `${request.uri} ${request.querystring} ${JSON.stringify(request.headers)}`.toLowerCase()
  const isHome = destination.host === host || destination.host === page?.host
  if (
    (destination.host !== '' && !isHome && words.includes(destination.hostname)) ||
    !/^https?:$/.test(destination.protocol)
  ) {
    return fault('foreign')
  }
  // The login page's text alone is no boundary: https://login.example.com.evil.example begins with it, too.
  if (page?.origin !== destination.origin || !destination.pathname.startsWith(page.pathname)) return fault('elsewhere')
  for (const [name, value] of destination.searchParams) {
    // What the configured page says itself, such as a redirect_uri, the viewer has not decided.
    if (name !== login?.returnTo && page.searchParams.getAll(name).includes(value)) continue
    if (login?.returnTo !== undefined ? name !== login.returnTo : !/^(?:\/|https?:)/i.test(value)) continue
    // Nor another host than the viewer's, where the viewer does not name it: a constant redirect_uri.
    const named = hostIn(value)
    if (named !== noHost && (!words.includes(named) || known.includes(named))) continue
    if (!returnsHome(value, host)) return fault('return', `${name}=${value}`)
  }
  const own = new Set([...page.searchParams.keys(), login?.returnTo])
  const isOwn = (name: string, value: string) => own.has(name) || !spellsParameter(request, name, value)
  // What the viewer wrote ends the value that holds it: another parameter, a fragment.
  if (destination.hash !== page.hash || ![...destination.searchParams].every(([name, value]) => isOwn(name, value)))
    return fault('mixed')
  // No URI reference (RFC 3986 2), and yet the same to whoever reads it.
  return /[^\x21-\x7e]|["<>\\^`{|}]/.test(location) ? fault('unencoded') : null
}

/** The host of an address; `noHost` for a path, and for what is no address. */
function hostIn(value: string): string {
  return URL.canParse(value, `https://${noHost}`) ? new URL(value, `https://${noHost}`).hostname : noHost
}

/** A callback with a code that was taken: the browser gets its cookies, and goes on to a page of the same host. */
function isWayHome(location: string, request: ViewerRequest, { headers = {} }: ReturnedResponse): boolean {
  const asked = new URLSearchParams(request.querystring)
  const base = `https://${hostOf(request)}`
  const isHome = URL.canParse(location, base) && new URL(location, base).origin === new URL(base).origin
  return isHome && asked.has('code') && asked.has('state') && valuesOf(headers, 'set-cookie').length > 0
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
