/**
 * What the parts of the fuzzer hand to each other. A case holds bytes only (tokens minted, key sets written out), so that a
 * stored one replays for ever; the oracle judges those bytes and is told nothing about how they were made.
 */

import type { Policy } from '../authorizer/policy.ts'
import type { ServedUrls } from '../oracle/served-urls.ts'
import type { Story } from './sessions/story.ts'

export type Cut = 'reset' | 'silence'

export type Step =
  /** One invocation. `event` is JSON as Lambda would hand it over; a viewer-request event unless its form is the attack. */
  | { kind: 'request'; event: unknown }
  /** The clock moves on; timers that come due fire in between. */
  | { kind: 'advance'; ms: number }
  /**
   * The sandbox was frozen: the wall clock jumps, timers fire late, once it has thawed. Negative: the clock was set back.
   * `cuts`: what was being fetched is found broken off at the thaw, or nothing more is heard of it; left out, it goes on.
   */
  | { kind: 'freeze'; ms: number; cuts?: Cut }
  /** The issuer (rotation, outage) or the attacker changes what URLs answer. */
  | { kind: 'serve'; urls: ServedUrls }

/** What one attack or one generated value asks for, before it is bound to a policy, a clock and keys. */
export interface Scenario {
  /** The attack's name, or what the generator calls this shape; stable, kebab-case. */
  name: string
  class: AttackClass
  /**
   * Requests alone may share one instance of the handler with other cases (that is how poisoning shows); a scenario
   * with any other step gets an instance of its own.
   */
  steps: Step[]
  /** Answers over the issuer's good ones, in force from before the handler loads: an outage at INIT, or a host that a token names. */
  serve?: ServedUrls
}

/** A scenario with everything that it needs to be replayed. */
export interface FuzzCase extends Scenario {
  policy: Policy
  /** Milliseconds since the epoch, when the handler loads. */
  start: number
  /** Complete: the issuers' and the attacker's URLs when the handler loads. */
  serve: ServedUrls
  /** Of sessions: what happens, in the place of steps. */
  story?: Story
}

export type AttackClass =
  | 'benign'
  | 'credentials'
  | 'algorithm'
  | 'signature'
  | 'key-selection'
  | 'serialization'
  | 'json'
  | 'claims'
  | 'time'
  | 'path'
  | 'headers'
  | 'method'
  | 'preflight'
  | 'cache'
  | 'rotation'
  | 'outage'
  | 'resources'
  | 'logging'
  | 'event-shape'
  | 'sign-in'
