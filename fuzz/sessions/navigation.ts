/** One way of a tab through redirects to a document, a request and an answer at a time, so that two can be interleaved. */
import { valuesOf } from '../invariants/header-values.ts'
import type { Browser, Tab } from './browser.ts'
import { fetchSite, type Initiator, type Kind, requestHeaders } from './fetch-metadata.ts'
import type { Context, Cookie } from './jar.ts'
import { isAt, redirectOf } from './redirects.ts'
import type { Scene } from './scene.ts'
import type { SiteExchange, Witness } from './site-exchange.ts'

export type Ending =
  /** The site's own page, through the cache. */
  | { kind: 'passed'; url: URL }
  /** The handler's own answer. */
  | { kind: 'answered'; status: number; url: URL }
  | { kind: 'failed'; url: URL }
  | { kind: 'login' }
  | { kind: 'provider-page'; why: string }
  | { kind: 'foreign'; url: URL }
  | { kind: 'loop' }
  | { kind: 'held' }

export interface Start {
  url: string
  from: Initiator
  kind: Kind
  method?: string
  /** The URL of the callback is kept under this name instead of being asked for. */
  hold?: string
  /** The provider's session where the jar cannot keep it. */
  providerSession?: string
}

/** As browsers do; Fetch says 20. */
const maxRedirects = 20

/** For people, with what the provider refused on the way. */
export function endingText({ ending, exchanges }: Navigation): string {
  const refused = exchanges.flatMap(({ calls }) => calls).find(({ error }) => error !== undefined)?.error
  const why = refused === undefined ? logText(exchanges.at(-1), ending) : `; the token endpoint refused: ${refused}`
  return `${placeText(ending)}${why}`
}

/** What the handler has to say of an answer of its own. */
function logText(last: SiteExchange | undefined, ending: Ending | undefined): string {
  const line = last?.invocation.logs.at(-1)?.trim().split('\n').at(-1) ?? ''
  const isOwn = ending?.kind === 'answered' || ending?.kind === 'failed'
  return isOwn && line !== '' ? ` and logged ${JSON.stringify(line.slice(0, 120))}` : ''
}

function placeText(ending: Ending | undefined): string {
  switch (ending?.kind) {
    case 'passed':
      return `${ending.url.pathname} was shown`
    case 'answered':
      return `${ending.url.pathname} answered ${ending.status}`
    case 'failed':
      return `${ending.url.pathname} had no answer`
    case 'login':
      return "the browser ended at the provider's login page"
    case 'provider-page':
      return `the provider says: ${ending.why}`
    case 'foreign':
      return `the browser was led to ${ending.url.origin}`
    case 'loop':
      return 'redirects led round in a circle'
    default:
      return 'the browser went nowhere'
  }
}

export class Navigation {
  readonly browser: Browser
  readonly tab: Tab
  readonly start: Start
  readonly startedAt: number
  /** The cookies that the browser sent to the first URL. */
  readonly sentFirst: readonly Cookie[]
  readonly exchanges: SiteExchange[] = []
  /** How often the authorization endpoint was asked. */
  visits = 0
  loggedOut = false
  ending: Ending | undefined
  readonly #scene: Scene
  readonly #witness: Witness
  #url: URL
  readonly #passed: URL[] = []
  #arrived: (() => void) | undefined
  #count = 0

