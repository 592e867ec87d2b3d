/**
 * Who can do what an answer shows, by what the requests of one instance are made of: whose signature is in them, what a
 * page could have written, what CloudFront sends at all.
 */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { readPath } from '../../oracle/path-readings.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import { viewerRequestOf } from '../../oracle/viewer-request-shape.ts'
import type { Answer, ReturnedResponse } from '../answer.ts'
import { credentialHeader } from '../attacks/request-step.ts'
import type { FuzzCase } from '../case.ts'
import { isEasier, type Who } from '../finding.ts'
import { bodyOf, valuesOf } from '../invariants/header-values.ts'
import type { AssessedObservation, Observation } from '../invariants/observation.ts'
import { percentDecoded } from '../invariants/percent-decoded.ts'
import { undeliverable } from './deliverable.ts'
import { PublishedKeys } from './published-keys.ts'
import { type SignedToken, signatureTails, signedTokens } from './signed-tokens.ts'
import { type Holder, hardest, holderOf } from './token-holder.ts'

/** Asks the oracle of the same instance what another request would be worth at the same time. */
export type JudgeRequest = (event: unknown) => Promise<Verdict>

/** Who can send all of the requests of a case up to a step; nobody where CloudFront does not send one of them. */
export function sendersOf({ policy, serve, steps }: FuzzCase, end: number, facts: HandlerFacts = {}): Who {
  const assessor = new Assessor(policy, facts)
  assessor.serve(serve, true)
  let hardest: Who = 'anyone'
  for (const step of steps.slice(0, end)) {
    if (step.kind === 'serve') assessor.serve(step.urls, false)
    if (step.kind !== 'request') continue
    const request = viewerRequestOf(step.event)
    const who =
      !request || undeliverable(step.event, policy, facts.hosts) !== null ? 'nobody' : assessor.presenterOf(request)
    if (isEasier(hardest, who)) hardest = who
    assessor.follow(request)
  }
  return hardest
}

/** How far back a token is looked for of which a later one repeats a part. */
const remembered = 200

/** What a description of the handler says, as far as it matters here. */
export interface HandlerFacts {
  /** The distribution's other names. */
  hosts?: readonly string[] | undefined
  /** By which it signs its own tokens. */
  secret?: string | undefined
}

/** A handler may have a description (`handler` of the configuration). */
export function factsOf(tested: object): HandlerFacts {
  return (tested as { handler?: HandlerFacts }).handler ?? {}
}

export class Assessor {
  readonly #policy: Policy
  readonly #hosts: readonly string[]
  readonly #keys: PublishedKeys
  readonly #earlier: ViewerRequest[] = []

  constructor(policy: Policy, { hosts = [], secret }: HandlerFacts = {}) {
    this.#policy = policy
    this.#hosts = hosts
    this.#keys = new PublishedKeys(policy, secret)
  }

  serve(urls: ServedUrls, isFirst: boolean): void {
    this.#keys.serve(urls, isFirst)
  }

