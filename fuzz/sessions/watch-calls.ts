/** What a handler may ask of the provider in one event. */
import type { Browser } from './browser.ts'
import type { ProviderCall } from './provider-records.ts'
import type { Scene } from './scene.ts'
import type { Seen } from './sight.ts'
import { beginsSession, type SiteExchange } from './site-exchange.ts'
import { heldToken } from './tokens-in-cookies.ts'

/** Another tab's answer that came meanwhile may lie this long back. */
const raceMs = 1000

export function seenOfCalls(scene: Scene, exchange: SiteExchange): Seen[] {
  const seen: Seen[] = []
  const tokenCalls = exchange.calls.filter(({ endpoint }) => endpoint === 'token')
  if (tokenCalls.length > 1) {
    seen.push(fault('sign-in/exchange', 'amplification', `one event made ${tokenCalls.length} token requests`))
  }
  for (const one of exchange.calls) {
    if (one.endpoint === 'none') seen.push(...ofStrangeUrl(scene, one))
    if (one.endpoint !== 'token') continue
    if (one.error === 'invalid_client' && scene.client === scene.site.client) {
      seen.push(
        fault('sign-in/client', 'false-denial', 'a token request did not prove its client as RFC 6749 2.3.1 says'),
      )
    }
    seen.push(...(one.grant === 'authorization_code' ? ofCode(scene, exchange, one) : ofRefresh(scene, exchange, one)))
  }
  return seen
}

function fault(rule: Seen['rule'], name: Seen['class'], story: string): Seen {
  return { rule, class: name, story }
}

function ofStrangeUrl({ provider }: Scene, { call }: ProviderCall): Seen[] {
  const text = `${call.url} ${JSON.stringify(call.headers)} ${call.body}`
  const isSecret =
    /\b(?:code-|refresh-)/.test(text) ||
    provider.tokens.some(({ access }) => text.includes(access)) ||
    /^Basic /m.test(text)
  const what =
    isSecret || call.headers.authorization?.startsWith('Basic ') ? 'a secret was sent to' : 'something was fetched from'
  return [fault('sign-in/client', 'request-forgery', `${what} ${call.url}, which the policy does not name`)]
}

function ofCode(scene: Scene, exchange: SiteExchange, call: ProviderCall): Seen[] {
  const { browser, url, sentAt } = exchange
  const seen = ofParameters(scene, url)
  const { code, tokens } = call
  if (!browser) return seen
  // Whoever binds the ID token's nonce to the browser learns it from the provider, and may refuse then (RFC 9700 2.1.1).
  const isRefused = scene.site.whose === 'foreign' && !beginsSession(scene, exchange)
  const state = url.searchParams.get('state')
  const isOwnState = browser.states.some((one) => one.state === state && scene.now - one.at <= 3_700_000)
  if (!isOwnState && !browser.isTampered) {
    seen.push({
      ...fault('sign-in/state', 'bypass', 'a callback was taken whose state this browser never had'),
      ours: tokens === undefined || isRefused,
    })
  }
  if (code && code.tries > 1 && browser.isPlain && sentAt - browser.racedAt > raceMs) {
    const story = 'a code was brought to the token endpoint a second time (RFC 6749 4.1.2)'
    seen.push(fault('sign-in/exchange', 'amplification', story))
  }
  if (code && tokens && code.browser !== browser.name && !browser.isThief) {
    const story = "another browser's code was redeemed: nothing tied it to the browser that had asked for it"
    // With that browser's cookies, too, it is tied to them.
    seen.push({ ...fault('sign-in/start', 'bypass', story), ours: browser.isTampered || isRefused })
  } else if (code && tokens && code.state !== state) {
    const story = "one tab's code was redeemed with another tab's state: they share a verifier"
    seen.push({ ...fault('sign-in/seed', 'bypass', story), ours: isRefused })
  }
  return seen
}

