/** Actions that ask the site for nothing: the clock, the provider, the function as it is deployed, and what is in jars. */
import type { Browser } from './browser.ts'
import { editedValue, tossedName } from './cookie-edits.ts'
import type { Cookie } from './jar.ts'
import type { Scene } from './scene.ts'
import { siblingOf, siteOf } from './sites.ts'
import type { Action } from './story.ts'
import { tokenAnswer } from './token-answers.ts'

type Do<Name extends Action['do']> = Extract<Action, { do: Name }>
type SceneChange = Do<
  'wait' | 'provider' | 'keys' | 'forget' | 'store' | 'full' | 'toss' | 'edit' | 'copy' | 'redeploy'
>

export async function change(scene: Scene, action: SceneChange): Promise<void> {
  switch (action.do) {
    case 'wait':
      scene.now += Math.round(action.seconds * 1000)
      return
    case 'provider':
      scene.provider.answer = tokenAnswer(action.answers)
      scene.provider.answersTo = action.to ?? 'all'
      scene.calmSince = action.answers === 'good' ? scene.now : Infinity
      return
    case 'keys':
      if (scene.site.holdsKeys) return
      // Published beside the old ones, and used from now on.
      scene.provider.keys = [...scene.site.issuer.spareKeys.slice(1), ...scene.provider.keys]
      scene.calmSince = scene.now + 70_000
      return
    case 'forget':
      scene.browser(action.browser).jar.cookies = scene
        .browser(action.browser)
        .jar.cookies.filter(({ name }) => name !== 'provider-session')
      return
    case 'store':
      scene.storeIsUp = action.isUp
      scene.calmSince = action.isUp ? scene.now : Infinity
      return
    case 'full':
      scene.browser(action.browser).jar.stores = false
      return
    case 'toss':
      return toss(scene, action)
    case 'edit':
      return edit(scene, action)
    case 'copy':
      return copy(scene, action)
    case 'redeploy': {
      const built = await scene.rebuild?.(action.change)
      if (!built) return
      scene.client = built.client
      scene.provider.client = built.client
      if (action.change === 'retire-keys') scene.keysRetiredAt = scene.now
      scene.calmSince = Infinity
      scene.fleet.deploy(built.file, scene.story.instances ?? 1)
      return
    }
  }
}

function siteCookies(scene: Scene, browser: Browser): Cookie[] {
  return browser.jar.cookies.filter(({ domain }) => scene.site.hosts.includes(domain))
}

function toss(scene: Scene, { browser: to, of, as, path = '/' }: Do<'toss'>): void {
  const browser = scene.browser(to)
  const [host] = scene.site.hosts
  const known = siteCookies(scene, of === 'junk' ? browser : scene.browser(of)).filter(({ name }) =>
    scene.ownCookies.has(name),
  )
  const url = new URL(`https://${siblingOf(host)}/`)
  for (const { name, value } of known) {
    const line = `${tossedName(name, as)}=${of === 'junk' ? 'junk' : value}; Domain=${siteOf(host)}; Path=${path}; Secure`
    const taken = browser.jar.set(line, url, { now: scene.now, crossSite: false, topLevelRead: true })
    // A name that is not the handler's own is nothing to it.
    if (taken && scene.ownCookies.has(tossedName(name, as))) browser.isTampered = true
  }
}

function edit(scene: Scene, { browser: name, how }: Do<'edit'>): void {
  const browser = scene.browser(name)
  const paths = [...browser.tabs.values()].flatMap(({ wanted }) => {
    if (!wanted) return []
    const { pathname, search } = new URL(wanted.url)
    return search === '' ? [pathname] : [pathname + search, pathname]
  })
  browser.isTampered = true
  browser.editedAt = scene.now
  for (const cookie of siteCookies(scene, browser)) {
    cookie.value = editedValue(cookie.value, how, paths)
    if (typeof how === 'string') browser.edited.set(cookie.name, cookie.value)
  }
}

function copy(scene: Scene, { browser, to, host = 0 }: Do<'copy'>): void {
  const thief = scene.browser(to)
  const domain = scene.site.hosts[host]
  if (domain === undefined) return
  if (to !== browser) thief.isThief = true
  thief.isTampered = true
  const moved = siteCookies(scene, scene.browser(browser)).map((cookie) => ({ ...cookie, domain }))
  thief.jar.cookies = [...thief.jar.cookies.filter((cookie) => cookie.domain !== domain), ...moved]
}
