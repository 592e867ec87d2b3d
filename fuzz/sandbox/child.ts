/** The child process that holds a handler: loads it, hands it events one at a time, and reports what came of each. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Served } from '../../oracle/served-urls.ts'
import type { Step } from '../case.ts'
import { loadCloudFrontFunction } from './cloudfront-function.ts'
import { loadFetchHandler } from './fetch-handler.ts'
import { type Handler, loadHandler } from './load-handler.ts'
import { originRequestEvent, withoutOrigin } from './origin-request.ts'
import { captureOutput } from './output-capture.ts'
import { countPendingCrypto } from './pending-work.ts'
import type { Call, Calling, Effects, RawResult, Reply, Request, Runtime, StepOutcome } from './protocol.ts'
import { guardPrototypes } from './prototype-guard.ts'
import { stepReporter } from './step-progress.ts'
import { VirtualClock } from './virtual-clock.ts'
import { installDate } from './virtual-date.ts'
import { createVirtualNetwork } from './virtual-network.ts'
import { installMonotonic, installTimers } from './virtual-timers.ts'

/** Lambda's own limit for a function at viewer request (Lambda@Edge quotas); a handler that waits longer gave no answer. */
const functionTimeoutMs = 30_000
/** "Init: limited to 10 seconds" (Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle"). */
const initTimeoutMs = 10_000
/** So many graces, in which nothing was to be waited for, a module is given that awaits at its top level. */
const mostIdle = 20
/** Turns of the event loop without anything moving, after which the handler only waits for the clock. */
const quietTurns = 12
/** Real time that work in other threads (files, zlib) is given before the clock moves; nobody's decision depends on it. */
const graceMs = 1
const maxStops = 200
const lastGraceMs = 100

const realSetImmediate = setImmediate
const realSetTimeout = setTimeout
const realNow = performance.now.bind(performance)
const realError = console.error.bind(console)
const send = process.send?.bind(process)
if (!send) {
  realError('This file is started by the fuzzer as a child process.')
  process.exit(2)
}

const begin = stepReporter()
const clock = new VirtualClock()
const pendingCrypto = countPendingCrypto()
const asked = new Map<number, (answer: Served) => void>()
/** Settles at the suite's next answer. */
let heard = Promise.withResolvers<void>()
let calls = 0
const network = createVirtualNetwork(clock, askSuite)
/** Work of others that is under way: the clock stands still for it. */
const pending = () => pendingCrypto() + asked.size
installDate(clock)
installMonotonic(clock)
installTimers(clock)
const takeLogs = captureOutput()
const takePollution = guardPrototypes()

let handler: Handler | undefined
let runtime: Runtime = 'nodejs24.x'
let event: NonNullable<Calling['event']> = 'viewer-request'
let stray: ((error: string) => void) | undefined
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => stray?.(`${event}: ${textOf(error)}`))
}
process.on('disconnect', () => process.exit(0))
process.on('message', (request: Request) => {
  if (request.kind === 'answer') {
    asked.get(request.number)?.(request.answer)
    asked.delete(request.number)
    heard.resolve()
    heard = Promise.withResolvers()
    return
  }
  answer(request).then(
    (reply) => send(reply),
    (error) => send({ kind: 'refused', reason: textOf(error) } satisfies Reply),
  )
})

function askSuite(call: Call): Promise<Served> {
  const number = ++calls
  return new Promise((resolve) => {
    asked.set(number, resolve)
    send?.({ kind: 'asked', number, call } satisfies Reply)
  })
}

async function answer(request: Exclude<Request, { kind: 'answer' }>): Promise<Reply> {
  if (request.kind === 'load') return load(request)
  if (request.kind === 'run') {
    const outcomes: StepOutcome[] = []
    for (const [index, step] of request.steps.entries()) {
      begin(index)
      outcomes.push(await take(step, request.timed ?? false))
    }
    outcomes.at(-1)?.effects.polluted.push(...takePollution(true))
    return { kind: 'ran', outcomes }
  }
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { kind: 'memory', heapBytes: heapUsed, externalBytes: external, rssBytes: rss }
}

