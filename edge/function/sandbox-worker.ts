/**
 * The inside of a sandbox: loads the function (INIT), then runs one event at a time. Between events the whole thread
 * waits on a futex, timers and sockets included, as Lambda freezes an execution environment between invocations
 * (Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle").
 */
import { Console } from 'node:console'
import { appendFileSync } from 'node:fs'
import { createRequire, isBuiltin, registerHooks } from 'node:module'
import { Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { compileFunction, constants } from 'node:vm'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { decodeWireEvent, lambdaEvent, type WireEvent } from './event-wire.ts'
import { type FunctionOutcome, judgeResult } from './function-result.ts'
import { moveClock } from './moved-clock.ts'
import { confineNetwork } from './network-guard.ts'
import { provideSdk } from './runtime-modules.ts'
import { type Batch, type Finished, type SandboxData, type SandboxMessage, Slot } from './sandbox-protocol.ts'

type Handler = (event: unknown, context: object, callback?: (error: unknown, result?: unknown) => void) => unknown
type Run = (event: WireEvent) => Promise<FunctionOutcome>

if (!parentPort) throw new Error('a sandbox runs as a worker thread')
const port = parentPort
const data = workerData as SandboxData
const shared = new Int32Array(data.shared)

redirectOutput(data.logFile)
if (data.clockAhead) moveClock(new Int32Array(data.clockAhead))
confineNetwork(data.route, () => void Atomics.add(shared, Slot.refused, 1))
const began = performance.now()
const run = await loadProgram(data)
say({ kind: 'ready', initMs: performance.now() - began })

for (;;) {
  Atomics.wait(shared, Slot.wake, 0)
  Atomics.store(shared, Slot.wake, 0)
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
    await runBatch(next.message as Batch)
}

async function runBatch(batch: Batch): Promise<void> {
  const finished: Finished[] = []
  let end = batch.length
  let index = 0
  // While handlers settle in microtasks alone the event loop does not turn; once it does, an event is waiting for
  // something, and those behind it must not wait with it.
  const turn = setImmediate(() => {
    if (finished.length > 0) say({ kind: 'outcomes', outcomes: finished.splice(0) })
    const numbers = batch.slice(index + 1, end).map(([number]) => number)
    end = index + 1
    say({ kind: 'waiting', numbers })
  })
  for (; index < end; index++) {
    const [number, wire] = batch[index] as Batch[number]
    Atomics.store(shared, Slot.current, number)
    const start = performance.now()
    const outcome = await runEvent(wire)
    finished.push([number, performance.now() - start, outcome])
    Atomics.store(shared, Slot.current, 0)
  }
  clearImmediate(turn)
  say({ kind: 'outcomes', outcomes: finished })
  // Lambda's runtime turns the loop when it hands a response over, so work put off until then begins before the freeze.
  await new Promise(setImmediate)
}

async function runEvent(wire: string): Promise<FunctionOutcome> {
  try {
    return await run(decodeWireEvent(wire))
  } catch (error) {
    // Lambda writes what a function throws into its log.
    console.error('Invoke Error', error)
    if (!(error instanceof Error)) return { kind: 'failed', reason: String(error) }
    const stack = error.stack?.split('\n').slice(1, 6).join('\n')
    return { kind: 'failed', reason: `${error.name}: ${error.message}`, ...(stack && { stack }) }
  }
}

async function loadProgram({ program, eventType, distribution }: SandboxData): Promise<Run> {
  if (program.kind === 'cloudfront') {
    // Loaded where it is needed: every sandbox's INIT would take longer otherwise.
    const { loadCloudFrontFunction } = await import('./cloudfront-runtime.ts')
    return loadCloudFrontFunction(program, eventType, distribution)
  }
  const handler = program.kind === 'code' ? compiled(program) : await imported(program)
  return async (event) => {
    const result = await invoke(handler, lambdaEvent(event, eventType, distribution), event.request.requestId)
    return judgeResult(event, eventType, result)
  }
}

function invoke(handler: Handler, event: unknown, awsRequestId: string): unknown {
  const deadline = Date.now() + data.timeoutMs
  const context = {
    functionName: data.functionName,
    functionVersion: '1',
    memoryLimitInMB: String(data.memoryMb),
    awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
  if (handler.length < 3) return handler(event, context)
  return new Promise((resolve, reject) => {
    handler(event, context, (error, result) => (error ? reject(error) : resolve(result)))
  })
}

function compiled({ code, handler: name }: { code: string; handler: string }): Handler {
  const require = createRequire(import.meta.url)
  const builtinsOnly = (id: string) => {
    if (isBuiltin(id)) return require(id)
    const provided = provideSdk(id)
    if (provided !== null) return require(provided)
    throw Object.assign(new Error(`Cannot find module '${id}'`), { code: 'MODULE_NOT_FOUND' })
  }
  const module: { exports: Record<string, unknown> } = { exports: {} }
  const load = compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], {
    filename: 'index.js',
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  load(module.exports, builtinsOnly, module, '/var/task/index.js', '/var/task')
  return exportedHandler(module.exports, name, 'index.js')
}

/** CommonJS and ES modules; what awaits at its top level as well. */
async function imported({ file, directory, handler: name }: { file: string; directory: string; handler: string }) {
  process.env.LAMBDA_TASK_ROOT = directory
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context)
      } catch (error) {
        const provided = provideSdk(specifier)
        if (provided === null) throw error
        return { url: pathToFileURL(provided).href, shortCircuit: true }
      }
    },
  })
  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown> & { default?: object }
  return exportedHandler(name in loaded ? loaded : { ...loaded.default }, name, file)
}

function exportedHandler(exports: Record<string, unknown>, name: string, file: string): Handler {
  const found = exports[name]
  if (typeof found !== 'function') throw new Error(`${file} exports no function ${name}`)
  return found as Handler
}

/** Written at once: a frozen thread would hold its streams' buffers back. */
function redirectOutput(logFile: string | null): void {
  const sink = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      if (logFile !== null) appendFileSync(logFile, chunk)
      done()
    },
  })
  globalThis.console = new Console({ stdout: sink, stderr: sink })
  for (const stream of [process.stdout, process.stderr]) stream.write = sink.write.bind(sink) as typeof stream.write
}

function say(message: SandboxMessage): void {
  port.postMessage(message)
}
