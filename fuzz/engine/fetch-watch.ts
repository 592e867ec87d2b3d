/** Watches what a handler fetches, how often, and who decided it (SEMANTICS.md, "The issuer's keys" and "Token"). */
import { withDefaults } from '../../config/policy-defaults.ts'
import type { Fetch, ServedUrls } from '../../oracle/served-urls.ts'
import type { Observation, Remark } from '../invariants/observation.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'

/** One that ran so long while no request waited for it may have been cut off by a freeze, as far as ours can tell. */
const aloneMs = 500

/** A foreign handler may fetch this often within a minute of the suite's clock. */
const foreignPerMinute = 12
const minuteMs = 60_000

export class FetchWatch {
  readonly #whose: HandlerUnderTest['whose']
  readonly #cooldownMs: number
  readonly #own: Set<string>
  readonly #recent = new Map<string, number[]>()
  /** URLs whose last fetch was under way when a step ended: no request waited for it. */
  readonly #alone = new Set<string>()
  /** URLs whose next fetch may have been begun before the sandbox was frozen. */
  #maybeLate = new Set<string>()
  #remarks: Remark[] = []
  /** Where the policy's own endpoints have led: no viewer named those. */
  readonly #ledTo = new Set<string>()

  constructor({ policy, whose }: HandlerUnderTest) {
    this.#whose = whose
    const { providers, jwks } = withDefaults(policy)
    const issuers = providers.flatMap((provider) => provider.issuers)
    this.#cooldownMs = jwks.cooldown * 1000
    this.#own = new Set(
      issuers.flatMap(({ issuer, jwksUri }) => [
        jwksUri,
        `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      ]),
    )
  }

  /** What URLs answer from now on. */
  serve(urls: ServedUrls): void {
    for (const [url, served] of Object.entries(urls)) {
      if (served.kind !== 'body' || !this.#own.has(url)) continue
      const location = new Headers(served.headers).get('location')
      if (location !== null && URL.canParse(location, url)) this.#ledTo.add(new URL(location, url).href)
    }
  }

  /** `underWay`: the URLs that were still being fetched when the step ended. */
  examine(fetches: readonly Fetch[], underWay: readonly string[] = []): Observation[] {
    const observations: Observation[] = []
    for (const { url, at } of fetches) {
      if (this.#own.has(url)) {
        const fault = this.#tooOften(url, at)
        if (fault) observations.push({ class: 'amplification', rule: 'keys/fetches', story: fault })
      } else if (this.#ledTo.has(url)) {
        this.#remarks.push({ rule: 'token/fetch', story: `${url} was fetched, to which the key endpoint redirected` })
      } else if (/attacker/i.test(url)) {
        observations.push({
          class: 'request-forgery',
          rule: 'token/fetch',
          story: `${url} was fetched, which a viewer named`,
        })
      } else this.#remarks.push({ rule: 'token/fetch', story: `${url} was fetched, which is none of the policy's` })
    }
    for (const { url } of fetches) if (underWay.includes(url)) this.#alone.add(url)
    return observations
  }

  /**
   * The sandbox was frozen, or its clock set back: no time between a fetch before and one after says anything, and the first
   * fetch of a URL from now on may have been begun before and have reached the network only now.
   */
  thaw(): void {
    this.#recent.clear()
    this.#alone.clear()
    this.#maybeLate = new Set(this.#own)
  }

  takeRemarks(): Remark[] {
    const taken = this.#remarks
    this.#remarks = []
    return taken
  }

  #tooOften(url: string, at: number): string | null {
    if (this.#maybeLate.delete(url)) return null
    const recent = (this.#recent.get(url) ?? []).filter((earlier) => at - earlier < minuteMs)
    const last = recent.at(-1)
    const wasAlone = this.#alone.delete(url)
    recent.push(at)
    this.#recent.set(url, recent)
    if (this.#whose === 'ours') {
      if (last === undefined || at < last || (wasAlone && at - last >= aloneMs)) return null
      return at - last < this.#cooldownMs
        ? `${url} was fetched again after ${(at - last) / 1000} s, within the cooldown`
        : null
    }
    return recent.length > foreignPerMinute
      ? `${url} was fetched ${recent.length} times within a minute of the suite's clock`
      : null
  }
}
