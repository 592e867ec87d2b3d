/** What the in-process suites put before their subjects. */
import { denyCases, denyEvents } from '../deny-cases.ts'
import type { WorkItem, Workload } from '../workload.ts'

export type Outcome = 'allowed' | 'denied'

export interface Case {
  id: string
  expected: Outcome
  /** Serialized events; a round takes the next ones. */
  events: string[]
  /** The tokens of these events, for the floor: one bare verification each. */
  items: readonly WorkItem[]
  /** Requests that each subject answers before anything is measured. */
  primer: string[]
  /** Events may be given a second time; otherwise a process has as many rounds as there are fresh ones. */
  repeatable: boolean
}

/** Tokens that a sandbox has seen and sees again. */
const seenTokens = 256

/** Cases by id: `warm` (keys cached, token never seen), `hot` (token seen), and the denials of deny-cases.ts. */
export function buildCase(id: string, { valid }: Workload): Case {
  // A subject fetches its keys, and compiles, before the first measured round.
  const primer = valid.slice(-8).map((item) => item.event)
  const fresh = valid.slice(0, -8)
  const events = fresh.map((item) => item.event)
  if (id === 'warm') return { id, expected: 'allowed', events, items: fresh, primer, repeatable: false }
  if (id === 'hot') {
    const seen = events.slice(0, seenTokens)
    return { id, expected: 'allowed', events: seen, items: fresh, primer: seen, repeatable: true }
  }
  const denyCase = denyCases.find((entry) => entry.id === id)
  if (!denyCase) throw new Error(`no case ${id}`)
  return { id, expected: 'denied', events: denyEvents(denyCase, fresh), items: fresh, primer, repeatable: false }
}