  /** Each request that the instance had, once it was assessed. */
  follow(request: ViewerRequest | null): void {
    if (request === null) return
    this.#earlier.push(request)
    if (this.#earlier.length > remembered) this.#earlier.shift()
  }

  async assess(
    observation: Observation,
    event: unknown,
    answer: Answer,
    judge: JudgeRequest,
  ): Promise<AssessedObservation> {
    return { ...observation, who: await this.#who(observation, event, answer, judge) }
  }

  async #who(observation: Observation, event: unknown, { result }: Answer, judge: JudgeRequest): Promise<Who> {
    // What shows between requests the last one brought about.
    const request = event === undefined ? this.#earlier.at(-1) : viewerRequestOf(event)
    if (!request || undeliverable(eventOf(request), this.#policy, this.#hosts) !== null) return 'nobody'
    const response = result.kind === 'response' ? result.response : null
    switch (observation.class) {
      case 'bypass':
        return this.#whoGains(observation, request, judge)
      // It harms whoever sends it; where others' requests bring it about, that is another class.
      case 'false-denial':
        return this.#keys.hasFailed ? 'issuer' : 'nobody'
      // Whoever writes his token into an address has given it out himself.
      case 'leak':
        return this.#signedBy({ ...request, uri: '/', querystring: '' }).length > 0 ? 'log-reader' : 'nobody'
      case 'open-redirect':
        return decidesLocation(request, response) ? 'browser-page' : 'nobody'
      case 'header-injection':
        if (response === null) return this.presenterOf(request)
        return pageTexts(request).some((text) => /[\r\n]/.test(text)) ? 'browser-page' : 'nobody'
      case 'unsafe-denial':
        return isFromPage(observation, request, response) ? 'browser-page' : 'nobody'
      case 'blinded-log':
        return 'anyone'
      case 'amplification':
      case 'exhaustion':
      case 'crash':
      case 'invalid-result':
        return this.#keys.hasFailed || this.#keys.isHostile ? 'issuer' : this.presenterOf(request)
      default:
        return this.presenterOf(request)
    }
  }

  /** Of a request that passed: who is better off by it than by asking plainly. */
  async #whoGains({ rule }: Observation, request: ViewerRequest, judge: JudgeRequest): Promise<Who> {
    if (rule === 'paths/malformed' && (await isGrantedResolved(request, judge))) return 'nobody'
    const who = this.presenterOf(request)
    if (who !== 'signed-in-user') return who
    for (const { canonical } of this.#signedBy(request)) {
      const { outcome } = await judge(plainRequest(this.#policy, request, canonical))
      if (outcome !== 'must-deny') return 'nobody'
    }
    return who
  }

  /** Who can send this request, whatever comes of it. */
  presenterOf(request: ViewerRequest): Extract<Who, 'anyone'> | Holder {
    const tokens = this.#signedBy(request)
    if (tokens.length > 0) {
      return hardest(tokens.map((token) => holderOf(token, this.#policy, this.#keys.isPublished(token.key))))
    }
    if (this.#keys.isHostile) return 'issuer'
    return this.#repeatsSignature(request) ? 'signed-in-user' : 'anyone'
  }

  #signedBy(request: ViewerRequest): SignedToken[] {
    return signedTokens(this.#policy, request, this.#keys.all())
  }

  /** Whoever repeats the end of a good signature has had a good token. */
  #repeatsSignature(request: ViewerRequest): boolean {
    const tails = signatureTails(this.#policy, request)
    if (tails.length === 0) return false
    return this.#earlier.some((earlier) => {
      const text = JSON.stringify(earlier.headers)
      return tails.some((tail) => text.includes(tail)) && this.#signedBy(earlier).length > 0
    })
  }
}

function isChanging({ method }: ViewerRequest): boolean {
  return ['PUT', 'POST', 'PATCH', 'DELETE'].includes(method)
}

/** The same by the book: the same token where it belongs, in a plain GET where nothing is changed. */
function plainRequest(policy: Policy, request: ViewerRequest, token: string): unknown {
  const headers: ViewerRequest['headers'] = { host: request.headers.host ?? [] }
  for (const [key, value] of Object.entries(credentialHeader(policy, token))) headers[key] = [{ key, value }]
  const plain = { ...request, method: isChanging(request) ? request.method : 'GET', headers }
  return eventOf(plain)
}

function eventOf(request: ViewerRequest): unknown {
  return { Records: [{ cf: { config: { eventType: 'viewer-request' }, request } }] }
}

/** Whether every file that a path can mean is granted: a key with an empty or a dot segment is none that anybody keeps. */
async function isGrantedResolved(request: ViewerRequest, judge: JudgeRequest): Promise<boolean> {
  const files = readPath(request.uri).readings.filter(
    (segments) => !segments.some((name, at) => /^\.{1,2}$/.test(name) || (name === '' && at < segments.length - 1)),
  )
  for (const segments of files) {
    const uri = `/${segments.map((name) => encodeURIComponent(name.toWellFormed())).join('/')}`
    if ((await judge(eventOf({ ...request, uri }))).outcome === 'must-deny') return false
  }
  return files.length > 0
}

/** What a link or a page decides of a request: its address, and where it comes from. */
function pageTexts({ uri, querystring = '', headers }: ViewerRequest): string[] {
  return [uri, querystring, ...valuesOf(headers, 'referer')].flatMap((text) => {
    const decoded = percentDecoded(text)
    return [text, decoded, percentDecoded(decoded)]
  })
}

function decidesLocation(request: ViewerRequest, response: ReturnedResponse | null): boolean {
  const texts = pageTexts(request).map((text) => text.toLowerCase())
  const base = `https://${valuesOf(request.headers, 'host')[0]}`
  return valuesOf(response?.headers ?? {}, 'location').some((location) => {
    if (!URL.canParse(location, base)) return true
    const { host, protocol, searchParams } = new URL(location, base)
    const hosts = [host, ...[...searchParams.values()].map((value) => hostIn(value, base))]
    const foreign = hosts.filter((one) => one !== '' && one !== new URL(base).host)
    return !/^https?:$/.test(protocol) || foreign.some((one) => texts.some((text) => text.includes(one)))
  })
}

function hostIn(text: string, base: string): string {
  return URL.canParse(text, base) ? new URL(text, base).host : ''
}

/** Markup that a link wrote into a page that a browser reads as one, or words of it in the login page's address. */
function isFromPage({ rule, cause }: Observation, request: ViewerRequest, response: ReturnedResponse | null): boolean {
  if (rule === 'deny/location') return cause === 'mixed' || cause === 'foreign' || cause === 'return'
  if (rule !== 'deny/page' || response === null) return false
  const types = valuesOf(response.headers ?? {}, 'content-type')
  if (types.length > 0 && !types.some((type) => /html|xml/i.test(type))) return false
  const body = bodyOf(response)
  return pageTexts(request).some((text) => /<\w+[^>]*>/.test(text) && markups(text).some((one) => body.includes(one)))
}

function markups(text: string): string[] {
  return text.match(/<\w+[^>]*>/g) ?? []
}
