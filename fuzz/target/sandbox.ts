/** The parent's end of a child process with a target in it. It can be killed at any time, whatever the target does. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ServedUrls, Step } from '../case.ts'
import type { Effects, Reply, Request, Runtime, StepOutcome } from './protocol.ts'

const childFile = fileURLToPath(new URL('./child.ts', import.meta.url))

/** The child is gone: it exited, or was killed because it no longer answered. */
export class SandboxGone extends Error {
  override readonly name = 'SandboxGone'
  readonly how: { kind: 'exit'; code: number | null; signal: string | null } | { kind: 'spinning' }
  constructor(how: SandboxGone['how']) {
    super(
      how.kind === 'spinning'
        ? 'the target no longer answers'
        : `the target ended its process (${how.signal ?? how.code})`,
    )
    this.how = how
  }
}

/** The target cannot be used at all: it does not load, or has no handler. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused'
}

export interface SandboxOptions {
  runtime: Runtime
  /** Real milliseconds that a batch may take before the child counts as spinning. Default 10,000. */
  watchdogMs?: number
  /** Heap of the child in MiB; a target that eats more is ended by V8. Default 512. */
  heapMegabytes?: number
}

export interface Sandbox extends AsyncDisposable {
  /** A new instance of the handler. Throws TargetRefused. */
  load(file: string, start: number, serve: ServedUrls): Promise<Effects>
  /** Throws SandboxGone; the sandbox is of no use then. `watchdogMs` overrides the options'. */
  run(steps: Step[], options?: { timed?: boolean; watchdogMs?: number }): Promise<StepOutcome[]>
  memory(): Promise<{ heapBytes: number; externalBytes: number; rssBytes: number }>
  kill(): void
}

export function createSandbox({ runtime, watchdogMs = 10_000, heapMegabytes = 512 }: SandboxOptions): Sandbox {
  const child: ChildProcess = fork(childFile, {
    execArgv: ['--expose-gc', `--max-old-space-size=${heapMegabytes}`, '--disable-warning=ExperimentalWarning'],
    // A deployed function sees none of the suite's environment; Lambda sets a few names of its own.
    env: { AWS_REGION: 'us-east-1', AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`, LANG: 'en_US.UTF-8', TZ: ':UTC' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let gone: SandboxGone | undefined
  let waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined
  const end = (error: SandboxGone) => {
    gone ??= error
    waiting?.reject(gone)
    waiting = undefined
  }
  child.on('message', (reply: Reply) => {
    waiting?.resolve(reply)
    waiting = undefined
  })
  child.on('exit', (code, signal) => end(new SandboxGone({ kind: 'exit', code, signal })))
  child.on('error', () => end(new SandboxGone({ kind: 'exit', code: null, signal: null })))

  function ask(request: Request, limitMs: number): Promise<Reply> {
    if (gone) return Promise.reject(gone)
    return new Promise<Reply>((resolve, reject) => {
      const watchdog = setTimeout(() => {
        end(new SandboxGone({ kind: 'spinning' }))
        child.kill('SIGKILL')
      }, limitMs)
      waiting = {
        resolve: (reply) => {
          clearTimeout(watchdog)
          resolve(reply)
        },
        reject: (error) => {
          clearTimeout(watchdog)
          reject(error)
        },
      }
      child.send(request, (error) => {
        if (error) end(new SandboxGone({ kind: 'exit', code: child.exitCode, signal: child.signalCode }))
      })
    })
  }

  return {
    async load(file, start, serve) {
      const reply = await ask({ kind: 'load', file, runtime, start, serve }, watchdogMs)
      if (reply.kind === 'loaded') return reply.effects
      throw new TargetRefused(reply.kind === 'refused' ? reply.reason : 'unexpected reply')
    },
    async run(steps, { timed = false, watchdogMs: limitMs = watchdogMs } = {}) {
      const reply = await ask({ kind: 'run', steps, timed }, limitMs)
      if (reply.kind !== 'ran') throw new TargetRefused(reply.kind === 'refused' ? reply.reason : 'unexpected reply')
      return reply.outcomes
    },
    async memory() {
      const reply = await ask({ kind: 'memory' }, watchdogMs)
      if (reply.kind !== 'memory') throw new TargetRefused('unexpected reply')
      return reply
    },
    kill() {
      child.kill('SIGKILL')
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await exited
    },
  }
}
