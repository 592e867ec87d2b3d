/** What the in-process suites put before their subjects. */
import { denyCases, denyEvents } from '../deny-cases.ts'
import { inCookie, type WorkItem, type Workload } from '../workload.ts'

type Outcome = 'allowed' | 'denied'

export interface Case {
  id: string
  expected: Outcome
  /** Serialized events; a round takes the next ones. */
  events: string[]
  /** The tokens of these events, for the floor: one bare verification each. */
  items: readonly WorkItem[]
  /** Requests that each subject answers before anything is measured. */
  primer: string[]
  /** Events and primer with their tokens in a cookie, for the authorizer's other source; not of denials. */
  inCookie?: Pick<Case, 'events' | 'primer'>
  /** Events may be given a second time; otherwise a process has as many rounds as there are fresh ones. */
  repeatable: boolean
}

/** Tokens that a sandbox has seen and sees again. */
const seenTokens = 256

/**
 * Cases by id: `warm` (keys cached, token never seen), `hot` (token seen), both also as `-cookie` for handlers that read
 * cookies, and the denials of deny-cases.ts.
 */
export function buildCase(id: string, workload: Workload): Case {
  const [kind, source] = id.split('-')
  const pool = source === 'cookie' ? workload.cookie : workload.valid
  // A subject fetches its keys, and compiles, before the first measured round.
  const primer = pool.slice(-8).map((item) => item.event)
  const items = pool.slice(0, -8)
  const events = items.map((item) => item.event)
  const form = (some: readonly WorkItem[]) => (source === undefined ? some.map(inCookie) : [])
  if (kind === 'warm') {
    const cookies = { events: form(items), primer: form(pool.slice(-8)) }
    return { id, expected: 'allowed', events, items, primer, inCookie: cookies, repeatable: false }
  }
  if (kind === 'hot') {
    const seen = events.slice(0, seenTokens)
    const cookies = form(items.slice(0, seenTokens))
    const again = { events: cookies, primer: cookies }
    return { id, expected: 'allowed', events: seen, items, primer: seen, inCookie: again, repeatable: true }
  }
  const denyCase = denyCases.find((entry) => entry.id === id)
  if (!denyCase) throw new Error(`no case ${id}`)
  const denied = denyCase.pool === undefined ? items : workload[denyCase.pool]
  return { id, expected: 'denied', events: denyEvents(denyCase, denied), items, primer, repeatable: false }
}
