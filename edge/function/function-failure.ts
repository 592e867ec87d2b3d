import type { FunctionOutcome } from './function-result.ts'

/** A function on the origin's side that let nothing through. */
export class FunctionFailure extends Error {
  override readonly name = 'FunctionFailure'
  readonly outcome: Extract<FunctionOutcome, { kind: 'failed' | 'invalid' | 'throttled' }>
  readonly functionId: string

  constructor(functionId: string, outcome: FunctionFailure['outcome']) {
    super(`function ${functionId}: ${outcome.kind}`)
    this.functionId = functionId
    this.outcome = outcome
  }
}

/** What a user of startEdge hears when a function throws, returns what CloudFront does not take, or is turned away. */
export interface FunctionFault {
  /** Logical id in the template. */
  functionId: string
  eventType: string
  uri: string
  reason: string
  /** A few lines of where it was thrown; empty where nothing was. */
  stack: string
}
