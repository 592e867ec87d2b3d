/**
 * CPU time of several handlers that take turns on the same requests: in each round every subject answers one block, in an
 * order drawn anew (nobody always follows the same neighbour, whose data are then in the caches), next to two blocks that are no subject: the harness alone (parse the event, await a function that
 * returns it) and one bare `crypto.verify` for each token. What a subject costs is its block less the harness's; its
 * ratio is to the bare verification in the same rounds, so that a machine that slows down slows both.
 */
import { createPublicKey, verify } from 'node:crypto'
import type { ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import type { Handler } from '../../handlers/timed/deployment.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { publishedKeys } from '../issuer-keys.ts'
import { NotReady } from '../not-yet-loaded.ts'
import type { WorkItem } from '../workload.ts'
import type { Case } from './cases.ts'

export interface RoundsPlan {
  /** Requests in one block. */
  block: number
  /** Rounds before measuring begins. */
  warmup: number
  rounds: number
  /** Decides the order of turns; differs from process to process. */
  seed: number
}

export interface RoundsSubject {
  id: string
  handler: Handler
  share: number
  /** `cookie`: it is given the requests with their tokens in a cookie, where the case has them. Default `header`. */
  credentials?: 'header' | 'cookie'
}

/** Microseconds of CPU time (user and system, all threads) and of wall time for one request, means over the measured rounds. */
interface Cost {
  cpu: number
  wall: number
}

export interface RoundsReport {
  case: string
  harness: Cost
  verify: Cost
  /** Only where every token was seen: parse the event and ask a Map for its token. */
  lookup: Cost | null
  /** Harness not yet subtracted; `harness`: that of its form of the requests; `blocks`: CPU time of each measured block, per request. */
  subjects: Record<string, Cost & { harness: number; blocks: number[] }>
  requests: number
}

/** Runs one case. Throws where a subject's answer is not the expected one. */
export async function runRounds(
  entry: Case,
  subjects: readonly RoundsSubject[],
  plan: RoundsPlan,
): Promise<RoundsReport> {
  const isInCookie = ({ credentials }: RoundsSubject) => credentials === 'cookie' && hasCookies(entry)
  for (const subject of subjects) {
    await prime(subject.id, subject.handler, (isInCookie(subject) && entry.inCookie) || entry)
  }
  const contestants: Contestant[] = [
    { id: 'harness', run: (events) => answer(harness, events), share: 1 },
    ...(subjects.some(isInCookie)
      ? [{ id: 'harness-cookie', run: (events: string[]) => answer(harness, events), share: 1, inCookie: true }]
      : []),
    { id: 'verify', run: (_events, items) => verifyAll(items), share: 1 },
    ...(entry.repeatable ? [lookupFloor(entry.events)] : []),
    ...subjects.map((subject) => ({ ...contestantOf(subject, entry), inCookie: isInCookie(subject) })),
  ]
  const totals = new Map(contestants.map(({ id }) => [id, { cpu: 0, wall: 0, requests: 0, blocks: [] as number[] }]))
  for (let round = 0; round < plan.warmup + plan.rounds; round++) {
    const { events, cookieEvents, items } = blockOf(entry, round, plan.block)
    for (const contestant of seededRandom(`${plan.seed} ${round}`).shuffled(contestants)) {
      const total = totals.get(contestant.id)
      if (!total) throw new Error(`no contestant ${contestant.id}`)
      const all = contestant.inCookie ? cookieEvents : events
      const count = Math.max(1, Math.round(all.length * contestant.share))
      const own = count === all.length ? all : all.slice(0, count)
      const wall = performance.now()
      const cpu = process.cpuUsage()
      await contestant.run(own, items)
      const { user, system } = process.cpuUsage(cpu)
      if (round < plan.warmup) continue
      total.cpu += user + system
      total.wall += (performance.now() - wall) * 1000
      total.requests += count
      total.blocks.push((user + system) / count)
    }
  }
  const cost = (id: string): Cost => {
    const { cpu = 0, wall = 0, requests = 1 } = totals.get(id) ?? {}
    return { cpu: cpu / requests, wall: wall / requests }
  }
  return {
    case: entry.id,
    harness: cost('harness'),
    verify: cost('verify'),
    lookup: totals.has('lookup') ? cost('lookup') : null,
    subjects: Object.fromEntries(
      subjects.map((subject) => {
        const { cpu } = cost(isInCookie(subject) ? 'harness-cookie' : 'harness')
        return [subject.id, { ...cost(subject.id), harness: cpu, blocks: totals.get(subject.id)?.blocks ?? [] }]
      }),
    ),
    requests: totals.get('harness')?.requests ?? 0,
  }
}

function hasCookies({ inCookie }: Case): boolean {
  return inCookie !== undefined && inCookie.events.length > 0
}

interface Contestant {
  id: string
  share: number
  inCookie?: boolean
  run(events: string[], items: readonly WorkItem[]): Promise<unknown>
}

function contestantOf({ id, handler, share }: RoundsSubject, { id: name, expected }: Case): Contestant {
  return {
    id,
    share,
    async run(events) {
      const allowed = await answer(handler, events)
      if (allowed !== (expected === 'allowed' ? events.length : 0)) {
        throw new Error(`${id}: ${allowed} of ${events.length} ${name} requests were allowed`)
      }
    },
  }
}

/** The least that remembering tokens can cost: one `Map.get` with a string that was made a moment ago. */
function lookupFloor(events: readonly string[]): Contestant {
  const credentials = (event: ViewerRequestEvent) => {
    const { authorization, cookie } = viewerRequest(event).headers
    return (authorization ?? cookie)?.[0]?.value
  }
  const seen = new Map(events.map((text) => [credentials(JSON.parse(text)), true]))
  const handler: Handler = async (event) => {
    if (!seen.get(credentials(event))) throw new Error('the token was not seen')
    return viewerRequest(event)
  }
  return { id: 'lookup', share: 1, run: (own) => answer(handler, own) }
}

/** Has a subject answer the case's first requests, at which it fetches its keys. Throws NotReady. */
export async function prime(id: string, handler: Handler, { primer }: Pick<Case, 'primer'>): Promise<void> {
  const allowed = await answer(handler, primer)
  if (allowed !== primer.length) throw new NotReady(`${id}: ${allowed} of ${primer.length} valid requests were allowed`)
}

/** Answers each event, freshly parsed; the number that were allowed. */
async function answer(handler: Handler, events: readonly string[]): Promise<number> {
  let allowed = 0
  for (const text of events) {
    const result = await handler(JSON.parse(text))
    if ('uri' in result) allowed++
  }
  return allowed
}

const harness: Handler = async (event) => viewerRequest(event)

function viewerRequest(event: ViewerRequestEvent): ViewerRequest {
  const request = event.Records[0]?.cf.request
  if (!request) throw new Error('not an event')
  return request
}

const publicKey = createPublicKey({ key: publishedKeys[0] ?? {}, format: 'jwk' })
const preparedSignatures = new WeakMap<WorkItem, { data: Buffer; signature: Buffer }>()

/** One bare verification for each token; its octets are prepared before the first measured use. */
function prepare(item: WorkItem): { data: Buffer; signature: Buffer } {
  const known = preparedSignatures.get(item)
  if (known) return known
  const end = item.token.lastIndexOf('.')
  const prepared = {
    data: Buffer.from(item.token.slice(0, end)),
    signature: Buffer.from(item.token.slice(end + 1), 'base64url'),
  }
  preparedSignatures.set(item, prepared)
  return prepared
}

async function verifyAll(items: readonly WorkItem[]): Promise<void> {
  for (const item of items) {
    const { data, signature } = prepare(item)
    if (!verify('RSA-SHA256', data, publicKey, signature)) throw new Error('a valid signature did not verify')
  }
}

/** The requests of a round, and the tokens whose bare verification they are compared with. */
function blockOf(entry: Case, round: number, size: number) {
  const items = take(entry.items, round, size)
  for (const item of items) prepare(item)
  if (!entry.repeatable && (round + 1) * size > entry.events.length) {
    throw new Error(`${entry.id}: ${entry.events.length} fresh requests are too few for round ${round}`)
  }
  return {
    events: take(entry.events, round, size),
    cookieEvents: take(entry.inCookie?.events ?? [], round, size),
    items,
  }
}

function take<Item>(list: readonly Item[], round: number, size: number): Item[] {
  return Array.from({ length: size }, (_, index) => list[(round * size + index) % list.length] as Item)
}
