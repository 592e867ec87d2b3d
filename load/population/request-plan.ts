/**
 * The plan of a run: every request that k6 may send, with what must come back, and the order. It is made before the
 * load starts, so that the script that k6 runs only sends and compares.
 */

import type { Policy } from '../../authorizer/policy.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import type { Credential, CredentialSource } from '../../testing/population/credentials.ts'
import type { Population } from '../../testing/population/population.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { Timeline } from './key-windows.ts'
import { type Exchange, requestMaker } from './request-classes.ts'

/** An exchange as the script reads it: the credential is an index, -1 for none. */
export type PlannedRequest = Omit<Exchange, 'credential'> & { credential: number }

export interface Plan {
  requests: PlannedRequest[]
  credentials: Credential[]
  /** Which request each iteration sends, from `from` seconds after the start; starts over where the run is longer. */
  windows: { from: number; sequence: number[] }[]
}

export interface PlanOptions {
  scenario: Scenario
  policy: Policy
  population: Population
  credentials: CredentialSource
  timeline: Timeline
  /** Requests per second at most. */
  rate: number
  seed: number
  /** How many k6 processes share it. Default 1. */
  segments?: number
  /** Entries of a window's sequence at most. Default 200,000. */
  longest?: number
}

export async function makePlan(options: PlanOptions): Promise<Plan> {
  const random = seededRandom(options.seed).uniform
  // A longer sequence would change no ratio and costs memory in k6.
  const { longest = 200_000, segments = 1 } = options
  const requests = new Interned<Exchange>()
  const credentials = new Interned<Credential>()
  const windows: Plan['windows'] = []
  for (const window of options.timeline) {
    const make = requestMaker({ ...options, window, random })
    // Each k6 sends one more than its part of rate times seconds when the run's end falls on a request.
    const length = Math.min(longest, Math.ceil(options.rate * (window.to - window.from)) + segments)
    const sequence: number[] = []
    while (sequence.length < length) {
      const exchange = await make()
      const { method, path, credential } = exchange
      sequence.push(requests.index(`${exchange.class} ${method} ${path} ${credential?.value}`, exchange))
    }
    windows.push({ from: window.from, sequence })
  }
  return {
    requests: requests.list.map(({ credential, ...rest }) => ({
      ...rest,
      credential: credential ? credentials.index(credential.value, credential) : -1,
    })),
    credentials: credentials.list,
    windows,
  }
}

/** A list without repetition. */
class Interned<Entry> {
  readonly list: Entry[] = []
  readonly #indexes = new Map<string, number>()

  index(key: string, entry: Entry): number {
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    this.#indexes.set(key, this.list.length)
    return this.list.push(entry) - 1
  }
}
