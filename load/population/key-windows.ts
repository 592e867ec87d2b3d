/** Which signing key's tokens a run uses when, so that each answer has exactly one right outcome. */
import type { Policy } from '../../authorizer/policy.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { lengthOf, type Scenario } from '../scenarios/scenario.ts'

export interface Window {
  /** Seconds after the start of the load. */
  from: number
  to: number
  /** Good tokens are signed by this key: 0 is the issuer's first, each rotation adds one. */
  generation: number
  /** Tokens of this key, and no later one, must be refused by now; null: none yet. */
  withdrawn: number | null
}

export type Timeline = readonly Window[]

/** Two processes see an event at slightly different times; nothing is expected within this many seconds of an edge. */
const marginSeconds = 1

/**
 * The windows of a scenario. A new key is used once it has been in the issuer's set for three quarters of the time
 * until the old one leaves it (SEMANTICS.md: allowed once published for longer than the cooldown); the old key's tokens
 * are tried again `maxAge` after it left, when they must be refused.
 */
export function timelineOf(scenario: Scenario, seconds: number, policy: Policy): Timeline {
  const { maxAge } = withDefaults(policy).jwks
  const begin = scenario.rampSeconds ?? 0
  const end = lengthOf(scenario, seconds)
  const changes: { at: number; generation?: number; withdrawn?: number }[] = []
  let published = 0
  let generation = 0
  for (const event of scenario.events ?? []) {
    const at = begin + event.at * seconds
    if (event.action === 'rotate-keys') published = at
    if (event.action === 'withdraw-keys') {
      generation += 1
      changes.push({ at: published + 0.75 * (at - published), generation })
      changes.push({ at: at + maxAge + marginSeconds, withdrawn: generation - 1 })
    }
  }
  changes.sort((a, b) => a.at - b.at)
  const windows: Window[] = [{ from: 0, to: end, generation: 0, withdrawn: null }]
  for (const { at, ...change } of changes) {
    const last = windows.at(-1)
    if (!last || at >= end) break
    last.to = at
    windows.push({ ...last, from: at, to: end, ...change })
  }
  return windows
}
