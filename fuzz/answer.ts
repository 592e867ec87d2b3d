import type { Headers } from '../authorizer/cloudfront.ts'
import type { Fetch } from '../oracle/served-urls.ts'

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
