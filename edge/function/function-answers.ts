/** What CloudFront answers where a function of the viewer's does: its own response, a changed one, or its failure. */
import { type EdgeAnswer, failure, type Ran } from '../edge-answer.ts'
import { errorPage } from '../viewer/error-page.ts'
import type { ViewerRequest } from '../viewer/viewer-request.ts'
import { functionErrors } from './function-errors.ts'
import type { FunctionFault } from './function-failure.ts'
import type { FunctionOutcome } from './function-result.ts'
import type { ViewerFunction } from './viewer-functions.ts'

interface FunctionAnswerOptions {
  /** Error pages say no more than CloudFront's. */
  plainErrors: boolean
  functionFailed(fault: FunctionFault): void
}

export class FunctionAnswers {
  readonly #options: FunctionAnswerOptions

  constructor(options: FunctionAnswerOptions) {
    this.#options = options
  }

  /** At viewer response. */
  async afterCache(viewerFunction: ViewerFunction, answer: EdgeAnswer, request: ViewerRequest): Promise<EdgeAnswer> {
    const { pool, encode, edgeFunction } = viewerFunction
    const { outcome, milliseconds, coldStart } = await pool.invoke(encode(request, answer))
    const ran = { functionMs: (answer.functionMs ?? 0) + milliseconds, coldStart: answer.coldStart || coldStart }
    if (outcome.kind === 'failed' || outcome.kind === 'invalid' || outcome.kind === 'throttled') {
      return this.failure(edgeFunction.id, 'viewer-response', outcome, edgeFunction.kind, request, ran)
    }
    if (outcome.kind !== 'answer') return answer
    const { status, statusDescription, headers, body } = outcome.answer
    const bytes = body === undefined ? null : Buffer.from(body, 'base64')
    return {
      ...answer,
      ...ran,
      status,
      statusText: status === answer.status ? answer.statusText : statusDescription,
      headers,
      ...(bytes && { body: request.method === 'HEAD' ? null : bytes, contentLength: bytes.length }),
    }
  }

  /** What CloudFront answers where the function did not let the request through. */
  beforeCache(
    { edgeFunction }: ViewerFunction,
    outcome: Exclude<FunctionOutcome, { kind: 'request' }>,
    request: ViewerRequest,
    ran: Ran,
  ): EdgeAnswer {
    if (outcome.kind === 'answer') throw new Error('a function of requests makes no answer to change')
    if (outcome.kind !== 'response') {
      return this.failure(edgeFunction.id, 'viewer-request', outcome, edgeFunction.kind, request, ran)
    }
    const { status, statusDescription, headers, body, bodyEncoding } = outcome.response
    const bytes = Buffer.from(body, bodyEncoding === 'base64' ? 'base64' : 'utf8')
    const bodiless = request.method === 'HEAD' || status === 204 || status === 304
    return {
      status,
      statusText: statusDescription,
      headers: ['Server', 'CloudFront', 'Date', new Date().toUTCString(), ...headers],
      body: bodiless ? null : bytes,
      contentLength: status === 204 || status === 304 ? null : bytes.length,
      result: edgeFunction.kind === 'lambda' ? 'LambdaGeneratedResponse' : 'FunctionGeneratedResponse',
      age: null,
      why: null,
      ...ran,
    }
  }

  failure(
    functionId: string,
    eventType: string,
    outcome: Extract<FunctionOutcome, { kind: 'failed' | 'invalid' | 'throttled' }>,
    kind: 'lambda' | 'cloudfront',
    request: ViewerRequest,
    ran: Ran,
  ): EdgeAnswer {
    const { status, result, cloudFrontResult, when } = functionErrors[outcome.kind]
    const reason = outcome.kind === 'throttled' ? when : outcome.reason
    const stack = outcome.kind === 'failed' ? (outcome.stack ?? '') : ''
    this.#options.functionFailed({ functionId, eventType, uri: request.uri, reason, stack })
    const detail = `function ${functionId} at ${eventType}: ${reason}${stack === '' ? '' : `\n${stack}`}`
    const answer = failure(
      status,
      kind === 'lambda' ? result : cloudFrontResult,
      request,
      ran,
      `function ${functionId}: ${reason}`,
    )
    return this.#options.plainErrors ? answer : { ...answer, ...errorPage(status, request, detail) }
  }
}
