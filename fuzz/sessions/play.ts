/** Plays a story, action by action, and says what the watch saw. */
import { Navigation } from './navigation.ts'
import { Scene, type SceneOptions } from './scene.ts'
import { change } from './scene-changes.ts'
import type { Sight } from './sight.ts'
import type { Action, From, Open, SignOut, Story } from './story.ts'
import { Watch } from './watch.ts'

export interface Played {
  sights: readonly Sight[]
  /** Requests to the handler. */
  requests: number
  /** Navigations that ended at a page. */
  passed: number
  /** Where the last one ended, in words. */
  last: string
}

export interface PlayOptions extends SceneOptions {
  /** Ends the story at the first sight of a finding. Default false. */
  stopAtFirst?: boolean
}

export async function play(story: Story, options: PlayOptions): Promise<Played> {
  const scene = new Scene(options, story)
  const witness = new Watch(scene)
  const on: Shown = { scene, witness }
  for (const [index, action] of story.actions.entries()) {
    witness.step = index
    await act(on, action)
    if (options.stopAtFirst && witness.sights.some(({ isNote }) => !isNote)) break
  }
  return { sights: witness.sights, requests: scene.requests, passed: witness.passed, last: witness.last }
}

/** A scene and who looks on. */
interface Shown {
  scene: Scene
  witness: Watch
}

async function act(on: Shown, action: Action): Promise<void> {
  const { scene, witness } = on
  switch (action.do) {
    case 'open':
    case 'sign-out': {
      if (action.do === 'sign-out' && scene.site.paths.signOut === undefined) return
      const navigation = navigationOf(on, action)
      await navigation.run()
      return witness.arrived(action.do === 'sign-out' ? await confirmed(on, navigation) : navigation)
    }
    case 'reload':
    case 'back':
      return revisit(on, action)
    case 'sign-in':
      return signIn(on, action)
    case 'embed': {
      const { browser, kind, where, from } = action
      const navigation = new Navigation(
        on,
        scene.browser(browser),
        { history: [] },
        {
          url: scene.urlOf(where),
          from,
          kind,
          ...(kind === 'form' ? { method: 'POST' } : {}),
        },
      )
      await navigation.run()
      return witness.arrived(navigation)
    }
    case 'race':
      return race(on, action)
    case 'request':
      return rawRequest(on, action)
    default:
      return change(scene, action)
  }
}

function navigationOf(on: Shown, action: Open | SignOut): Navigation {
  const { scene, witness } = on
  const browser = scene.browser(action.browser)
  const tab = browser.tab(action.tab)
  if (action.do === 'sign-out') {
    const isOnSite = tab.history.at(-1)?.startsWith(`https://${scene.site.hosts[0]}/`) ?? false
    const navigation = new Navigation(on, browser, tab, {
      url: scene.urlOf({ own: 'signOut' }),
      from: isOnSite ? 'site' : 'address',
      kind: 'navigation',
    })
    witness.signsOut(navigation)
    return navigation
  }
  const from: From = action.from ?? 'address'
  const navigation = new Navigation(on, browser, tab, { url: scene.urlOf(action.where), from, kind: 'navigation' })
  witness.departs(navigation)
  return navigation
}

/** A browser without Fetch Metadata is asked, and its user follows the link of the page. */
async function confirmed(on: Shown, asked: Navigation): Promise<Navigation> {
  const { scene, witness } = on
  const { paths } = scene.site
  const answer = asked.exchanges.at(-1)?.invocation.answer
  if (asked.browser.metadata || asked.ending?.kind !== 'answered' || answer?.kind !== 'response') return asked
  const links = [...answer.body.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))
  const link = links.find((href) => href.startsWith(`${paths.signOut}?`))
  // Without a session there is nothing to confirm.
  if (link === undefined) return asked
  const url = new URL(link, asked.start.url).href
  const navigation = new Navigation(on, asked.browser, asked.tab, { url, from: 'site', kind: 'navigation' })
  witness.signsOut(navigation)
  await navigation.run()
  return navigation
}

async function revisit(on: Shown, action: Extract<Action, { do: 'reload' | 'back' }>): Promise<void> {
  const { scene, witness } = on
  const browser = scene.browser(action.browser)
  const tab = browser.tab(action.tab)
  if (action.do === 'back') tab.history.pop()
  const url = tab.history.pop()
  if (url === undefined || !scene.site.hosts.includes(new URL(url).host)) return
  const navigation = new Navigation(on, browser, tab, { url, from: 'address', kind: 'navigation' })
  witness.departs(navigation)
  await navigation.run()
  witness.arrived(navigation)
}

async function signIn(on: Shown, action: Extract<Action, { do: 'sign-in' }>): Promise<void> {
  const { scene, witness } = on
  const browser = scene.browser(action.browser)
  const tab = browser.tab(action.tab)
  // There is no login page where the provider knew him, or where the handler did not send him there.
  if (tab.login === undefined) return
  const session = scene.provider.logIn(action.as)
  const endpoint = new URL(scene.site.endpoints.authorization)
  const context = { now: scene.now, crossSite: false, topLevelRead: true }
  browser.jar.set(`provider-session=${session}; Secure; HttpOnly; SameSite=None; Path=/`, endpoint, context)
  browser.person = action.as
  const navigation = new Navigation(on, browser, tab, {
    url: tab.login,
    from: 'provider',
    kind: 'navigation',
    providerSession: session,
    ...(action.hold === undefined ? {} : { hold: action.hold }),
  })
  await navigation.run()
  witness.arrived(navigation)
}

async function race(on: Shown, action: Extract<Action, { do: 'race' }>): Promise<void> {
  const { scene, witness } = on
  const a = navigationOf(on, action.a)
  const b = navigationOf(on, action.b)
  for (const { browser } of [a, b]) browser.racedAt = scene.now
  for (const one of action.order) await (one === 'a' ? a : b).step()
  await a.run()
  await b.run()
  for (const { browser } of [a, b]) browser.racedAt = scene.now
  for (const one of [a, b]) witness.arrived(witness.isSignOut(one) ? await confirmed(on, one) : one)
}

async function rawRequest(on: Shown, action: Extract<Action, { do: 'request' }>): Promise<void> {
  const { scene, witness } = on
  const { where, host, headers = {}, bearer } = action
  const url = new URL(scene.urlOf(where))
  const path = 'path' in where ? where.path.split('?')[0] : undefined
  const token = bearer && scene.provider.tokenFor(bearer)
  const sentAt = scene.now
  const { invocation, calls } = await scene.invoke({
    method: 'GET',
    url,
    ...(path === undefined ? {} : { uri: path }),
    headers: {
      accept: 'text/html',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': 'none',
      ...headers,
      ...(host === undefined ? {} : { host }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  })
  witness.raw(
    {
      browser: undefined,
      url,
      kind: 'raw',
      isFirst: true,
      fetchSite: 'none',
      sent: [],
      sentAt,
      order: scene.requests,
      invocation,
      calls,
    },
    action,
  )
}
