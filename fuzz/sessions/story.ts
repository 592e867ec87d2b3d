/** What happens in a story, as data: it is drawn, stored, shrunk and played, and reads as plain sentences. */
import type { JarOptions } from './jar.ts'
import type { ProviderOptions } from './provider-options.ts'

/** Who has an account. */
export type PersonName = 'victim' | 'attacker'

/** Whose browser: each person's own, the victim's second one, and one that steals cookies. */
export type BrowserName = 'victim' | 'attacker' | 'second' | 'thief'

/** A URL, in words that hold for any site. `host`: which of the site's, default the first. */
export type Where = { host?: number } & (
  | { page: PersonName; second?: boolean; query?: string }
  | { public: true }
  /** As it stands behind the host. */
  | { path: string }
  | { own: 'callback' | 'refresh' | 'signOut' | 'start'; query?: string }
  /** A URL that was held back, with parameters that are replaced, taken away (null) or put behind (a list: its members after the first, `=` for the same). `way`: paths and URLs in a state that is JSON in base64 become this. */
  | { held: string; change?: Readonly<Record<string, string | null | readonly string[]>>; from?: string; way?: string }
)

/** Who makes the browser go there: the address bar, a page of the site itself, of its sibling domain, of a foreign site. */
export type From = 'address' | 'site' | 'sibling' | 'foreign'

export type Open = { do: 'open'; browser: BrowserName; tab: string; where: Where; from?: From }
export type SignOut = { do: 'sign-out'; browser: BrowserName; tab: string }

export type Action =
  | Open
  /** At the provider's login page. `hold`: the URL of the callback is kept under this name and not asked for. */
  | { do: 'sign-in'; browser: BrowserName; tab: string; as: PersonName; hold?: string }
  | { do: 'reload' | 'back'; browser: BrowserName; tab: string }
  | SignOut
  /** Something on a page that asks for a URL, and fills no tab. */
  | {
      do: 'embed'
      browser: BrowserName
      kind: 'image' | 'frame' | 'fetch' | 'prefetch' | 'form'
      where: Where
      from: From
    }
  /** Requests and answers of two tabs in this order: `a` sends or receives, `b` does; then the rest, `a` first. */
  | { do: 'race'; a: Open | SignOut; b: Open | SignOut; order: string }
  | { do: 'wait'; seconds: number }
  /** What the token endpoint answers from now on. */
  | { do: 'provider'; answers: string; to?: 'code' | 'refresh' }
  | { do: 'keys'; change: 'rotate' }
  /** The provider's own session of this browser ends. */
  | { do: 'forget'; browser: BrowserName }
  | { do: 'store'; isUp: boolean }
  /** From now on this browser sends what it has and keeps nothing new. */
  | { do: 'full'; browser: BrowserName }
  /** A sibling domain sets what it knows of another browser's cookies, or junk, in this one. */
  | { do: 'toss'; browser: BrowserName; of: BrowserName | 'junk'; as: TossedName; path?: string }
  /** All cookies of the site that this browser has. */
  | { do: 'edit'; browser: BrowserName; how: CookieEdit }
  /** The site's cookies of one browser, put into another's jar: nothing else is a theft. `host`: under this one of the site's. */
  | { do: 'copy'; browser: BrowserName; to: BrowserName; host?: number }
  /** Another version of the function. */
  | { do: 'redeploy'; change: 'retire-keys' | 'other-client' }
  /** A request that no browser made. */
  | { do: 'request'; where: Where; host?: string; headers?: Readonly<Record<string, string>>; bearer?: PersonName }

/** `bare`: without its prefix; the others put something before the name that a lenient reader takes off again. */
export type TossedName = 'bare' | 'same' | 'quoted' | 'en-quad' | 'no-break' | 'other-case' | 'encoded'
export type CookieEdit = 'cut-tag' | 'keep-4' | 'flip' | { path: string }

/** Each of the above. */
export const actionNames = [
  'open',
  'sign-in',
  'reload',
  'back',
  'sign-out',
  'embed',
  'race',
  'wait',
  'provider',
  'keys',
  'forget',
  'store',
  'full',
  'toss',
  'edit',
  'copy',
  'redeploy',
  'request',
] as const satisfies readonly Action['do'][]

export interface Story {
  name: string
  provider?: ProviderOptions
  browsers?: Partial<Record<BrowserName, JarOptions & { metadata?: boolean }>>
  /** Instances of the function. Default 1. */
  instances?: number
  /** The secret store does not answer when the function loads. */
  storeIsDown?: boolean
  actions: readonly Action[]
}
