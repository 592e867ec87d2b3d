import { Jar, type JarOptions } from './jar.ts'
import type { TokenRecord } from './provider-records.ts'
import type { BrowserName, PersonName } from './story.ts'

export interface Tab {
  /** URLs of the documents that it showed, the present one last. */
  history: string[]
  /** The provider's login page is shown: the authorization request that it belongs to. */
  login?: string
  /** The page of the site that its user asked for, when, and after how many requests. */
  wanted?: { url: string; at: number; after: number; startedCalmly: boolean }
}

/** A browser with what is true about it, whatever its cookies say. */
export class Browser {
  readonly name: BrowserName
  readonly jar: Jar
  /** It says what it asks for and why (Fetch Metadata). */
  readonly metadata: boolean
  readonly tabs = new Map<string, Tab>()
  /** Who gave his password here, after the last sign-out. */
  person: PersonName | null = null
  /** Somebody put cookies in, or changed them. */
  isTampered = false
  /** Whoever has it took another's cookies. */
  isThief = false
  /** Values of cookies after they were edited; none of them was set by the site. */
  readonly edited = new Map<string, string>()
  editedAt = -Infinity
  /** `state` of the authorization requests that this browser was sent off with, and when. */
  readonly states: { state: string; at: number }[] = []
  /** The last tokens whose cookies arrived. */
  received: { tokens: TokenRecord; at: number } | undefined
  /** Dates of sign-ins, of refreshes, and of refreshes that failed. */
  signIns: number[] = []
  refreshedAt = -Infinity
  troubledAt = -Infinity
  /** Sign-ins with a number under this were before the last sign-out here; codes, before the provider's own session ended. */
  signedOutBefore = 0
  /** How many requests there had been when it was. */
  signedOutAfter = -1
  loggedOutBefore = 0
  /** Two requests were under way at a time, lately. */
  racedAt = -Infinity

  constructor(name: BrowserName, { metadata = true, ...options }: JarOptions & { metadata?: boolean } = {}) {
    this.name = name
    this.jar = new Jar(options)
    this.metadata = metadata
  }

  tab(name: string): Tab {
    const tab = this.tabs.get(name) ?? { history: [] }
    this.tabs.set(name, tab)
    return tab
  }

  /** It keeps cookies as browsers do, and nobody has had a hand in them. */
  get isPlain(): boolean {
    const { blocked, ignoresAge } = this.jar.options
    return !blocked && !ignoresAge && this.jar.stores && !this.isTampered && !this.isThief
  }
}
