/** What an answer of the handler's may hold, and what a request that passes may keep. */
import { valuesOf } from '../invariants/header-values.ts'
import { percentDecoded } from '../invariants/percent-decoded.ts'
import { isAt, redirectOf } from './redirects.ts'
import type { Scene } from './scene.ts'
import type { Seen } from './sight.ts'
import type { SiteExchange } from './site-exchange.ts'
import { heldToken } from './tokens-in-cookies.ts'

/** What stories put into parameters that must not come back. */
export const marker = 'edgeproof-marker'

/** Older text has 5 s for a viewer request; the page has 4 s for the provider. */
const longestMs = 5_000
const longestSignOutMs = 2_500
const maxCookieOctets = 10_240

export function seenOfAnswer(scene: Scene, exchange: SiteExchange): Seen[] {
  const { invocation, url } = exchange
  const { answer } = invocation
  const seen: Seen[] = []
  if (answer.kind === 'failed') {
    const story = `${url.pathname}: the handler ${answer.why}`
    // CloudFront refuses the one answer, and the process goes on.
    if (answer.how === 'refused') seen.push({ rule: 'result/response', class: 'invalid-result', story })
    else seen.push({ rule: 'result/answer', class: 'crash', story, threw: answer.how === 'threw' })
  }
  const isSignOut = url.pathname === scene.site.paths.signOut
  if (invocation.took > (isSignOut ? longestSignOutMs : longestMs)) {
    const seconds = (invocation.took / 1000).toFixed(1)
    seen.push({
      rule: 'sign-in/exchange',
      class: 'exhaustion',
      story: `${url.pathname}: the provider made the viewer wait for ${seconds} s`,
    })
  }
  seen.push(...ofLeaks(scene, exchange))
  if (answer.kind === 'passed') seen.push(...ofPassed(scene, exchange))
  if (answer.kind === 'response') {
    seen.push(...ofLocation(scene, exchange), ...ofHeaders(scene, exchange), ...ofBystanders(scene, exchange))
  }
  return seen
}

/** After its cookies have been taken. */
export function seenOfJar(scene: Scene, { browser, url }: SiteExchange): Seen[] {
  if (!browser || browser.isTampered) return []
  const own = browser.jar.cookies.filter(({ domain, name }) => domain === url.hostname && scene.ownCookies.has(name))
  const octets = own.reduce((sum, { name, value }) => sum + Buffer.byteLength(`${name}=${value}`), 0)
  if (octets <= maxCookieOctets) return []
  return [
    {
      rule: 'sign-in/size',
      class: 'exhaustion',
      story: `${own.length} cookies of the handler hold ${octets} octets: past ${maxCookieOctets}, requests are refused sooner or later`,
    },
  ]
}

function ofLeaks(scene: Scene, { invocation, calls }: SiteExchange): Seen[] {
  const { answer, logs } = invocation
  const seen: Seen[] = []
  if (answer.kind === 'response') {
    const headers = Object.entries(answer.headers).filter(([name]) => name !== 'set-cookie')
    const text = `${JSON.stringify(headers)}\n${answer.body}`
    const secret = secretIn(scene, text, calls)
    if (secret)
      seen.push({ rule: 'leak/response', class: 'leak', story: `${secret.text} is in an answer`, ...noteOf(secret) })
    if (text.includes(marker)) {
      const isMarkup = answer.body.includes(`<b>${marker}`)
      seen.push({
        rule: 'sign-in/error',
        class: 'header-injection',
        story: isMarkup
          ? 'a page holds the markup that a parameter of its URL has'
          : 'an answer holds what a parameter of its URL said',
        // Where it is escaped, no markup comes of it.
        ours: !isMarkup,
      })
    }
  }
  const log = logs.join('\n')
  const logged = secretIn(scene, log, calls)
  if (logged) seen.push({ rule: 'leak/log', class: 'leak', story: `${logged.text} is in the log`, ...noteOf(logged) })
  if (log.includes(marker)) {
    seen.push({
      rule: 'sign-in/log',
      class: 'log-injection',
      story: 'the log holds what a parameter of the URL said',
      ours: true,
    })
  }
  return seen
}

const noteOf = ({ isSpent = false }: Secret) => ({ ours: isSpent })

interface Secret {
  text: string
  /** A provider takes a code once (RFC 6749 4.1.2): nobody gains by what it has had already. */
  isSpent?: boolean
}

