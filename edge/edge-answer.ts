import type { EdgeResult } from './log/edge-result.ts'
import { errorPage } from './viewer/error-page.ts'
import type { Answer } from './viewer/narrow-response.ts'
import type { ViewerRequest } from './viewer/viewer-request.ts'

/** An answer and how it came about. */
export interface EdgeAnswer extends Answer {
  result: EdgeResult
  /** Seconds, for what comes from a cache. */
  age: number | null
  functionMs: number | null
  coldStart: boolean
  /** Why it is no hit, or no answer of the origin's. */
  why: string | null
}

/** What a function took of a request's time. */
export interface Ran {
  functionMs: number | null
  coldStart: boolean
}

/** No function ran. */
export const unasked: Ran = { functionMs: null, coldStart: false }

export function failure(status: number, result: EdgeResult, request: ViewerRequest, ran: Ran, why: string): EdgeAnswer {
  return { ...errorPage(status, request), result, age: null, why, ...ran }
}
