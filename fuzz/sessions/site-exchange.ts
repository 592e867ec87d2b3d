import type { Browser } from './browser.ts'
import type { Invocation } from './fleet.ts'
import type { Cookie } from './jar.ts'
import type { ProviderCall } from './provider-records.ts'

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

/** Who looks on: at an answer before its cookies are taken, and after. */
export interface Witness {
  before(exchange: SiteExchange): void
  after(exchange: SiteExchange): void
}