async function load(request: Extract<Request, { kind: 'load' }>): Promise<Reply> {
  clock.reset(request.start)
  network.reset(request.serve, request.asks ?? false)
  takeLogs()
  runtime = request.runtime
  event = request.event ?? 'viewer-request'
  try {
    inItsFolder(request.file)
    handler = await withinInit(loadAs(request))
  } catch (error) {
    return { kind: 'refused', reason: textOf(error) }
  }
  // What INIT began goes on while nothing waits for the clock; Lambda freezes a sandbox only after INIT.
  await untilStill()
  return { kind: 'loaded', effects: { ...effects(), parameters: handler.length } }
}

async function loadAs({ file, runtime, store }: Extract<Request, { kind: 'load' }>): Promise<Handler> {
  if (runtime === 'cloudfront-js-2.0') return loadCloudFrontFunction(file, store)
  return runtime === 'fetch' ? loadFetchHandler(file) : loadHandler(file)
}

/** As in Lambda's task root: what lies beside the file is read by its name alone. */
function inItsFolder(file: string): void {
  const folder = dirname(file)
  if (!existsSync(folder)) return
  process.chdir(folder)
  process.env.LAMBDA_TASK_ROOT = folder
}

/** A module that awaits at its top level may wait for the clock: a slow answer, a time limit of its own. */
async function withinInit(loading: Promise<Handler>): Promise<Handler> {
  let settled = false
  const settle = () => {
    settled = true
  }
  loading.then(settle, settle)
  const end = clock.now() + initTimeoutMs
  let idle = 0
  while (!(await untilQuiet(() => settled))) {
    const due = clock.nextDue()
    // Modules are read by other threads.
    await new Promise((resolve) => realSetTimeout(resolve, lastGraceMs))
    if (settled || clock.nextDue() !== due || pending() > 0) continue
    if (due === undefined ? ++idle > mostIdle : due > end) throw new Error('INIT took longer than 10 s')
    if (due !== undefined) clock.advanceTo(due)
  }
  return loading
}

async function take(step: Step, timed: boolean): Promise<StepOutcome> {
  if (step.kind === 'request') return invoke(step.event, timed)
  if (step.kind === 'serve') network.serve(step.urls)
  else if (step.kind === 'freeze') return freeze(step)
  else {
    const end = clock.now() + step.ms
    // What a request began and did not wait for, a refresh beside it, has the time before this.
    await untilStill()
    // A handler with a short interval would make a long step last for ever; the rest of its timers fire at the end.
    for (let stops = 0; stops < maxStops; stops++) {
      const due = clock.nextDue()
      if (due === undefined || due > end) break
      clock.advanceTo(due)
      await untilStill()
    }
    clock.jump(end)
    clock.advanceTo(end)
    await untilStill()
  }
  return { effects: effects(), realMs: 0 }
}

async function freeze({ ms, cuts }: Extract<Step, { kind: 'freeze' }>): Promise<StepOutcome> {
  // Lambda's runtime turns the loop when it hands a response over: what was put off until then has begun.
  if (cuts) await untilStill()
  const underWay = network.underWay()
  if (cuts) network.cut(cuts)
  clock.jump(clock.now() + ms)
  // An error is there before the next request is.
  if (cuts) await untilStill()
  return { effects: { ...effects(), underWay }, realMs: 0 }
}

