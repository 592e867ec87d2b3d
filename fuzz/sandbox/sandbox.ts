/** The parent's end of a child process with a handler in it. It can be killed at any time, whatever the handler does. */
import { type ChildProcess, fork } from 'node:child_process'
import type { Served, ServedUrls } from '../../oracle/served-urls.ts'
import type { Step } from '../case.ts'
import { childProgram } from './child-program.ts'
import type { HandlerUnderTest } from './handler-under-test.ts'
import { placedHandler } from './place-handler.ts'
import { processCpuMs } from './process-cpu.ts'
import type { Call, Calling, Effects, Reply, Request, Runtime, StepOutcome } from './protocol.ts'
import { SpinWatch } from './spin-watch.ts'
import { createStepProgress, type StepProgress } from './step-progress.ts'

/** The child is gone: it exited, or was killed because it no longer answered. */
export class SandboxGone extends Error {
  override readonly name = 'SandboxGone'
  readonly how: { kind: 'exit'; code: number | null; signal: string | null } | { kind: 'spinning' }
  /** Index of the step that was under way. Exact where it spins; a process may end a little later than what ended it. */
  readonly step: number
  constructor(how: SandboxGone['how'], step: number) {
    super(
      how.kind === 'spinning'
        ? 'the handler no longer answers'
        : `the handler ended its process (${how.signal ?? how.code})`,
    )
    this.how = how
    this.step = step
  }
}

/** The handler cannot be used at all: it does not load, or has no handler. */
export class HandlerRefused extends Error {
  override readonly name = 'HandlerRefused'
}

export interface SandboxOptions extends Calling {
  runtime: Runtime
  /** Of the handler, besides what Lambda sets. Default none. */
  environment?: Readonly<Record<string, string>>
  /** Heap of the child in MiB; a handler that eats more is ended by V8. Default 512. */
  heapMegabytes?: number
  /** Answers what is not served, while the handler waits. Default: connections to it break off. */
  server?: (call: Call) => Served
}

interface RunOptions {
  /** Measure each request's CPU time. Default false. */
  timed?: boolean
  /** Milliseconds of CPU time in one step after which the child counts as spinning. Default 5,000. */
  stepLimitMs?: number
}

export interface Sandbox extends AsyncDisposable {
  /** A new instance of the handler. Throws HandlerRefused. */
  load(file: string, start: number, serve: ServedUrls): Promise<Effects>
  /** Throws SandboxGone; the sandbox is of no use then. */
  run(steps: Step[], options?: RunOptions): Promise<StepOutcome[]>
  memory(): Promise<{ heapBytes: number; externalBytes: number; rssBytes: number }>
}

export interface ChildSandbox extends Sandbox {
  /** The process has ended; this sandbox is of no more use. */
  readonly gone: boolean
}

const defaultLimitMs = 5_000
const loadLimitMs = 10_000

let endedCpuMs = 0
const running = new Set<ChildProcess>()
// A handler that works without end does not hear that its parent is gone.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** CPU time of every child that this thread has started, in milliseconds, to 10 ms each; 0 where it cannot be read. */
export function sandboxCpuMs(): number {
  let total = endedCpuMs
  for (const { pid } of running) total += processCpuMs(pid) ?? 0
  return total
}

/** The sandbox in which a handler is called as its description says. `server`: as in SandboxOptions. */
export function sandboxFor(
  tested: Pick<HandlerUnderTest, 'runtime' | 'handler'>,
  { server }: Pick<SandboxOptions, 'server'> = {},
): ChildSandbox {
  return createSandbox({ ...optionsOf(tested), ...(server === undefined ? {} : { server }) })
}

/** Starts the processes of sandboxes to come, which take most of their time for starting; they end with this one. */
export function startAhead(tested: Pick<HandlerUnderTest, 'runtime' | 'handler'>, count: number): void {
  for (let index = 0; index < count; index++) {
    const options = optionsOf(tested)
    ahead.push({ started: start(options), name: nameOf(options) })
  }
}

function optionsOf({
  runtime,
  handler: { event, store, environment } = { file: '' },
}: Pick<HandlerUnderTest, 'runtime' | 'handler'>): SandboxOptions {
  return {
    runtime,
    ...(event === undefined ? {} : { event }),
    ...(store === undefined ? {} : { store }),
    ...(environment === undefined ? {} : { environment }),
  }
}

