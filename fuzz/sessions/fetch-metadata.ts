/** What a browser says of a request, and of who made it ask (Fetch Metadata). */
import type { Site } from './site.ts'
import type { SiteExchange } from './site-exchange.ts'
import { siblingOf, siteOf } from './sites.ts'
import type { From } from './story.ts'

/** What a browser asks for. */
export type Kind = Exclude<SiteExchange['kind'], 'raw'>
export type Initiator = From | 'provider'

const destinations: Readonly<Record<Kind, string>> = {
  navigation: 'document',
  form: 'document',
  prefetch: 'document',
  frame: 'iframe',
  image: 'image',
  fetch: 'empty',
}

/** `fetchSite`: left out by a browser without Fetch Metadata. */
export function requestHeaders(kind: Kind, fetchSite: string | undefined): Record<string, string> {
  const isPage = kind === 'navigation' || kind === 'form' || kind === 'prefetch' || kind === 'frame'
  const accept = isPage ? 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' : '*/*'
  if (fetchSite === undefined) return { accept }
  return {
    accept,
    'sec-fetch-site': fetchSite,
    'sec-fetch-mode': isPage ? 'navigate' : kind === 'image' ? 'no-cors' : 'cors',
    'sec-fetch-dest': destinations[kind],
    ...(kind === 'prefetch' ? { 'sec-purpose': 'prefetch;prerender' } : {}),
    ...(kind === 'navigation' ? { 'sec-fetch-user': '?1' } : {}),
  }
}

/** Fetch Metadata 2.3: the farthest of all URLs on the way. */
export function fetchSite(from: Initiator, site: Site, way: readonly URL[]): string {
  const initiator = initiatorOf(from, site)
  if (initiator === undefined) return 'none'
  const hosts = way.map(({ host }) => host)
  if (hosts.every((host) => host === initiator)) return 'same-origin'
  return hosts.every((host) => siteOf(host) === siteOf(initiator)) ? 'same-site' : 'cross-site'
}

function initiatorOf(from: Initiator, { hosts, endpoints }: Site): string | undefined {
  switch (from) {
    case 'address':
      return undefined
    case 'site':
      return hosts[0]
    case 'sibling':
      return siblingOf(hosts[0])
    case 'provider':
      return new URL(endpoints.authorization).host
    case 'foreign':
      return 'attacker.example'
  }
}