  constructor({ scene, witness }: { scene: Scene; witness: Witness }, browser: Browser, tab: Tab, start: Start) {
    this.#scene = scene
    this.#witness = witness
    this.browser = browser
    this.tab = tab
    this.start = start
    this.startedAt = scene.now
    this.#url = new URL(start.url)
    this.sentFirst = browser.jar.sent(this.#url, this.#context())
  }

  async run(): Promise<Ending> {
    while (!this.ending) await this.step()
    return this.ending
  }

  /** Half a step: sends, or takes what has come. */
  async step(): Promise<void> {
    if (this.#arrived) this.receive()
    else if (!this.ending) await this.send()
  }

  async send(): Promise<void> {
    const { hosts, endpoints, paths } = this.#scene.site
    const url = this.#url
    if (this.#count++ > maxRedirects) {
      this.#end({ kind: 'loop' })
      return
    }
    if (isAt(url, endpoints.authorization)) {
      this.#authorize(url)
      return
    }
    if (endpoints.logout !== undefined && isAt(url, endpoints.logout)) {
      this.#logOut(url)
      return
    }
    if (!hosts.includes(url.host) || url.protocol !== 'https:') {
      this.#end({ kind: 'foreign', url })
      return
    }
    if (this.start.hold !== undefined && url.pathname === paths.callback) {
      this.#scene.held.set(this.start.hold, url.href)
      this.#end({ kind: 'held' })
      return
    }
    const context = this.#context()
    const sent = this.browser.jar.sent(url, context)
    const cookie = this.browser.jar.header(url, context)
    const sentAt = this.#scene.now
    const { invocation, calls } = await this.#scene.invoke({
      method: this.#count === 1 ? (this.start.method ?? 'GET') : 'GET',
      url,
      headers: {
        ...requestHeaders(this.start.kind, this.browser.metadata ? this.#fetchSite() : undefined),
        ...(cookie === '' ? {} : { cookie }),
      },
    })
    const exchange: SiteExchange = {
      browser: this.browser,
      url,
      kind: this.start.kind,
      isFirst: this.#count === 1,
      fetchSite: this.#fetchSite(),
      sent,
      sentAt,
      order: this.#scene.requests,
      invocation,
      calls,
    }
    this.exchanges.push(exchange)
    this.#arrived = () => this.#take(exchange, context)
  }

  receive(): void {
    const take = this.#arrived
    this.#arrived = undefined
    take?.()
  }

  #take(exchange: SiteExchange, context: Context): void {
    const { answer } = exchange.invocation
    const { url } = exchange
    this.#witness.before(exchange)
    if (answer.kind === 'response') {
      for (const line of valuesOf(answer.headers, 'set-cookie')) {
        this.#scene.ownCookies.add(line.slice(0, line.indexOf('=')))
        this.browser.jar.set(line, url, { ...context, now: this.#scene.now })
      }
    }
    this.#witness.after(exchange)
    if (answer.kind === 'passed') {
      this.#end({ kind: 'passed', url })
      return
    }
    if (answer.kind === 'failed') {
      this.#end({ kind: 'failed', url })
      return
    }
    const next = this.start.kind === 'navigation' ? redirectOf(answer, url) : undefined
    if (!next) {
      this.#end({ kind: 'answered', status: answer.status, url })
      return
    }
    if (isAt(next, this.#scene.site.endpoints.authorization)) {
      this.browser.states.push({ state: next.searchParams.get('state') ?? '', at: this.#scene.now })
    }
    this.#passed.push(url)
    this.#url = next
  }

  #authorize(url: URL): void {
    this.visits++
    const { provider } = this.#scene
    const session = this.#providerCookie()?.value ?? this.start.providerSession
    const page = provider.authorize(url, session, this.browser.name)
    if (page.kind === 'login') {
      this.tab.login = url.href
      this.#end({ kind: 'login' })
      return
    }
    if (page.kind === 'error') {
      this.#end({ kind: 'provider-page', why: page.why })
      return
    }
    this.#passed.push(url)
    this.#url = new URL(page.location)
  }

  #logOut(url: URL): void {
    this.loggedOut = true
    this.browser.person = null
    this.browser.loggedOutBefore = this.#scene.provider.codes.length
    const page = this.#scene.provider.logOut(url, this.#providerCookie()?.value)
    if (page.kind !== 'redirect') {
      this.#end({ kind: 'provider-page', why: page.kind === 'error' ? page.why : 'login' })
      return
    }
    this.#passed.push(url)
    this.#url = new URL(page.location)
  }

  #providerCookie(): Cookie | undefined {
    return this.browser.jar.sent(this.#url, this.#context()).find(({ name }) => name === 'provider-session')
  }

  #end(ending: Ending): void {
    this.ending = ending
    if (this.start.kind !== 'navigation') return
    if (ending.kind !== 'login') delete this.tab.login
    if (ending.kind !== 'held') this.tab.history.push(this.#url.href)
  }

  #context(): Context {
    const isTop = this.start.kind === 'navigation' || this.start.kind === 'prefetch' || this.start.kind === 'form'
    const crossSite = this.#fetchSite() === 'cross-site'
    const isRead = this.#count > 1 || (this.start.method ?? 'GET') === 'GET'
    return { now: this.#scene.now, crossSite, topLevelRead: isTop && isRead }
  }

  #fetchSite(): string {
    return fetchSite(this.start.from, this.#scene.site, [...this.#passed, this.#url])
  }
}
