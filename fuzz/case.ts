/**
 * What the parts of the fuzzer hand to each other. A case holds bytes only (tokens minted, key sets written out), so that a
 * stored one replays for ever; the oracle judges those bytes and is told nothing about how they were made.
 */
import type { KeyObject } from 'node:crypto'
import type { Headers } from '../authorizer/cloudfront.ts'
import type { Algorithm, Policy } from '../authorizer/policy.ts'

/** What a URL answers: a body, bytes without end, a broken connection, or silence until the caller gives up. */
export type Served =
  | {
      kind: 'body'
      body: string
      status?: number
      headers?: Record<string, string>
      delayMs?: number
      /** After half of the body: silence, an octet a second, or a broken connection. */
      halfway?: 'stall' | 'drip' | 'reset'
    }
  | { kind: 'flood'; bytes: number; prefix?: string }
  | { kind: 'reset' }
  | { kind: 'never' }

/** URL → what it answers from now on. A URL that nobody serves is refused (ECONNREFUSED) and recorded. */
export type ServedUrls = Record<string, Served>

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

/** An attack as data: what it is called, who described it first, and the steps that it becomes in a given world. */
export interface Attack {
  name: string
  class: AttackClass
  /** CVE, GHSA, RFC section or page that describes it. */
  source: string
  /** Null where the world has nothing to attack this way (no public-key confusion without an RSA key). Pure: same random, same scenario. */
  build(world: World, random: Random): Omit<Scenario, 'name' | 'class'> | null
}

/** Everything that minting needs, made once for a run. All of it is synchronous to use. */
export interface World {
  policy: Policy
  /** Milliseconds since the epoch, when handlers load. Tokens are minted against it. */
  start: number
  issuers: readonly [WorldIssuer, ...WorldIssuer[]]
  /** Keys of the attacker's own, of each algorithm that the policy allows and one HMAC-sized secret's worth of RSA. */
  attackerKeys: readonly [WorldKey, ...WorldKey[]]
  /** An https origin that the attacker plays. */
  attackerOrigin: string
  /** Tokens' owners with paths: each is granted `granted` and nothing of `denied`. At least one for each protected route. */
  visitors: readonly [Visitor, ...Visitor[]]
  /** Paths of the public routes; empty where there are none. */
  publicPaths: readonly string[]
}

export interface WorldIssuer {
  issuer: string
  jwksUri: string
  /** Published from the start; the first one is what good tokens are signed with. */
  keys: readonly [WorldKey, ...WorldKey[]]
  /** The issuer's own, not published: for rotations. */
  spareKeys: readonly [WorldKey, ...WorldKey[]]
}

export interface WorldKey {
  kid: string
  algorithm: Algorithm
  privateKey: KeyObject
  publicKey: KeyObject
  /** As published: with `kid`, `alg` and `use`. */
  jwk: Record<string, unknown>
}

export interface Visitor {
  /** Which route of the policy `granted` belongs to. */
  route: number
  issuer: WorldIssuer
  /** A good payload for this policy and clock: valid for one hour from `start`. */
  claims: Record<string, unknown>
  granted: readonly [string, ...string[]]
  denied: readonly string[]
}

/** Seeded. */
export interface Random {
  /** Both ends included. */
  integer(min: number, max: number): number
  pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item
  bytes(length: number): Buffer
}

/** What CloudFront would get from the handler, and what else it did meanwhile. */
export interface Answer {
  result:
    | { kind: 'request'; request: ReturnedRequest }
    | { kind: 'response'; response: ReturnedResponse }
    /** Neither of the two: `value` is its JSON, cut. */
    | { kind: 'invalid'; value: string; why: string }
    | { kind: 'threw'; error: string }
    /** No answer; `spinning` where the process no longer answers at all. */
    | { kind: 'timeout'; spinning: boolean }
    | { kind: 'exit'; code: number | null; signal: string | null }
  fetches: Fetch[]
  /** Lines written to the console or to the standard streams. */
  logs: string[]
  /** The suite's clock afterwards, in milliseconds since the epoch: it moves on while a handler waits for a timer. */
  clock: number
  /** Real time in milliseconds; only a suspicion, which a measurement of CPU time must confirm. */
  realMs: number
}

export interface ReturnedRequest {
  method?: unknown
  uri?: unknown
  querystring?: unknown
  headers?: Headers
  [member: string]: unknown
}

export interface ReturnedResponse {
  status?: unknown
  headers?: Headers
  body?: unknown
  [member: string]: unknown
}

export interface Fetch {
  url: string
  /** Milliseconds since the epoch on the suite's clock. */
  at: number
  /** `connect`: a connection on which no request was sent; `url` is then `tcp://host:port`. */
  via: 'http/1.1' | 'h2' | 'connect'
}

/** What semantics.md says about one request. */
export interface Verdict {
  /** Refused alone for what a good token does not grant (semantics.md, "Order" 7). */
  isForbidden?: boolean
  outcome: 'must-allow' | 'must-deny' | 'may' | 'lax'
  /** The line of semantics.md, as `section/keyword`: `paths/traversal`. */
  rule: string
  /** One clause for people. */
  reason: string
  /** What our own authorizer does where others may choose; absent where even ours may do either. */
  ours?: 'allow' | 'deny'
}

export type FindingClass =
  | 'bypass'
  | 'false-denial'
  | 'crash'
  | 'invalid-result'
  | 'leak'
  | 'poisoning'
  | 'amplification'
  | 'exhaustion'
  | 'open-redirect'
  | 'header-injection'
  | 'unsafe-denial'
  /** Something was fetched that a token or a header named. */
  | 'request-forgery'
  /** A line of the log that the viewer wrote. */
  | 'log-injection'
  /** A denial that a flood of others kept out of the log. */
  | 'blinded-log'

export type Severity = 'critical' | 'high' | 'medium' | 'low'

export interface Finding {
  class: FindingClass
  severity: Severity
  /** `CWE-287`. */
  cwe: string
  rule: string
  /** One line that says what happened and why it is wrong. */
  story: string
  /** Minimal, confirmed in a fresh sandbox. */
  case: FuzzCase
  /** Index of the step whose answer is wrong. */
  step: number
  verdict: Verdict
  answer: Answer
  /** Shell command that replays it. */
  replay: string
  /** What the run had done when a fresh sandbox first showed it. */
  after: Effort
}

/** What a run has used so far. */
export interface Effort {
  cases: number
  /** Of the wall clock. */
  seconds: number
  /** CPU time of the judging thread and of its target processes; 0 where the latter cannot be read (not on Linux). */
  cpuSeconds: number
}

/** A looseness or a difference that is no finding. */
export interface Note {
  rule: string
  story: string
  count: number
}
