/** Where a navigation may end, by what is true of its browser. */
import type { Rule } from '../../oracle/rules.ts'
import type { Browser } from './browser.ts'
import type { Ending, Navigation } from './navigation.ts'
import type { TokenRecord } from './provider-records.ts'
import type { Scene } from './scene.ts'
import type { Seen } from './sight.ts'
import type { Site } from './site.ts'
import type { PersonName } from './story.ts'
import { heldToken, heldTokens } from './tokens-in-cookies.ts'

/** The page has two at most; a third may be another handler's way. */
const mostVisits = 3
/** What a slot keeps of a path, with room for its encoding. */
const keptOctets = 480

/** `isSignOut`: its user wants to be signed out. */
export function seenOfEnding(scene: Scene, navigation: Navigation, isSignOut: boolean): Seen[] {
  const { ending, visits, browser } = navigation
  if (!ending) return []
  const seen: Seen[] = []
  if (visits > mostVisits) {
    seen.push({
      rule: 'sign-in/loop',
      class: 'exhaustion',
      story: `one navigation went through the provider ${visits} times`,
    })
  } else if (ending.kind === 'loop') {
    seen.push({ rule: 'sign-in/loop', class: 'exhaustion', story: 'one navigation was redirected more than 20 times' })
  }
  if (ending.kind === 'failed') return seen
  if (ending.kind === 'passed') seen.push(...ofSession(scene, navigation, ending.url))
  if (isSignOut) return [...seen, ...ofSignOut(scene, navigation)]
  if (
    navigation.start.url === scene.urlOf({ public: true }) &&
    scene.site.publicPage !== undefined &&
    ending.kind !== 'passed'
  ) {
    seen.push({ rule: 'sign-in/session', class: 'false-denial', story: 'a public page was denied' })
  }
  if (seen.length > 0 || !browser.isPlain) return seen
  return [
    ...seen,
    ...(ofGoodToken(scene, navigation) ?? ofRefreshToken(scene, navigation) ?? ofHonesty(scene, navigation)),
  ]
}

/** Whose page it is. */
export function ownerOf({ people }: Site, { pathname }: URL): PersonName | undefined {
  const owners = Object.values(people).filter(({ pages }) => pages.includes(pathname))
  // One page for both is everybody's.
  return owners.length === 1 ? owners[0]?.name : undefined
}

function isOpenTo({ people }: Site, { pathname }: URL, person: PersonName | null): boolean {
  return person !== null && people[person].pages.includes(pathname)
}

/** The rule that is broken where a session begins from such an answer; of any other answer `sign-in/id-token`. */
const badRules: Readonly<Record<string, Rule>> = {
  'no-nonce': 'sign-in/id-token',
  mac: 'sign-in/exchange',
  huge: 'sign-in/exchange',
  'other-access-subject': 'sign-in/subject',
  'other-person': 'sign-in/refresh',
}

/** Whose session it is that passed, and what it came from. */
function ofSession(scene: Scene, { browser, exchanges }: Navigation, url: URL): Seen[] {
  const { site } = scene
  const isProtected = Object.values(site.people).some(({ pages }) => pages.includes(url.pathname))
  if (!isProtected || browser.isThief) return []
  const last = exchanges.at(-1)
  const held = heldTokens(scene, last?.sent ?? [])
  const tokens = held[0] ?? browser.received?.tokens
  const owner = ownerOf(site, url)
  if (owner && browser.jar.options.prefixes !== false && owner !== browser.person && owner !== tokens?.person.name) {
    return [ofOther(browser, owner)]
  }
  // With tokens of two persons it cannot be seen which one decided.
  if (!tokens || held.some(({ person }) => person !== tokens.person)) return []
  if (tokens.bad !== undefined) {
    const rule = badRules[tokens.answer] ?? 'sign-in/id-token'
    return [{ rule, class: 'bypass', story: `a session began from a token response although ${tokens.bad}` }]
  }
  if (tokens.family.number < browser.signedOutBefore && (last?.order ?? 0) > browser.signedOutAfter) {
    return [{ rule: 'sign-in/revived', class: 'bypass', story: 'a session that was signed out passed again' }]
  }
  if (browser.person === tokens.person.name || browser.jar.options.prefixes === false) return []
  // Until the browser has been at the provider's own sign-out, it is not asked for a password.
  if (browser.person === null && tokens.family.codeNumber < browser.loggedOutBefore) return []
  if (browser.person === null && browser.signedOutBefore > 0 && (last?.order ?? 0) > browser.signedOutAfter) {
    const story = 'after a sign-out, a new session began without a password'
    return [{ rule: 'sign-in/signed-out', class: 'bypass', story }]
  }
  return (last?.order ?? 0) > browser.signedOutAfter ? [ofOther(browser, tokens.person.name)] : []
}