/** The worst of those that the text has. */
function secretIn({ provider, site }: Scene, text: string, calls: SiteExchange['calls']): Secret | undefined {
  if (text === '') return undefined
  const decoded = unescaped(text)
  const has = (secret: string | null | undefined) =>
    secret !== undefined && secret !== null && secret.length > 7 && decoded.includes(secret)
  const auth = site.clientAuth
  if ('secret' in auth && has(auth.secret)) return { text: "the client's secret" }
  const isRefresh = ({ refreshToken, before }: (typeof provider.families)[number]) =>
    has(refreshToken) || before.some(({ token }) => has(token))
  if (provider.families.some(isRefresh)) return { text: 'a refresh token' }
  for (const { access, id } of provider.tokens) {
    if (has(access.slice(-60)) || has(id?.slice(-60)) || has(access.split('.')[1])) return { text: 'a token' }
  }
  const codes = provider.codes.filter(({ code }) => has(code))
  if (codes.length > 0) return { text: 'a code', isSpent: codes.every(({ tries }) => tries > 0) }
  const isVerifier = [...provider.calls, ...calls].some(({ verifier }) => has(verifier))
  return isVerifier ? { text: 'a verifier', isSpent: true } : undefined
}

function unescaped(text: string): string {
  try {
    return `${text}\n${decodeURIComponent(text)}`
  } catch {
    return text
  }
}

function ofPassed(scene: Scene, { invocation }: SiteExchange): Seen[] {
  if (invocation.answer.kind !== 'passed') return []
  const kept = valuesOf(invocation.answer.headers, 'cookie')
    .flatMap((value) => value.split(';'))
    .map((pair) => pair.slice(0, Math.max(0, pair.indexOf('='))).replace(/^ +/, ''))
    .find((name) => scene.ownCookies.has(name))
  if (kept === undefined) return []
  const story = `the cookie ${kept} goes on to the cache and the origin`
  return [{ rule: 'sign-in/strip', class: 'leak', story, ours: true }]
}

function ofLocation(scene: Scene, { url, invocation }: SiteExchange): Seen[] {
  const { answer, request } = invocation
  const next = redirectOf(answer, url)
  if (!next) return []
  const { endpoints, hosts, registered } = scene.site
  // CloudFront answers no other Host than its distributions' names, and a browser sends none but its URL's.
  const isOwnHost = typeof request.headers.host !== 'string' || hosts.includes(request.headers.host)
  const configured = [endpoints.authorization, ...(endpoints.logout === undefined ? [] : [endpoints.logout])]
  if (configured.some((endpoint) => isAt(next, endpoint))) {
    return isAt(next, endpoints.authorization) ? ofAuthorization(next, registered, isOwnHost) : []
  }
  if (!isOwnHost && next.host === String(request.headers.host).toLowerCase()) {
    return [
      {
        rule: 'sign-in/host',
        class: 'open-redirect',
        story: `a redirect leads to ${next.host}, which only the request named`,
        ours: true,
      },
    ]
  }
  if (next.protocol === 'https:' && hosts.includes(next.host)) return []
  const login = scene.site.policy.deny?.unauthenticated?.redirect
  if (login?.startsWith('https:') && isAt(next, login)) return []
  // Where no word of the visitor's is in it, the operator has configured it.
  const ours = next.protocol === 'https:' && !isNamed(next.hostname, url, request.headers)
  return [{ rule: 'sign-in/return', class: 'open-redirect', story: `a redirect leads to ${next.origin}`, ours }]
}

/** By the request, or by an attacker earlier on, whose names all end alike. */
function isNamed(name: string, url: URL, headers: Readonly<Record<string, unknown>>): boolean {
  const words = percentDecoded(`${url.href} ${JSON.stringify(headers)}`).toLowerCase()
  return /(?:^|\.)attacker\.example$/.test(name) || words.includes(name)
}

