import type { Severity } from './finding.ts'
import type { Runtime } from './sandbox/protocol.ts'
import type { ShippedHandler } from './shipped/shipped-handlers.ts'

/** Which handler, and in which runtime. */
export interface HandlerOptions {
  /** A CommonJS or ES module that exports `handler`; default: the configuration's `handler`, else our own authorizer, built with the policy. */
  handler?: string
  /** One of the handlers that ship with the fuzzer, with its own policy and its recorded differences. */
  target?: ShippedHandler
  runtime?: Runtime
  /** Over the configuration's `handler` section. */
  event?: 'viewer-request' | 'origin-request'
  /** `NAME=TEMPLATE` and `NAME: TEMPLATE`: how visitors show who they are. */
  cookie?: string[]
  header?: string[]
  /** `NAME=VALUE`. */
  environment?: string[]
  /** No credential can be made: nobody may pass. */
  denyOnly?: boolean
}

/** What makes a run fail, over the configuration's `fuzz`. */
export interface FailureOptions {
  /** Findings of this severity or a worse one fail; default `medium`. */
  failOn?: Severity
  /** Every finding fails, hardening too. Default: for our authorizer. */
  strict?: boolean
  /** A JSON file of suppressions, beside the configuration's. */
  suppressions?: string
}

export interface FuzzOptions extends HandlerOptions, FailureOptions {
  /** Default 20 where `runs` is not given either. */
  seconds?: number
  runs?: number
  /** Default 1. */
  seed?: string
  /** Default 1. */
  workers?: number
  /** `i/n`: this is the i-th of n machines that share one seed. */
  shard?: string
  /** A long run saves where it is after so many cases (default 100,000; a run by time: each minute). */
  checkpoint?: number
  /** Stories of sign-in alone. Default: they have half of the time where the policy has `signIn`. */
  sessions?: boolean
  /** Go on from what an interrupted run saved in the output directory. */
  resume?: boolean
}