function ofOther({ person }: Browser, other: PersonName): Seen {
  const whose = person === null ? 'nobody gave a password' : `the ${person} gave a password`
  const story = `in a browser where ${whose}, the session is the ${other}'s`
  return { rule: 'sign-in/state', class: 'bypass', story }
}

function ofSignOut(scene: Scene, { browser, ending, visits, loggedOut, sentFirst, exchanges }: Navigation): Seen[] {
  const { site } = scene
  if (!ending || !browser.isPlain) return []
  const no = (story: string, ours = false): Seen[] => [{ rule: 'sign-in/signed-out', class: 'bypass', story, ours }]
  if (visits === 0 || ending.kind === 'login') {
    if (isLeft(scene, browser)) return no('a refresh token that still holds stays in the jar after the sign-out')
  }
  // Where the provider asks for the password, nobody gains by it that the way out leads to a page that wants a sign-in.
  if (visits > 0) return no('a sign-out leads straight into a new sign-in', ending.kind === 'login' && loggedOut)
  const last = exchanges.find(({ url }) => url.pathname === site.paths.signOut)
  if (last?.invocation.answer.kind === 'response' && last.invocation.answer.status >= 400) {
    // It has to be confirmed where nobody can say who asks; without a session there is nothing to confirm.
    if (!browser.metadata && heldToken(scene, sentFirst) === undefined) return []
    return [{ rule: 'sign-in/sign-out', class: 'false-denial', story: 'a visitor who asked for it was not signed out' }]
  }
  // Who has no cookie of the site may be somebody whose session with the provider is of another site.
  if (site.endpoints.logout !== undefined && !loggedOut && (site.whose === 'ours' || heldToken(scene, sentFirst)))
    return no("a sign-out does not end the provider's own session")
  if (site.afterSignOut !== undefined && (ending.kind !== 'passed' || ending.url.pathname !== site.afterSignOut)) {
    return no(`a sign-out does not end at ${site.afterSignOut}`)
  }
  const { received } = browser
  const isDue = received && sentFirst.length > 0 && received.tokens.refresh === received.tokens.family.refreshToken
  if (site.endpoints.revocation === undefined || !isDue || !isWithinLimits(scene, received.tokens, 5)) return []
  const isWhole = scene.storeIsUp && scene.client === received.tokens.family.client && received.at > browser.racedAt
  const isHere = sentFirst.some(({ domain }) => domain === received.tokens.family.host)
  if (received.tokens.family.isOver || !isWhole || !isHere || scene.keysRetiredAt > -Infinity) return []
  return no('a sign-out does not revoke the refresh token', true)
}

/** Whoever has the jar next could bring it to the token endpoint. */
function isLeft({ provider, ownCookies }: Scene, { jar }: Browser): boolean {
  const held = provider.families.filter(({ isOver }) => !isOver).map(({ refreshToken }) => refreshToken)
  return jar.cookies.some(({ name, value }) => ownCookies.has(name) && held.some((token) => value.includes(token)))
}

/** The jar had a token that is good: it decides alone. Undefined where it had none. */
function ofGoodToken(scene: Scene, { browser, sentFirst, start, ending, visits }: Navigation): Seen[] | undefined {
  const { now, site } = scene
  const url = new URL(start.url)
  if (start.kind !== 'navigation' && start.kind !== 'fetch') return undefined
  const held = heldToken(scene, sentFirst)
  if (!held || held.bad !== undefined || held.person.name !== browser.person || held.expires < now + 3000)
    return undefined
  if (held.family.number < browser.signedOutBefore || !ending) return undefined
  if (isOpenTo(site, url, browser.person)) {
    if (ending.kind === 'passed' && visits === 0) return []
    return [
      {
        rule: scene.storeIsUp ? 'sign-in/session' : 'sign-in/secret',
        class: 'false-denial',
        story: `a good session was denied its page (${visits > 0 ? 'it was sent to sign in again' : endingWords(ending)})`,
      },
    ]
  }
  const isForbidden = Object.values(site.people).some(({ pages }) => pages.includes(url.pathname))
  if (isForbidden && (visits > 0 || ending.kind === 'login')) {
    return [
      {
        rule: 'sign-in/forbidden',
        class: 'false-denial',
        story: 'a session that may not see a page was sent to sign in again',
      },
    ]
  }
  return []
}

