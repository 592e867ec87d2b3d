/** `/_edge/`: the distribution seen from inside, and what may be done to it, as a page and by HTTP. */
import http from 'node:http'
import type { CacheEntry } from '../cache/cache-entry.ts'
import { ageOf } from '../cache/cache-entry.ts'
import type { Edge } from '../edge.ts'
import { prometheusText } from '../log/counters.ts'
import type { RequestRecord } from '../log/request-record.ts'
import type { RunningPop } from '../start-pops.ts'
import type { Behavior, Distribution } from '../template/distribution.ts'
import { controlPrefix, type Request, type Response } from '../viewer/listener.ts'
import { controlPage } from './control-page.ts'

/** Answered requests that the page shows, the newest last. */
const keptRequests = 200
/** Nobody has asked for this long: records are no longer made. */
const listeningMs = 10_000
const shownEntries = 500

export interface ControlContext {
  edge: Edge
  distribution: Distribution
  pops: readonly RunningPop[]
}

interface Reply {
  status: number
  type: string
  body: string
}

export class Control {
  readonly #context: ControlContext
  readonly #requests: (Pick<
    RequestRecord,
    'id' | 'at' | 'pop' | 'method' | 'uri' | 'querystring' | 'status' | 'result' | 'why'
  > & {
    number: number
    milliseconds: number
    functionMs: number | null
  })[] = []
  readonly #started = Date.now()
  #number = 0
  #end: (() => void) | null = null
  #idle: NodeJS.Timeout | null = null

  constructor(context: ControlContext) {
    this.#context = context
  }

  async handle(request: Request, response: Response): Promise<void> {
    const { status, type, body } = await this.#reply(request)
    const headers = {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    }
    const sent = request.method === 'HEAD' ? '' : body
    if (response instanceof http.ServerResponse) response.writeHead(status, headers).end(sent)
    else response.writeHead(status, headers).end(sent)
  }

  close(): void {
    this.#end?.()
    if (this.#idle) clearTimeout(this.#idle)
  }

  async #reply(request: Request): Promise<Reply> {
    // Another site's page may not look in under a name of its own, nor press buttons.
    const host = request.headers.host ?? request.headers[':authority'] ?? ''
    if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(String(host)))
      return text(403, `open it as ${this.#context.edge.url}/_edge/`)
    const [path = '', query = ''] = (request.url ?? '').slice(controlPrefix.length).split('?')
    if (request.method === 'GET' || request.method === 'HEAD') return this.#read(path, new URLSearchParams(query))
    if (request.method !== 'POST') return text(405, 'GET or POST')
    if (!/^application\/json/.test(request.headers['content-type'] ?? '')) {
      return text(415, 'Content-Type should be application/json')
    }
    return this.#act(path, request)
  }

  #read(path: string, query: URLSearchParams): Reply {
    const { edge } = this.#context
    if (path === '') return { status: 200, type: 'text/html; charset=utf-8', body: controlPage }
    if (path === 'metrics')
      return { status: 200, type: 'text/plain; version=0.0.4', body: prometheusText(edge.metrics()) }
    if (path === 'state') return json(this.#state())
    if (path === 'requests') return json(this.#since(Number(query.get('after') ?? 0)))
    if (path === 'cache') return json(this.#entries())
    return text(404, 'there are /_edge/, metrics, state, requests and cache')
  }

  async #act(path: string, request: Request): Promise<Reply> {
    const { edge } = this.#context
    let given: Record<string, unknown>
    try {
      given = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}')
    } catch {
      return text(400, 'the body is not JSON')
    }
    try {
      if (path === 'invalidate') return json({ entries: edge.invalidate(paths(given.paths)) })
      if (path === 'token') return json({ token: await edge.issuer.mint((given.claims ?? {}) as object) })
      if (path === 'fault') return done(() => edge.origin.fault(given))
      if (path === 'restore') return done(() => edge.origin.restore())
      if (path === 'issuer') {
        const { outage } = given
        if (outage === null || outage === undefined) return done(() => edge.issuer.restore())
        return done(() => edge.issuer.outage(outage as 'error'))
      }
      if (path === 'rotate') return done(() => void edge.issuer.rotate())
      if (path === 'kill') return json({ killed: edge.killSandbox() })
    } catch (error) {
      return text(400, (error as Error).message)
    }
    return text(404, 'there are invalidate, token, fault, restore, issuer, rotate and kill')
  }

  #state() {
    const { edge, distribution } = this.#context
    return {
      url: edge.url,
      started: this.#started,
      tlsUrl: edge.tlsUrl ?? null,
      distribution: { id: distribution.id, domainName: distribution.domainName },
      behaviors: distribution.behaviors.map(behaviorState),
      notEmulated: edge.notEmulated,
      issuer: edge.issuer.url,
      paths: edge.paths.slice(0, 100),
      metrics: edge.metrics(),
    }
  }

  /** The first question begins the record; until then answers cost nothing more. */
  #since(after: number) {
    this.#end ??= this.#context.edge.log.subscribe((record) => {
      const { id, at, pop, method, uri, querystring, status, result, why, timeTakenMs, functionMs } = record
      const milliseconds = Math.round(timeTakenMs * 10) / 10
      this.#requests.push({
        number: ++this.#number,
        id,
        at,
        pop,
        method,
        uri,
        querystring,
        status,
        result,
        why,
        milliseconds,
        functionMs,
      })
      if (this.#requests.length > keptRequests) this.#requests.shift()
    })
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      this.#end?.()
      this.#end = null
    }, listeningMs).unref()
    return this.#requests.filter(({ number }) => number > after)
  }

  #entries() {
    const now = Date.now()
    return this.#context.pops
      .flatMap(({ pop }) =>
        pop.places.flatMap(({ behavior, cache }) =>
          [...cache.store.entries()].map(([key, entry]) => ({
            pop: pop.name,
            behavior: behavior.pathPattern,
            key,
            ...entryState(entry, now),
          })),
        ),
      )
      .slice(-shownEntries)
  }
}

function behaviorState({
  pathPattern,
  origin,
  functions,
  refusal,
  cache,
  viewerProtocolPolicy,
  trustedKeys,
}: Behavior) {
  return {
    pathPattern,
    origin: 'members' in origin ? origin.members.map(({ id }) => id).join(', then ') : origin.id,
    functions: Object.entries(functions).flatMap(([event, edgeFunction]) =>
      edgeFunction ? [`${event}: ${edgeFunction.id}`] : [],
    ),
    ttl: [cache.minTtl, cache.defaultTtl, cache.maxTtl],
    viewerProtocolPolicy,
    signed: trustedKeys !== null,
    refusal,
  }
}

function entryState(entry: CacheEntry, now: number) {
  return {
    status: entry.status,
    bytes: entry.body.length,
    age: ageOf(entry, now),
    freshFor: Math.round((entry.freshUntil - now) / 1000),
    range: entry.range,
  }
}

function paths(given: unknown): string[] {
  if (given === undefined) return ['/*']
  if (Array.isArray(given) && given.every((path) => typeof path === 'string' && path.startsWith('/'))) return given
  throw new Error('paths should be a list such as ["/*"]')
}

const json = (value: unknown): Reply => ({
  status: 200,
  type: 'application/json',
  body: `${JSON.stringify(value, null, 1)}\n`,
})
const text = (status: number, line: string): Reply => ({ status, type: 'text/plain', body: `${line}\n` })

function done(work: () => void): Reply {
  work()
  return json({ done: true })
}
