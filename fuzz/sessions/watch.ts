/** Judges a story while it is played: every request to the handler, and where every navigation ends. */
import type { Browser } from './browser.ts'
import { endingText, type Navigation } from './navigation.ts'
import type { TokenRecord } from './provider-records.ts'
import type { Scene } from './scene.ts'
import type { Seen, Sight } from './sight.ts'
import { beginsSession, type SiteExchange, type Witness } from './site-exchange.ts'
import type { Action } from './story.ts'
import { heldToken } from './tokens-in-cookies.ts'
import { seenOfAnswer, seenOfJar } from './watch-answers.ts'
import { seenOfCalls } from './watch-calls.ts'
import { ownerOf, seenOfEnding } from './watch-endings.ts'

export class Watch implements Witness {
  /** Index of the action that is being played. */
  step = 0
  requests = 0
  /** Pages that a browser got to see. */
  passed = 0
  /** Where the last navigation ended, in words. */
  last = 'nothing was asked for'
  readonly sights: Sight[] = []
  readonly #scene: Scene
  readonly #signOuts = new Set<Navigation>()
  #goodBefore: TokenRecord | undefined

  constructor(scene: Scene) {
    this.#scene = scene
  }

  /** A user goes somewhere. */
  departs({ browser, tab, start }: Navigation): void {
    const { site, now, calmSince, requests } = this.#scene
    if (Object.values(site.paths).includes(new URL(start.url).pathname)) return
    tab.wanted = { url: start.url, at: now, after: requests, startedCalmly: now >= calmSince && browser.isPlain }
  }

  /** A user asks to be signed out. */
  signsOut(navigation: Navigation): void {
    this.#signOuts.add(navigation)
  }

  isSignOut(navigation: Navigation): boolean {
    return this.#signOuts.has(navigation)
  }

  /** An answer is there, and its cookies are not. */
  before({ browser, url }: SiteExchange): void {
    this.#goodBefore = browser && this.#good(browser, url)
  }

  /** After the browser took the answer's cookies. */
  after(exchange: SiteExchange): void {
    const { browser, url } = exchange
    this.requests++
    this.#add(seenOfCalls(this.#scene, exchange))
    this.#add(seenOfAnswer(this.#scene, exchange))
    this.#add(seenOfJar(this.#scene, exchange))
    if (!browser) return
    const isSignOut = url.pathname === this.#scene.site.paths.signOut
    if (this.#goodBefore && !isSignOut && !this.#good(browser, url)) {
      const story = `${url.pathname}: an answer took a good session out of the jar`
      this.#add([{ rule: 'sign-in/refused-refresh', class: 'false-denial', story }])
    }
    this.#record(browser, exchange)
  }

  /** A navigation has ended. */
  arrived(navigation: Navigation): void {
    if (navigation.ending?.kind === 'passed') this.passed++
    this.last = endingText(navigation)
    this.#add(seenOfEnding(this.#scene, navigation, this.isSignOut(navigation)))
  }

  raw(exchange: SiteExchange, { where, bearer, host }: Extract<Action, { do: 'request' }>): void {
    this.after(exchange)
    const owner = ownerOf(this.#scene.site, exchange.url)
    const mustPass = host === undefined && ('public' in where || (bearer !== undefined && owner === bearer))
    if (mustPass && exchange.invocation.answer.kind !== 'passed') {
      const what = bearer === undefined ? 'a public page' : 'a request with a good token in its header'
      this.#add([{ rule: 'sign-in/session', class: 'false-denial', story: `${what} was denied` }])
    }
  }

  /** A token in the jar that has to let its owner in. */
  #good(browser: Browser, url: URL): TokenRecord | undefined {
    const { now } = this.#scene
    if (!browser.isPlain) return undefined
    const held = heldToken(this.#scene, browser.jar.sent(url, { now, crossSite: false, topLevelRead: true }))
    if (!held || held.bad !== undefined || held.person.name !== browser.person) return undefined
    return held.expires > now + 1000 && held.family.number >= browser.signedOutBefore ? held : undefined
  }

  #record(browser: Browser, exchange: SiteExchange): void {
    const { url, calls, invocation, fetchSite, kind } = exchange
    const { now, site } = this.#scene
    const held = heldToken(this.#scene, browser.jar.cookies)
    for (const { endpoint, grant, tokens } of calls) {
      if (endpoint !== 'token') continue
      // The handler gave up waiting for an answer that dripped or came late.
      const isTaken = site.whose === 'ours' || grant === 'refresh_token' || beginsSession(this.#scene, exchange)
      if (tokens && (tokens === held || (isTaken && ['good', 'slow'].includes(tokens.answer))))
        browser.received = { tokens, at: now }
      if (grant === 'authorization_code' && tokens) browser.signIns.push(now)
      if (grant === 'refresh_token' && tokens) browser.refreshedAt = now
      if (!tokens || tokens.bad !== undefined || tokens.answer !== 'good') browser.troubledAt = now
    }
    const { answer } = invocation
    const isAsked = kind === 'navigation' && (!browser.metadata || fetchSite === 'none' || fetchSite === 'same-origin')
    if (url.pathname === site.paths.signOut && isAsked && answer.kind === 'response' && answer.status < 400) {
      browser.signedOutBefore = this.#scene.provider.families.length
      browser.signedOutAfter = this.#scene.requests
    }
  }

  #add(seen: readonly Seen[]): void {
    for (const { ours = false, ...one } of seen) {
      this.sights.push({ ...one, isNote: ours && this.#scene.site.whose === 'foreign', step: this.step })
    }
  }
}