/** The jar had a refresh token that is good: nobody is asked again. Undefined where it had none. */
function ofRefreshToken(scene: Scene, navigation: Navigation): Seen[] | undefined {
  const { browser, start, ending, visits, startedAt, sentFirst } = navigation
  const { site, provider, now } = scene
  const { received } = browser
  const url = new URL(start.url)
  if (site.paths.refresh === undefined || start.kind !== 'navigation' || !received || !ending) return undefined
  const { family, bad } = received.tokens
  const isKept =
    !family.isOver &&
    bad === undefined &&
    sentFirst.length > 0 &&
    received.tokens.refresh === family.refreshToken &&
    family.number >= browser.signedOutBefore &&
    family.startedAt > scene.keysRetiredAt &&
    family.client === scene.client &&
    family.host === url.hostname &&
    isWithinLimits(scene, received.tokens, 10)
  const isCalm =
    provider.answer.name === 'good' &&
    scene.storeIsUp &&
    startedAt - Math.max(browser.refreshedAt, received.at) > 35_000 &&
    now - browser.troubledAt > 130_000
  if (!isKept || !isCalm || !isOpenTo(site, url, browser.person)) return undefined
  // The refresh of this very navigation may have ended there.
  if (ending.kind === 'passed' && visits === 0) return []
  return [
    {
      rule: 'sign-in/refresh',
      class: 'false-denial',
      story: `a session that could be refreshed was not kept (${endingWords(ending)})`,
    },
  ]
}

function isWithinLimits({ site, now }: Scene, { family }: TokenRecord, spare: number): boolean {
  const { idleSeconds = Infinity, absoluteSeconds = Infinity } = site
  const idle = (now - family.usedAt) / 1000
  const age = (now - family.startedAt) / 1000
  return idle < idleSeconds - spare && age < absoluteSeconds - spare
}

/** Whoever signs in without anything in his way gets to the page that he asked for. */
function ofHonesty(scene: Scene, navigation: Navigation): Seen[] {
  const { browser, tab, start, ending } = navigation
  const { site, now, calmSince } = scene
  const { wanted } = tab
  if (start.from !== 'provider' || !wanted || !ending || ending.kind === 'held' || ending.kind === 'login') return []
  const url = new URL(wanted.url)
  const isCalm =
    wanted.startedCalmly &&
    calmSince <= wanted.at &&
    now - wanted.at < 3_500_000 &&
    browser.racedAt < wanted.at &&
    browser.signedOutAfter < wanted.after &&
    browser.states.filter(({ at }) => now - at < 3_600_000).length <= 8 &&
    recentSignIns(browser, now) <= 2
  if (!isCalm) return []
  if (!isOpenTo(site, url, browser.person)) return ofForbidden(scene, navigation, url)
  if (ending.kind !== 'passed') {
    const story = `an honest sign-in did not get to its page (${endingWords(ending)})`
    return [{ rule: 'sign-in/begin', class: 'false-denial', story }]
  }
  const kept = encodeURIComponent(url.pathname + url.search).length <= keptOctets
  if (!kept || ending.url.href === url.href) return []
  const story = `a sign-in for ${url.pathname}${url.search} ended at ${ending.url.pathname}${ending.url.search}`
  return [{ rule: 'sign-in/return', class: 'false-denial', story, ours: ending.url.pathname === url.pathname }]
}

/** Whoever signs in for a page that he may not see is not sent to sign in again. */
function ofForbidden({ site }: Scene, { visits }: Navigation, { pathname }: URL): Seen[] {
  const isProtected = Object.values(site.people).some(({ pages }) => pages.includes(pathname))
  if (!isProtected || visits <= 1) return []
  const story = 'who signed in and may not see the page was sent to sign in again'
  return [{ rule: 'sign-in/forbidden', class: 'false-denial', story }]
}

/** With the one that has just been made. */
function recentSignIns({ signIns }: Browser, now: number): number {
  return signIns.filter((at) => now - at < 125_000).length
}

function endingWords(ending: Ending): string {
  switch (ending.kind) {
    case 'answered':
      return `the handler answered ${ending.status}`
    case 'login':
      return 'the provider asked for the password'
    case 'provider-page':
      return `the provider refused: ${ending.why}`
    case 'foreign':
      return `it ended at ${ending.url.origin}`
    case 'loop':
      return 'it never ended'
    default:
      return ending.kind
  }
}