/** Of a callback whose code was sent on. */
function ofParameters({ site }: Scene, { searchParams }: URL): Seen[] {
  const seen: Seen[] = []
  const twice = [...searchParams.keys()].find((name) => searchParams.getAll(name).length > 1)
  if (twice !== undefined) {
    const story = `a callback with ${twice} twice was taken for one of the two (RFC 6749 3.1)`
    // Which of the two is used, the provider decides: nobody has a code that he could not send alone.
    seen.push({ ...fault('sign-in/parameters', 'bypass', story), ours: true })
  }
  const iss = searchParams.get('iss')
  if (site.responseIss && iss !== site.issuer.issuer) {
    const what = iss === null ? 'without iss' : 'with the iss of another provider'
    const story = `the code of a callback ${what} was sent to the token endpoint (RFC 9207 2.4)`
    seen.push(fault('sign-in/response-issuer', 'bypass', story))
  }
  return seen
}

function ofRefresh(scene: Scene, exchange: SiteExchange, call: ProviderCall): Seen[] {
  const { browser, url, sent, sentAt } = exchange
  const { family, refreshToken, usedAt = 0 } = call
  if (!family) return []
  const seen: Seen[] = []
  const { idleSeconds = Infinity, absoluteSeconds = Infinity } = scene.site
  const isSealed = scene.site.policy.signIn?.secret !== undefined
  if (isSealed && family.host !== url.hostname) {
    seen.push(fault('sign-in/seal', 'bypass', `a refresh token of ${family.host} was used for ${url.hostname}`))
  }
  if (isSealed && scene.client !== family.client) {
    seen.push(
      fault(
        'sign-in/seal',
        'bypass',
        `a refresh token of the client ${family.client} was sent for the client ${scene.client}`,
      ),
    )
  }
  if (family.startedAt < scene.keysRetiredAt) {
    seen.push(
      fault(
        'sign-in/seal',
        'bypass',
        'a cookie was opened that was sealed with a key which is no longer in the policy',
      ),
    )
  }
  const isEdited = browser && sent.some(({ name, value }) => browser.edited.get(name) === value)
  // A cookie that the site set after the edit is as the site wrote it.
  if (isSealed && isEdited && (browser.received?.at ?? 0) <= browser.editedAt && usedAt <= browser.editedAt) {
    seen.push(fault('sign-in/seal', 'bypass', 'a sealed cookie was opened although it had been changed'))
  }
  if ((sentAt - family.startedAt) / 1000 > absoluteSeconds + 2) {
    seen.push(
      fault('sign-in/limits', 'bypass', `a session of ${absoluteSeconds} s at most was refreshed after more than that`),
    )
  }
  if ((sentAt - usedAt) / 1000 > idleSeconds + 2) {
    seen.push(
      fault('sign-in/limits', 'bypass', `a session was refreshed that had been idle for more than ${idleSeconds} s`),
    )
  }
  if (browser?.isPlain && sentAt - browser.racedAt > raceMs)
    seen.push(...ofTiming(scene, browser, exchange, refreshToken))
  return seen
}

function ofTiming(
  scene: Scene,
  browser: Browser,
  { sent, sentAt, isFirst }: SiteExchange,
  refreshToken: string | undefined,
): Seen[] {
  const { received } = browser
  const seen: Seen[] = []
  if (
    received &&
    received.at < sentAt &&
    received.tokens.family.refreshToken !== refreshToken &&
    !received.tokens.family.isOver
  ) {
    const isOld = received.tokens.family.before.some(({ token }) => token === refreshToken)
    if (isOld && received.tokens.refresh === received.tokens.family.refreshToken) {
      seen.push(
        fault(
          'sign-in/refresh',
          'false-denial',
          'the new refresh token was dropped, and the one before it was used again',
        ),
      )
    }
  }
  const held = heldToken(scene, sent)
  // Whoever reloads the path of the refresh itself asks for one.
  if (!held || held.bad !== undefined || isFirst) return seen
  const left = (held.expires - sentAt) / 1000
  const life = scene.provider.options.tokenSeconds
  if (left > Math.min(60, life / 10) + 1) {
    seen.push({
      ...fault(
        'sign-in/refresh-due',
        'amplification',
        `a token of ${life} s was refreshed with ${Math.floor(left)} s left`,
      ),
      ours: true,
    })
  }
  return seen
}
