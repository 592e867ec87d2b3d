/** Requests for a handler of one's own: what its own policy allows and denies. */
import type { Policy } from '../authorizer/policy.ts'
import { keysOf, policyRequests } from '../bench/policy-requests.ts'
import { type RequestSource, writeLines, year } from './requests.ts'
import { suiteTitles } from './suites.ts'

/** `warm` takes the most fresh tokens, in paired.ts. */
const freshTokens = 4096
const deniedRequests = 256

/** Keys are baked in and fresh throughout, as in the gate's own requests, so that nothing measured reaches a network. */
export function policySuites(policy: Policy): RequestSource {
  const { init, cold, warm, hot } = suiteTitles
  const fetchedAt = Date.now()
  const snapshots = Object.fromEntries(
    Object.entries(keysOf(policy)).map(([issuer, { keys }]) => [issuer, { fetchedAt, keys }]),
  )
  const deployed = { policy: { ...policy, jwks: { maxAge: 10 * year, maxStale: 0, cooldown: year } }, snapshots }
  return {
    suites: ['init', 'cold', 'warm', 'hot', 'deny'],
    titles: { init, cold, warm, hot, deny: "denials: no token, malformed, expired, forged, somebody else's path" },
    first: 'warm',
    exported: 'handler',
    isCalibrated: false,
    configurations: { usual: deployed, routes: deployed, cookie: deployed },
    async write(directory, suites) {
      const { fresh, seen, denied } = await policyRequests(policy)
      const suite = (name: string, events: readonly string[], expect: 'allow' | 'deny', once: boolean) =>
        ({ deployment: 'usual', expect, once, events: writeLines(directory, name, events) }) as const
      const isStart = suites.includes('init') || suites.includes('cold')
      const warm = suites.includes('warm') ? freshTokens : isStart ? 1 : 0
      return {
        ...(warm > 0 ? { warm: suite('warm', await fresh(warm), 'allow', true) } : {}),
        ...(suites.includes('hot') ? { hot: suite('hot', await seen(), 'allow', false) } : {}),
        ...(suites.includes('deny') ? { deny: suite('deny', await denied(deniedRequests), 'deny', false) } : {}),
      }
    },
  }
}
