import { valuesOf } from '../invariants/header-values.ts'
import type { Browser } from './browser.ts'
import type { Invocation } from './fleet.ts'
import { type Cookie, Jar } from './jar.ts'
import type { ProviderCall } from './provider-records.ts'
import { isAt, redirectOf } from './redirects.ts'
import type { Scene } from './scene.ts'

/** A request to the site and what came of it. */
export interface SiteExchange {
  browser: Browser | undefined
  url: URL
  kind: 'navigation' | 'image' | 'frame' | 'fetch' | 'prefetch' | 'form' | 'raw'
  /** False after a redirect. */
  isFirst: boolean
  /** `none`, `same-origin`, `same-site`, `cross-site`. */
  fetchSite: string
  sent: readonly Cookie[]
  sentAt: number
  /** How many requests the site had had with it. */
  order: number
  invocation: Invocation
  calls: readonly ProviderCall[]
}

/** Whether the answer gives the browser a cookie, and neither refuses nor sends it to the provider again. */
export function beginsSession({ site }: Scene, { invocation: { answer }, url, sentAt }: SiteExchange): boolean {
  if (answer.kind !== 'response' || answer.status >= 400) return false
  const next = redirectOf(answer, url)
  if (next && isAt(next, site.endpoints.authorization)) return false
  const jar = new Jar({ prefixes: false })
  for (const line of valuesOf(answer.headers, 'set-cookie'))
    jar.set(line, url, { now: sentAt, crossSite: false, topLevelRead: true })
  return jar.cookies.some(({ value }) => value !== '')
}

/** Who looks on: at an answer before its cookies are taken, and after. */
export interface Witness {
  before(exchange: SiteExchange): void
  after(exchange: SiteExchange): void
}
