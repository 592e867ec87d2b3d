import type { Runtime } from './sandbox/protocol.ts'
import type { ShippedTarget } from './shipped/shipped-handlers.ts'

export interface FuzzOptions {
  /** A CommonJS or ES module that exports `handler`; default: our own authorizer, built with the policy. */
  handler?: string
  /** One of the handlers that ship with the fuzzer, with its own policy and its recorded differences. */
  target?: ShippedTarget
  runtime?: Runtime
  /** Default 20 where `runs` is not given either. */
  seconds?: number
  runs?: number
  /** Default 1. */
  seed?: string
  /** Default 1. */
  workers?: number
  /** `i/n`: this is the i-th of n machines that share one seed. */
  shard?: string
  /** A stored case instead of generated ones. */
  replay?: string
  /** With `replay`: writes the smallest case that shows the same. */
  minimize?: boolean
  /** A long run saves where it is after so many cases (default 100,000; a run by time: each minute). */
  checkpoint?: number
  /** Go on from what an interrupted run saved in the output directory. */
  resume?: boolean
  /** Project Wycheproof's vectors from `WYCHEPROOF_DIR` instead of generated cases. */
  wycheproof?: boolean
  /** Measure requests per second and core instead of looking for findings. */
  rates?: boolean
}
