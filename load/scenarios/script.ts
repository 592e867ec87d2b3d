/**
 * The one script that k6 runs, for every scenario: it sends what the plan says and compares what comes back. It runs
 * in k6's own JavaScript engine, so it imports nothing of ours but types. What it costs is taken from the edge it loads,
 * which is why k6's objects are asked for once and each request is one line of text.
 */
import crypto from 'k6/crypto'
import { SharedArray } from 'k6/data'
import exec from 'k6/execution'
import http, { type RefinedResponse } from 'k6/http'
import { Trend } from 'k6/metrics'

interface Settings {
  /** Without a trailing slash. */
  target: string
  /** Where newer tokens can be had; null: the planned ones last. */
  renewal: { url: string; everySeconds: number } | null
  preflight: Record<string, string> | null
  windows: { from: number; start: number; length: number }[]
  /** Of the one scenario, in milliseconds. */
  lengthMs: number
  /** What `edgeproof load merge` has to know of the run. */
  about: object
  options: object
}

/** The fields of a request's line, see `planFiles`. */
type Line = [
  kind: string,
  route: string,
  method: string,
  path: string,
  statuses: string,
  md5: string,
  credential: string,
]

interface Planned {
  class: string
  route: string
  method: string
  path: string
  /** Accepted ones. */
  statuses: string[]
  /** Empty: the body is not compared. */
  md5: string
  /** Name and value of a header. */
  credential: readonly [string, string] | undefined
}

type Answer = RefinedResponse<'text' | 'binary'>

const directory = __ENV.EDGEPROOF_PLAN
const settings: Settings = JSON.parse(open(`${directory}/settings.json`))
const { target, renewal, windows, lengthMs } = settings
const preflight = settings.preflight ?? {}

export const options = settings.options

// One copy for all virtual users. k6 parses and freezes an entry, member by member, each time it is read.
const requests = shared<[string]>('requests')
const credentials = shared<[string, string]>('credentials', __ENV.EDGEPROOF_CREDENTIALS ?? directory)
const sequence = shared<number>('sequence')

const edgeRequest = new Trend('edge_request', true)
const edgeRun = new Trend('edge_run')
// Without it k6 makes one sample less for each request; the type does not know null, the documentation does.
http.setResponseCallback(null as unknown as ReturnType<typeof http.expectedStatuses>)

// Each mention of an imported name asks the module again.
const send = http.request
const md5 = crypto.md5
let scenario: typeof exec.scenario | undefined
let metadata: Record<string, string> = {}

export default function sendNext(): void {
  if (scenario === undefined) {
    scenario = exec.scenario
    metadata = exec.vu.metrics.metadata as Record<string, string>
  }
  const iteration = scenario.iterationInTest
  if (scenario.iterationInInstance === 0) describeRun()
  const planned = parse((requests[sequence[position(scenario, iteration)] as number] as [string])[0])
  const { credential } = planned
  const response = send(planned.method, target + planned.path, null, {
    headers: credential ? { [credential[0]]: credential[1] } : planned.method === 'OPTIONS' ? preflight : {},
    redirects: 0,
    // k6 hands bytes to the digest as they are, and copies a string.
    responseType: planned.md5 === '' ? 'text' : 'binary',
    timeout: 10_000,
  }) as Answer
  record(planned, response, iteration, elapsedMs(scenario))
}

/**
 * Since the scenario's start, to the nanosecond: JavaScript's clock here has whole milliseconds. The progress ends with the
 * arrivals; what is answered after them is timed by that clock, which is at most a millisecond more.
 */
function elapsedMs({ progress, startTime }: typeof exec.scenario): number {
  return progress < 1 ? progress * lengthMs : Date.now() - startTime + 1
}

/** Once for each k6, so that its output says by itself what was run. */
function describeRun(): void {
  metadata.run = JSON.stringify(settings.about)
  edgeRun.add(1)
  delete metadata.run
}

function parse(line: string): Planned {
  const [kind, route, method, path, statuses, digest, credential] = line.split('\t') as Line
  return {
    class: kind,
    route,
    method,
    path,
    statuses: statuses.split(','),
    md5: digest,
    credential: credential === '' ? undefined : current(credentials[Number(credential)] as [string, string]),
  }
}

