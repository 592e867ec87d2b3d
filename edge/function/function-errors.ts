/** What CloudFront answers when a function neither lets the request through nor answers it. Amazon CloudFront Developer Guide. */
import type { EdgeResult } from '../log/edge-result.ts'
import type { FunctionOutcome } from './function-result.ts'

type ErrorKind = Exclude<FunctionOutcome['kind'], 'request' | 'response' | 'answer'>

export interface FunctionError {
  when: string
  status: 502 | 503
  /** Of Lambda@Edge, and of CloudFront Functions. */
  result: EdgeResult
  cloudFrontResult: EdgeResult
  source: string
}

export const functionErrors: Readonly<Record<ErrorKind, FunctionError>> = {
  failed: {
    when: 'it throws, exits, runs out of memory or out of time',
    status: 503,
    result: 'LambdaExecutionError',
    cloudFrontResult: 'FunctionExecutionError',
    // The guide of 2023-06-15 still had a page for 500; the current one lists it under 503.
    source: 'http-503-service-unavailable, "Lambda@Edge or CloudFront Function execution error", read 2026-11-22',
  },
  invalid: {
    when: 'its result is malformed or changes what it may not',
    status: 502,
    result: 'LambdaValidationError',
    cloudFrontResult: 'FunctionValidationError',
    source: 'http-502-lambda-validation-error, source of 2023-06-15',
  },
  throttled: {
    when: 'all sandboxes are busy and no other may start',
    status: 503,
    result: 'LambdaLimitExceeded',
    cloudFrontResult: 'FunctionThrottledError',
    source: 'http-503-service-unavailable, "Lambda@Edge limit exceeded", read 2026-11-22',
  },
}
