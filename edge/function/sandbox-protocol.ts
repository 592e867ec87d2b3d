/** What a sandbox's two threads say to each other. */

import type { EventType } from '../template/distribution.ts'
import type { DistributionIdentity } from './event-wire.ts'
import type { FunctionOutcome } from './function-result.ts'
import type { NetworkRoute } from './network-guard.ts'

export interface SandboxData {
  program: SandboxProgram
  /** The events it is given. */
  eventType: EventType
  functionName: string
  timeoutMs: number
  memoryMb: number
  distribution: DistributionIdentity
  route: NetworkRoute
  /** One Int32: seconds that the function's clock is ahead; null: it is the machine's. */
  clockAhead: SharedArrayBuffer | null
  /** Where the function's own output goes; null drops it. */
  logFile: string | null
  /** Int32Array of `Slot.length`. */
  shared: SharedArrayBuffer
}

/** `code`: CommonJS text; `file`: a module on disk; `cloudfront`: a script of CloudFront Functions. */
export type SandboxProgram =
  | { kind: 'code'; code: string; handler: string }
  | { kind: 'file'; file: string; directory: string; handler: string }
  | { kind: 'cloudfront'; code: string; runtime: string; store: Readonly<Record<string, string>> | null }

/** Places in the shared Int32Array. */
export const Slot = {
  /** 1 while there is something to receive; the frozen sandbox waits on it. */
  wake: 0,
  /** The number of the event that runs now, 0 between events. */
  current: 1,
  /** Connections that were refused, ever. */
  refused: 2,
  length: 3,
} as const

/** To the sandbox: events with their numbers, to be run one after the other. */
export type Batch = [number: number, wire: string][]

/** From the sandbox. */
export type SandboxMessage =
  | { kind: 'ready'; initMs: number }
  | { kind: 'outcomes'; outcomes: Finished[] }
  /** The event that runs waits for something; those behind it, which were not begun, are given back. */
  | { kind: 'waiting'; numbers: number[] }

export type Finished = [number: number, milliseconds: number, outcome: FunctionOutcome]
