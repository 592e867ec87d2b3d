/**
 * The one script that k6 runs, for every scenario: it sends what the plan says and compares what comes back. It runs
 * in k6's own JavaScript engine, so it imports nothing of ours but types.
 */
import { md5 } from 'k6/crypto'
import { SharedArray } from 'k6/data'
import exec from 'k6/execution'
import http, { type RefinedResponse } from 'k6/http'
import { Trend } from 'k6/metrics'
import type { Credential } from '../credentials.ts'
import type { PlannedRequest } from '../plan.ts'

interface Settings {
  /** Without a trailing slash. */
  target: string
  /** Where newer tokens can be had; null: the planned ones last. */
  renewal: { url: string; everySeconds: number } | null
  windows: { from: number; start: number; length: number }[]
  options: object
}

const directory = __ENV.EDGEPROOF_PLAN
const settings: Settings = JSON.parse(open(`${directory}/settings.json`))

export const options = settings.options

// One copy for all virtual users.
const requests = shared<PlannedRequest>('requests')
const credentials = shared<Credential>('credentials', __ENV.EDGEPROOF_CREDENTIALS ?? directory)
const sequence = shared<number>('sequence')

const edgeRequest = new Trend('edge_request', true)

export default function sendNext(): void {
  const planned = requests[sequence[position()] as number] as PlannedRequest
  const credential = planned.credential < 0 ? undefined : current(credentials[planned.credential] as Credential)
  const response = http.request(planned.method, settings.target + planned.path, null, {
    headers: credential ? { [credential.name]: credential.value } : {},
    redirects: 0,
    responseType: 'text',
    timeout: '10s',
  })
  record(planned, response, fault(planned, credential, response))
}

let renewed: Record<string, string> = {}
let renewedAt = Date.now()

/** The credential, or what has taken its place since the start. */
function current(credential: Credential): Credential {
  const { renewal } = settings
  if (renewal === null) return credential
  if (Date.now() - renewedAt > renewal.everySeconds * 1000) {
    renewed = http.get<'text'>(renewal.url, { responseType: 'text' }).json() as Record<string, string>
    renewedAt = Date.now()
  }
  return { name: credential.name, value: renewed[credential.value] ?? credential.value }
}

/** Where in the sequence this iteration is: by time which window, by its number which entry of it. */
function position(): number {
  const elapsed = (Date.now() - exec.scenario.startTime) / 1000
  let window = settings.windows[0]
  for (const candidate of settings.windows) if (candidate.from <= elapsed) window = candidate
  if (!window) return 0
  return window.start + (exec.scenario.iterationInTest % window.length)
}

/** What is wrong with an answer; empty: nothing. The part before the colon is the kind. */
function fault(planned: PlannedRequest, credential: Credential | undefined, response: RefinedResponse<'text'>): string {
  const { status } = response
  if (status === 0) return `unanswered: ${response.error}`
  if (status >= 500) return `error: ${status} ${response.headers['X-Cache'] ?? ''}`
  if (planned.statuses.indexOf(status) < 0) {
    const allowed = status < 300 || status === 304
    return `${allowed ? 'wrongly-allowed' : planned.statuses[0] === 200 ? 'wrongly-denied' : 'wrong-status'}: ${status}`
  }
  if (planned.statuses[0] === 200) {
    return planned.md5 !== null && md5(response.body, 'hex') !== planned.md5 ? 'wrong-bytes: digest differs' : ''
  }
  return denialFault(credential, response)
}

/** A denial must not be kept by the browser and must not show the token (semantics.md, "Deny"). */
function denialFault(credential: Credential | undefined, response: RefinedResponse<'text'>): string {
  const cacheControl = response.headers['Cache-Control'] ?? ''
  if (!/no-store|private/.test(cacheControl)) return `storable-denial: ${cacheControl}`
  const secret = credential ? credential.value.slice(-40) : ''
  if (secret.length === 40 && (response.body + JSON.stringify(response.headers)).indexOf(secret) >= 0)
    return 'leak: the token'
  return ''
}

/** Few tags, because k6 keeps each combination; what differs from request to request goes into the metadata. */
function record(planned: PlannedRequest, response: RefinedResponse<'text'>, found: string): void {
  const { headers } = response
  const metadata = exec.vu.metrics.metadata as Record<string, string>
  metadata.id = headers['X-Amz-Cf-Id'] ?? ''
  metadata.status = String(response.status)
  metadata.bytes = String(headers['Content-Length'] ?? (response.body ?? '').length)
  if (found !== '') metadata.fault = `${found} (${planned.method} ${planned.path})`
  edgeRequest.add(response.timings.duration, {
    class: planned.class,
    route: planned.route,
    cache: (headers['X-Cache'] ?? '').split(' ')[0] ?? '',
    pop: headers['X-Amz-Cf-Pop'] ?? '',
  })
  // k6 would repeat them on each of its own samples.
  for (const name of ['id', 'status', 'bytes', 'fault']) delete metadata[name]
}

function shared<Entry>(name: string, from = directory): Entry[] {
  return new SharedArray<Entry>(name, () => JSON.parse(open(`${from}/${name}.json`))) as unknown as Entry[]
}
