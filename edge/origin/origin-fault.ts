export interface OriginControls {
  /** Applies to every origin request from now on, in place of an earlier fault. */
  fault(fault: OriginFault): void
  restore(): void
}

export interface OriginFault {
  /** Added before the first byte, in milliseconds. */
  latencyMs?: number
  /** Answers with this status instead of the object. */
  status?: number
  /** Closes the connection: before the answer's first byte, or in the middle of its body. */
  disconnect?: 'before' | 'during'
  /** Share of requests concerned, 0 to 1; the first ones of each hundred. Default 1. */
  share?: number
}
