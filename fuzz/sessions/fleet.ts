/** CloudFront with the function's instances: an HTTP request becomes an event, the result what a browser sees. */
import type { Headers, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import type { Served, ServedUrls } from '../../oracle/served-urls.ts'
import { viewerRequestEvent } from '../../testing/viewer-request.ts'
import { bodyOf } from '../invariants/header-values.ts'
import { readResult, requestFault, responseFault } from '../invariants/result-shape.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { placedHandler } from '../sandbox/place-handler.ts'
import type { Call } from '../sandbox/protocol.ts'
import { type ChildSandbox, SandboxGone, sandboxFor } from '../sandbox/sandbox.ts'
import { distribution } from './site.ts'

export interface EdgeRequest {
  method: string
  url: URL
  /** In the place of the URL's own path: what no browser sends. */
  uri?: string
  headers: Readonly<Record<string, string | readonly string[]>>
}

export type EdgeAnswer =
  | { kind: 'response'; status: number; headers: Headers; body: string }
  /** It goes to the cache and the bucket with these headers. */
  | { kind: 'passed'; uri: string; querystring: string; headers: Headers }
  /** `refused`: by CloudFront, for what it returned; `why` continues "the handler". */
  | { kind: 'failed'; how: 'threw' | 'ended' | 'silent' | 'refused'; why: string }

export interface Invocation {
  request: EdgeRequest
  event: ViewerRequestEvent
  answer: EdgeAnswer
  logs: readonly string[]
  /** Milliseconds of the suite's clock. */
  took: number
  /** The suite's clock afterwards. */
  clock: number
}

/** CPU time of one request after which it counts as spinning. */
const spinMs = 5_000

/** How the function is called and what it finds around it. */
export interface Deployment extends Pick<HandlerUnderTest, 'runtime' | 'policy' | 'handler'> {
  /** Key sets that are written into it, where its deployment does that. */
  keySets: ServedUrls
  /** Milliseconds since the epoch. */
  start: number
}

/**
 * The instances of one function: each has a memory of its own, and requests take turns among them. Child processes are kept
 * from story to story.
 */
export class Fleet {
  /** Answers what the function asks for. */
  server: (call: Call) => Served = () => ({ kind: 'reset' })
  readonly #deployment: Deployment
  #instances: { sandbox: ChildSandbox; isLoaded: boolean; clock: number }[] = []
  #file = ''
  #count = 1
  #turn = 0

  constructor(deployment: Deployment) {
    this.#deployment = deployment
  }

  /** The function's code is this file now; instances load it at their next request. */
  deploy(file: string, instances: number): void {
    this.#file = file
    this.#count = instances
    this.#turn = 0
    for (const instance of this.#instances) instance.isLoaded = false
  }

  /** Throws HandlerRefused where the file does not load. */
  async invoke(request: EdgeRequest, now: number, requestId: string): Promise<Invocation> {
    const event = eventOf(request, requestId)
    const instance = await this.#next(now)
    // A sandbox is frozen between requests: its clock jumps.
    const before = now - instance.clock
    const steps = [
      ...(before === 0 ? [] : [{ kind: 'freeze' as const, ms: before }]),
      { kind: 'request' as const, event },
    ]
    try {
      const outcomes = await instance.sandbox.run(steps, { stepLimitMs: spinMs })
      const outcome = outcomes.at(-1)
      if (!outcome?.result) throw new Error('no result of a request')
      instance.clock = outcome.effects.clock
      const logs = outcomes.flatMap(({ effects }) => effects.logs)
      const answer = answerOf(readResult(outcome.result), event)
      return { request, event, answer, logs, took: instance.clock - now, clock: instance.clock }
    } catch (error) {
      if (!(error instanceof SandboxGone)) throw error
      return {
        request,
        event,
        answer: goneAnswer(error),
        logs: [],
        took: 0,
        clock: now,
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#instances.map(({ sandbox }) => sandbox[Symbol.asyncDispose]()))
    this.#instances = []
  }

  async #next(now: number) {
    const index = this.#turn++ % this.#count
    let instance = this.#instances[index]
    if (!instance || instance.sandbox.gone) {
      const sandbox = sandboxFor(this.#deployment, { server: (call) => this.server(call) })
      instance = { sandbox, isLoaded: false, clock: now }
      this.#instances[index] = instance
    }
    if (!instance.isLoaded) {
      const { start, keySets } = this.#deployment
      const file = await placedHandler({ ...this.#deployment, file: this.#file }, start, keySets)
      const { clock } = await instance.sandbox.load(file, now, {})
      Object.assign(instance, { isLoaded: true, clock })
    }
    return instance
  }
}

function eventOf({ method, url, uri = url.pathname, headers }: EdgeRequest, requestId: string): ViewerRequestEvent {
  const { host = url.host, ...others } = headers
  const event = viewerRequestEvent(uri, {
    method,
    querystring: url.search.slice(1),
    headers: { host, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', accept: '*/*', ...others },
    requestId,
  })
  const [record] = event.Records
  Object.assign(record?.cf.config ?? {}, { distributionDomainName: distribution })
  return event
}

function answerOf(result: ReturnType<typeof readResult>, event: ViewerRequestEvent): EdgeAnswer {
  if (result.kind === 'threw') return { kind: 'failed', how: 'threw', why: `threw ${result.error}` }
  if (result.kind === 'timeout') return { kind: 'failed', how: 'silent', why: 'never answered' }
  if (result.kind === 'exit') return { kind: 'failed', how: 'ended', why: 'ended its process' }
  if (result.kind === 'invalid') return refused(result.why)
  if (result.kind === 'response') {
    const fault = responseFault(result.response)
    if (fault) return refused(fault)
    const { status, headers = {} } = result.response
    return { kind: 'response', status: Number(status), headers, body: bodyOf(result.response) }
  }
  const original = event.Records[0]?.cf.request ?? { headers: {} }
  const fault = requestFault(result.request, { ...original })
  if (fault) return refused(fault)
  const { uri, querystring, headers = {} } = result.request
  return { kind: 'passed', uri: String(uri), querystring: String(querystring ?? ''), headers }
}

function goneAnswer({ how }: SandboxGone): EdgeAnswer {
  if (how.kind === 'spinning') return { kind: 'failed', how: 'silent', why: 'no longer answers' }
  return { kind: 'failed', how: 'ended', why: `ended its process (${how.signal ?? how.code})` }
}

function refused(fault: string): EdgeAnswer {
  return { kind: 'failed', how: 'refused', why: `returned what CloudFront refuses: ${fault}` }
}