let renewed: Record<string, string> = {}
let renewedAt = Date.now()

/** The credential, or what has taken its place since the start. */
function current(credential: readonly [string, string]): readonly [string, string] {
  if (renewal === null) return credential
  if (Date.now() - renewedAt > renewal.everySeconds * 1000) {
    renewed = http.get<'text'>(renewal.url, { responseType: 'text' }).json() as Record<string, string>
    renewedAt = Date.now()
  }
  return [credential[0], renewed[credential[1]] ?? credential[1]]
}

/** Where in the sequence this iteration is: by time which window, by its number which entry of it. */
function position(running: typeof exec.scenario, iteration: number): number {
  let window = windows[0]
  if (windows.length > 1) {
    const elapsed = (Date.now() - running.startTime) / 1000
    for (const candidate of windows) if (candidate.from <= elapsed) window = candidate
  }
  return window ? window.start + (iteration % window.length) : 0
}

/** What is wrong with an answer; empty: nothing. The part before the colon is the kind. */
function fault(planned: Planned, response: Answer, status: number, headers: Record<string, string>): string {
  if (status === 0) return `unanswered: ${response.error}`
  if (status >= 500) return `error: ${status} ${headers['X-Cache'] ?? ''}`
  if (planned.class === 'unjudged') return ''
  const allowed = planned.statuses[0] === '200'
  if (planned.statuses.indexOf(String(status)) < 0) {
    if (status < 300 || status === 304) return `wrongly-allowed: ${status}`
    return `${allowed ? 'wrongly-denied' : 'wrong-status'}: ${status}`
  }
  if (!allowed) return denialFault(planned.credential, response, headers)
  if (planned.md5 === '') return ''
  return response.body !== null && md5(response.body, 'hex') === planned.md5 ? '' : 'wrong-bytes: digest differs'
}

/** A denial must not be kept by the browser and must not show the token (SEMANTICS.md, "Deny"). */
function denialFault(credential: Planned['credential'], response: Answer, headers: Record<string, string>): string {
  const cacheControl = headers['Cache-Control'] ?? ''
  if (!/no-store|private/.test(cacheControl)) return `storable-denial: ${cacheControl}`
  const secret = credential ? credential[1].slice(-40) : ''
  if (secret.length === 40 && (response.body + JSON.stringify(headers)).indexOf(secret) >= 0) return 'leak: the token'
  return ''
}

/** Few tags, because k6 keeps each combination; what differs from request to request is metadata, in one piece. */
function record(planned: Planned, response: Answer, iteration: number, endedMs: number): void {
  const { status, headers, timings } = response
  const found = fault(planned, response, status, headers)
  const words = found === '' ? '' : `${found} (${planned.method} ${planned.path})`
  const bytes = headers['Content-Length'] ?? lengthOf(response.body)
  const { blocked, connecting, tls_handshaking: handshake } = timings
  const times = `${iteration}\t${endedMs.toFixed(3)}\t${blocked.toFixed(3)}\t${connecting.toFixed(3)}\t${handshake.toFixed(3)}`
  metadata.answer = `${headers['X-Amz-Cf-Id'] ?? ''}\t${status}\t${bytes}\t${planned.route}\t${times}\t${words}`
  const xCache = headers['X-Cache'] ?? ''
  const space = xCache.indexOf(' ')
  edgeRequest.add(timings.duration, {
    class: planned.class,
    cache: space < 0 ? xCache : xCache.slice(0, space),
    pop: headers['X-Amz-Cf-Pop'] ?? '',
  })
  // k6 would repeat it on each of its own samples.
  delete metadata.answer
}

function lengthOf(body: Answer['body']): number {
  return typeof body === 'string' ? body.length : (body?.byteLength ?? 0)
}

function shared<Entry>(name: string, from = directory): Entry[] {
  return new SharedArray<Entry>(name, () => JSON.parse(open(`${from}/${name}.json`))) as unknown as Entry[]
}
