/** What a load scenario is made of. The scenarios themselves are data, in `scenarios/`. */

/**
 * What a request carries and asks for, and so what must come back:
 * `public`: a public route, no token. `valid`: a good token on a path that it grants. `preflight`: a browser's question
 * about another origin, without a token, on any path. All three must be allowed.
 * `anonymous`, `expired`, `forged`, `malformed` (no JWT at all, or a path no route matches), `forbidden` (a good
 * token, somebody else's path), `withdrawn` (signed by a key that left the issuer's set): all must be denied.
 * `unjudged`: no token, on any path, for a function without a policy: whatever comes is right, but an error.
 */
export type RequestClass =
  | 'public'
  | 'valid'
  | 'preflight'
  | 'anonymous'
  | 'expired'
  | 'forged'
  | 'malformed'
  | 'forbidden'
  | 'withdrawn'
  | 'unjudged'

/** What happens to the local edge while the load runs. */
export type EdgeAction =
  | 'rotate-keys'
  | 'withdraw-keys'
  | 'issuer-down'
  | 'issuer-up'
  | 'origin-down'
  | 'origin-up'
  | 'kill-sandbox'

export interface Scenario {
  name: string
  /** One line for people. */
  title: string
  /** Requests per second at a relative rate of 1. */
  rate: number
  /** Length of the run. */
  seconds: number
  /**
   * Seconds before a constant rate in which it climbs from nothing: connections are made, sandboxes started and the cache
   * filled, as for a site that has been up for a while. They come on top of `seconds` and are warm-up. Default 0.
   */
  rampSeconds?: number
  /** Share of the run, from its start, whose answers are checked but not counted in times and ratios. */
  warmUp: number
  /** `constant`, or straight lines: over this share of the run, to this relative rate, from the one before (first: 0). */
  arrival: 'constant' | readonly { share: number; to: number }[]
  /** Relative weights. */
  mix: Partial<Record<RequestClass, number>>
  users: number
  /** Objects behind each place that a route grants: a user's own folder, a group's, a public one. `fresh`: each once. */
  objects: number | 'fresh'
  /** Exponent of the Zipf distribution that objects and users are drawn from; 0 is uniform. */
  zipf: number
  /** Every object is in the cache before the first request. Default false: requests fill it. */
  filled?: boolean
  /** One token for each user, or a new one for each request. */
  tokens: 'per-user' | 'per-request'
  /** `at` is a share of the run, from the end of the ramp. */
  events?: readonly { at: number; action: EdgeAction }[]
  /** Replaces the policy's own `jwks`, so that what takes hours in production fits into the run. Seconds. */
  jwks?: { maxAge: number; maxStale: number; cooldown: number }
  /** Replaces objectives that make no sense here; null: not judged. */
  objectives?: { hitRatio?: number | null; p99Ms?: number | null; errorRatio?: number | null }
}

/** From the first request to the last, in seconds. */
export function lengthOf({ rampSeconds = 0 }: Scenario, seconds: number): number {
  return rampSeconds + seconds
}

/** How much of a run is warm-up, from its start, in seconds. */
export function warmUpOf({ rampSeconds = 0, warmUp }: Scenario, seconds: number): number {
  return rampSeconds + warmUp * seconds
}