async function invoke(given: unknown, timed: boolean): Promise<StepOutcome> {
  const started = realNow()
  const cpu = timed ? process.cpuUsage() : undefined
  let result: RawResult | undefined
  const settle = (value: RawResult) => {
    result ??= value
  }
  stray = (error) => settle({ kind: 'threw', error })
  start(event === 'origin-request' ? originRequestEvent(given) : given, settle)
  // A handler that has its keys answers within a few turns of the microtask queue.
  for (let turn = 0; turn < 40 && result === undefined; turn++) await undefined
  if (result === undefined) await waitFor(() => result !== undefined)
  stray = undefined
  const used = cpu && process.cpuUsage(cpu)
  return {
    effects: effects(),
    result: result ?? { kind: 'timeout' },
    realMs: realNow() - started,
    ...(used ? { cpuMs: (used.user + used.system) / 1000 } : {}),
  }
}

function start(given: unknown, settle: (result: RawResult) => void): void {
  const context = {
    functionName: 'us-east-1.viewer-request',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:viewer-request:1',
    awsRequestId: '00000000-0000-4000-8000-000000000000',
    memoryLimitInMB: '128',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => functionTimeoutMs,
  }
  const threw = (error: unknown) => settle({ kind: 'threw', error: textOf(error) })
  const returned = (value: unknown) => settle(rawResult(event === 'origin-request' ? withoutOrigin(value) : value))
  try {
    if (!handler) throw new Error('no handler is loaded')
    if (runtime !== 'nodejs22.x') {
      // Node.js 24's client has no callbacks, and refuses a handler that declares one.
      if (handler.length >= 3) throw new Error('Runtime.CallbackHandlerDeprecated: the handler takes a callback')
      Promise.resolve(handler(given, context)).then(returned, threw)
      return
    }
    const value = handler(given, context, (error, value) => (error ? threw(error) : returned(value)))
    // Older clients ignore a result that is no promise: the invocation ends without one unless the callback is called.
    if (isThenable(value)) value.then(returned, threw)
    else if (handler.length < 3) returned(null)
  } catch (error) {
    threw(error)
  }
}

/** Lambda hands on the JSON of the value. */
function rawResult(value: unknown): RawResult {
  try {
    const json = JSON.stringify(value)
    return json === undefined ? { kind: 'value' } : { kind: 'value', json }
  } catch (error) {
    return { kind: 'threw', error: `the result has no JSON: ${textOf(error)}` }
  }
}

/** Moves the clock on whenever the handler does nothing but wait for it, until `done` or the function's time is over. */
async function waitFor(done: () => boolean): Promise<void> {
  const end = clock.now() + functionTimeoutMs
  for (;;) {
    if (await untilQuiet(done)) return
    const due = clock.nextDue()
    if (due !== undefined && due <= end) {
      clock.advanceTo(due)
      continue
    }
    await new Promise((resolve) => realSetTimeout(resolve, lastGraceMs))
    if (done() || clock.nextDue() !== due || pending() > 0) continue
    clock.advanceTo(end)
    return
  }
}

/** Resolves true as soon as `done`, false once nothing has moved for a while. */
async function untilQuiet(done: () => boolean): Promise<boolean> {
  for (let graces = 0; graces < 2; graces++) {
    if (await untilStill(done)) return true
    const before = network.activity()
    await new Promise((resolve) => realSetTimeout(resolve, graceMs))
    if (network.activity() !== before || pending() > 0) graces = -1
  }
  return done()
}

/** As `untilQuiet`, for what this process can see by itself: its network and its cryptography. */
async function untilStill(done: () => boolean = () => false): Promise<boolean> {
  let activity = -1
  for (let turns = 0; turns < quietTurns; turns++) {
    if (done()) return true
    if (asked.size > 0) await heard.promise
    await new Promise((resolve) => realSetImmediate(resolve))
    if (network.activity() === activity && pending() === 0) continue
    activity = network.activity()
    turns = 0
  }
  return done()
}

function effects(): Effects {
  return {
    fetches: network.takeFetches(),
    underWay: network.underWay(),
    logs: takeLogs(),
    clock: clock.now(),
    polluted: takePollution(),
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 2000) : String(error).slice(0, 2000)
}