/** A new instance of the handler, with everything in place that its description gives it. Throws HandlerRefused. */
export async function loadPlaced(
  sandbox: Pick<Sandbox, 'load'>,
  tested: HandlerUnderTest,
  start: number,
  serve: ServedUrls,
): Promise<Effects> {
  return sandbox.load(await placedHandler(tested, start, serve), start, serve)
}

interface Started {
  child: ChildProcess
  progress: StepProgress
}

const ahead: { name: string; started: Started }[] = []

/** What a process is started with. */
function nameOf({ runtime, heapMegabytes, environment }: SandboxOptions): string {
  return JSON.stringify([runtime, heapMegabytes, environment])
}

function start({ runtime, heapMegabytes = 512, environment }: SandboxOptions): Started {
  const progress = createStepProgress()
  const child = fork(childProgram(), {
    execArgv: ['--expose-gc', `--max-old-space-size=${heapMegabytes}`, '--disable-warning=ExperimentalWarning'],
    // A deployed function sees none of the suite's environment; Lambda sets a few names of its own.
    env: {
      AWS_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', progress.descriptor],
  })
  running.add(child)
  return { child, progress }
}

export function createSandbox(options: SandboxOptions): ChildSandbox {
  const { runtime, heapMegabytes: _heap, environment: _environment, server, ...calling } = options
  const place = ahead.findIndex(({ name, started }) => name === nameOf(options) && started.child.connected)
  const { child, progress } = ahead.splice(place, place < 0 ? 0 : 1)[0]?.started ?? start(options)
  let gone: SandboxGone | undefined
  let waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined
  const end = (how: SandboxGone['how']) => {
    gone ??= new SandboxGone(how, progress.read())
    waiting?.reject(gone)
    waiting = undefined
  }
  const kill = () => {
    if (running.delete(child)) endedCpuMs += processCpuMs(child.pid) ?? 0
    child.kill('SIGKILL')
  }
  child.on('message', (reply: Reply) => {
    if (reply.kind === 'asked') {
      const answer = server?.(reply.call) ?? { kind: 'reset' }
      child.send({ kind: 'answer', number: reply.number, answer } satisfies Request)
      return
    }
    waiting?.resolve(reply)
    waiting = undefined
  })
  child.on('exit', (code, signal) => {
    running.delete(child)
    end({ kind: 'exit', code, signal })
    progress.close()
  })
  child.on('error', () => end({ kind: 'exit', code: null, signal: null }))

  async function ask(request: Request, limitMs: number): Promise<Reply> {
    if (gone) throw gone
    const watch = new SpinWatch(child.pid, progress, limitMs, () => {
      end({ kind: 'spinning' })
      kill()
    })
    try {
      return await new Promise<Reply>((resolve, reject) => {
        waiting = { resolve, reject }
        child.send(request, (error) => {
          if (error) end({ kind: 'exit', code: child.exitCode, signal: child.signalCode })
        })
      })
    } finally {
      watch.stop()
    }
  }

  return {
    get gone() {
      return gone !== undefined
    },
    async load(file, start, serve) {
      const asks = server !== undefined
      const reply = await ask({ kind: 'load', file, runtime, start, serve, asks, ...calling }, loadLimitMs).catch(
        (error: unknown) => {
          throw error instanceof SandboxGone ? new HandlerRefused(`${error.message} while it was loaded`) : error
        },
      )
      if (reply.kind === 'loaded') return reply.effects
      throw new HandlerRefused(reply.kind === 'refused' ? reply.reason : 'unexpected reply')
    },
    async run(steps, { timed = false, stepLimitMs = defaultLimitMs } = {}) {
      const reply = await ask({ kind: 'run', steps, timed }, stepLimitMs)
      if (reply.kind !== 'ran') throw new HandlerRefused(reply.kind === 'refused' ? reply.reason : 'unexpected reply')
      return reply.outcomes
    },
    async memory() {
      const reply = await ask({ kind: 'memory' }, defaultLimitMs)
      if (reply.kind !== 'memory') throw new HandlerRefused('unexpected reply')
      return reply
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      kill()
      await exited
    },
  }
}