function ofAuthorization(next: URL, registered: readonly string[], isOwnHost: boolean): Seen[] {
  const seen: Seen[] = []
  const wanted = (name: string) => next.searchParams.get(name) ?? ''
  if (!registered.includes(wanted('redirect_uri'))) {
    seen.push({
      rule: 'sign-in/host',
      class: 'open-redirect',
      story: `the redirect_uri is ${wanted('redirect_uri')}, which is not the site's`,
      ours: !isOwnHost,
    })
  }
  // For others a callback that begins a session in another browser than asked for it is the finding.
  if (wanted('state') === '') {
    seen.push({ rule: 'sign-in/start', class: 'bypass', story: 'an authorization request has no state', ours: true })
  }
  if (wanted('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(wanted('code_challenge'))) {
    const story = 'an authorization request has no S256 challenge (RFC 7636 4.3, RFC 9700 2.1.1)'
    seen.push({ rule: 'sign-in/start', class: 'bypass', story, ours: true })
  }
  return seen
}

/** Each answer of a step of sign-in: what the three own paths say, and what leads there or to the provider. */
function ofHeaders(scene: Scene, { url, invocation }: SiteExchange): Seen[] {
  const { answer } = invocation
  if (answer.kind !== 'response') return []
  const { paths, endpoints } = scene.site
  const own = [paths.callback, paths.refresh, paths.signOut]
  const next = redirectOf(answer, url)
  // A request of another method is denied as at any other path.
  const isStep =
    (own.includes(url.pathname) && invocation.request.method === 'GET') ||
    (next && (isAt(next, endpoints.authorization) || own.includes(next.pathname)))
  if (!isStep) return []
  const header = (name: string) => valuesOf(answer.headers, name).join(', ').toLowerCase()
  const lacks: string[] = []
  if (!header('cache-control').includes('no-store')) lacks.push('cache-control: no-store')
  if (header('referrer-policy') !== 'no-referrer') lacks.push('referrer-policy: no-referrer')
  if (header('x-content-type-options') !== 'nosniff') lacks.push('x-content-type-options: nosniff')
  const policy = header('content-security-policy')
  if (!policy.includes("default-src 'none'") || !policy.includes("frame-ancestors 'none'")) {
    lacks.push("a content-security-policy with default-src 'none' and frame-ancestors 'none'")
  }
  if (answer.status === 503 && header('retry-after') === '') lacks.push('retry-after')
  if (lacks.length === 0) return []
  return [
    {
      rule: 'sign-in/response',
      class: 'unsafe-denial',
      story: `an answer of ${url.pathname} lacks ${lacks.join(', ')}`,
      ours: true,
    },
  ]
}

/** What fills no tab is neither sent to sign in nor given a cookie; what another site asks for signs nobody out. */
function ofBystanders(scene: Scene, exchange: SiteExchange): Seen[] {
  const { browser, url, kind, fetchSite, sent, invocation, calls } = exchange
  const { answer } = invocation
  const { paths, endpoints } = scene.site
  if (answer.kind !== 'response' || !browser) return []
  const seen: Seen[] = []
  const next = redirectOf(answer, url)
  const isOwn = Object.values(paths).includes(url.pathname)
  if (kind !== 'navigation' && kind !== 'form' && kind !== 'raw' && !isOwn && browser.metadata) {
    if (next && isAt(next, endpoints.authorization)) {
      seen.push({
        rule: 'sign-in/navigation',
        class: 'amplification',
        story: `a request of ${words[kind]} was sent to the provider`,
        ours: true,
      })
    } else if (valuesOf(answer.headers, 'set-cookie').length > 0) {
      seen.push({
        rule: 'sign-in/without',
        class: 'amplification',
        story: `a request of ${words[kind]} was given a cookie`,
        ours: true,
      })
    }
  }
  if (url.pathname !== paths.signOut || !browser.metadata || url.searchParams.has('confirm')) return seen
  const isAsked = (fetchSite === 'same-origin' || fetchSite === 'none') && kind === 'navigation'
  const isRevoked = calls.some(({ endpoint }) => endpoint === 'revocation')
  const isSentOn = next !== undefined && endpoints.logout !== undefined && isAt(next, endpoints.logout)
  const takesBack = heldToken(scene, sent) !== undefined && valuesOf(answer.headers, 'set-cookie').length > 0
  if (!isAsked && (isRevoked || isSentOn || takesBack)) {
    const story = `${words[kind]} on a ${fetchSite} page signed the visitor out`
    seen.push({ rule: 'sign-in/sign-out', class: 'false-denial', story })
  }
  return seen
}

const words: Record<SiteExchange['kind'], string> = {
  navigation: 'a link',
  image: 'an image',
  frame: 'a frame',
  fetch: 'a script',
  prefetch: 'a prefetch',
  form: 'a form',
  raw: 'a client',
}
