/** Everything that a story moves: browsers, the provider, the function's instances, the clock. One scene serves one story. */
import type { Served } from '../../oracle/served-urls.ts'
import type { Call } from '../sandbox/protocol.ts'
import { Browser } from './browser.ts'
import type { EdgeRequest, Fleet, Invocation } from './fleet.ts'
import { Provider } from './provider.ts'
import type { ProviderCall } from './provider-records.ts'
import { answerOfStore } from './secret-store.ts'
import type { Site } from './site.ts'
import type { BrowserName, Story, Where } from './story.ts'

/** A handler's file for a policy that differs from the site's in its secrets or its client; undefined where only one file is there. */
export type Rebuild = (change: 'retire-keys' | 'other-client') => Promise<{ file: string; client: string } | undefined>

export interface SceneOptions {
  site: Site
  file: string
  fleet: Fleet
  rebuild?: Rebuild | undefined
  start: number
}

export class Scene {
  readonly site: Site
  readonly provider: Provider
  readonly fleet: Fleet
  readonly story: Story
  readonly rebuild: Rebuild | undefined
  /** Milliseconds since the epoch. */
  now: number
  /** URLs that were held back. */
  readonly held = new Map<string, string>()
  /** Names of cookies that the handler has set. */
  readonly ownCookies = new Set<string>()
  /** Of the function as it is deployed now. */
  client: string
  storeIsUp: boolean
  /** What was sealed before then is not opened any more. */
  keysRetiredAt = -Infinity
  /** Since when everything works as it should. */
  calmSince: number
  readonly #browsers = new Map<BrowserName, Browser>()
  /** To the handler, so far. */
  requests = 0

  constructor({ site, file, fleet, rebuild, start }: SceneOptions, story: Story) {
    this.site = site
    this.fleet = fleet
    this.rebuild = rebuild
    this.story = story
    this.now = start
    this.calmSince = start
    this.client = site.client
    this.storeIsUp = !story.storeIsDown
    this.provider = new Provider(site, story.provider ?? {}, () => this.now)
    fleet.server = (call) => this.#serve(call)
    fleet.deploy(file, story.instances ?? 1)
  }

  browser(name: BrowserName): Browser {
    const browser = this.#browsers.get(name) ?? new Browser(name, this.story.browsers?.[name])
    this.#browsers.set(name, browser)
    return browser
  }

  get browsers(): Browser[] {
    return [...this.#browsers.values()]
  }

  urlOf(where: Where): string {
    const { hosts, people, paths, publicPage } = this.site
    const origin = `https://${hosts[where.host ?? 0] ?? hosts[0]}`
    if ('held' in where) return changed(this.held.get(where.held) ?? `${origin}${paths.callback}`, where, this.held)
    if ('path' in where) return `${origin}${where.path}`
    if ('public' in where) return `${origin}${publicPage ?? '/'}`
    const query = where.query === undefined ? '' : `?${where.query}`
    if ('own' in where) return `${origin}${paths[where.own] ?? '/'}${query}`
    return `${origin}${people[where.page].pages[where.second ? 1 : 0]}${query}`
  }

  async invoke(request: EdgeRequest): Promise<{ invocation: Invocation; calls: ProviderCall[] }> {
    const before = this.provider.calls.length
    const invocation = await this.fleet.invoke(request, this.now, `request-${++this.requests}`)
    this.now = Math.max(this.now, invocation.clock)
    return { invocation, calls: this.provider.calls.slice(before) }
  }

  #serve(call: Call): Served {
    const { secretStore, secrets, answers } = this.site
    const stored = secretStore && answerOfStore(call, secrets, this.storeIsUp)
    return stored ?? answers[call.url] ?? this.provider.serve(call)
  }
}

function changed(
  url: string,
  { change = {}, from, way }: Extract<Where, { held: string }>,
  held: ReadonlyMap<string, string>,
): string {
  const next = new URL(url)
  const other = from === undefined ? undefined : held.get(from)
  // The code of one sign-in with the state of the other.
  if (other !== undefined) next.searchParams.set('code', new URL(other).searchParams.get('code') ?? '')
  if (way !== undefined) next.searchParams.set('state', withWay(next.searchParams.get('state') ?? '', way))
  for (const [name, value] of Object.entries(change)) {
    if (value === null) next.searchParams.delete(name)
    else if (typeof value === 'string') next.searchParams.set(name, value)
    else
      for (const one of value) next.searchParams.append(name, one === '=' ? (next.searchParams.get(name) ?? '') : one)
  }
  return next.href
}

/** The state with another way back, where it can be read: members of JSON. */
function withWay(state: string, way: string): string {
  try {
    const members: Record<string, unknown> = JSON.parse(Buffer.from(state, 'base64url').toString())
    const changed = Object.entries(members).map(([name, value]) => [
      name,
      /^(?:\/|https:)/.test(String(value)) ? way : value,
    ])
    return Buffer.from(JSON.stringify(Object.fromEntries(changed))).toString('base64url')
  } catch {
    return state
  }
}
