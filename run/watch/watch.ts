/** `edgeproof watch`: a round at once, and one after each change of the policy, the configuration or the handler. */
import { type ChildProcess, fork } from 'node:child_process'
import { on, once } from 'node:events'
import { existsSync, unwatchFile, watchFile } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Memory, RoundTask } from './round.ts'
import type { RoundAnswer, RoundMessage } from './round-process.ts'

const program = fileURLToPath(new URL('round-process.ts', import.meta.url))

/** Files are looked at this often: whoever waits for events of a folder hears no more of one that a bundler made anew. */
const lookMs = 50
/** An editor writes a file in several steps, a bundler several files. */
const settleMs = 60
/** A round that does not end by itself, when it is told to, is ended. */
const endMs = 5_000

export interface WatchOptions {
  config?: string
  policy?: string
  handler?: string
  /** All that a round reads. */
  files: readonly string[]
  /** One of them without which there is no round: it may be gone for a while. */
  handlerFile?: string | undefined
  signal: AbortSignal
  /** A round begins; nothing changed before the first one. */
  onRound(changed: readonly string[]): void
  /** The handler's file is gone, and is waited for. */
  onGone(file: string): void
  /** Milliseconds since the change was seen. */
  onAnswer(answer: RoundAnswer, milliseconds: number): void
}

/** Ends with the signal; no process stays behind. */
export async function watchFiles({
  files,
  handlerFile,
  signal,
  onRound,
  onGone,
  onAnswer,
  ...asked
}: WatchOptions): Promise<void> {
  const changes = new Changes(files)
  let memory: Memory | undefined
  let prepared = prepare(memory, signal)
  let began = performance.now()
  try {
    for (let round = 1; ; round++) {
      onRound(changes.take())
      for await (const answer of answersOf(prepared, { ...asked, seed: String(round), memory }, signal)) {
        if ('attacks' in answer) memory = answer.attacks.memory
        onAnswer(answer, performance.now() - began)
      }
      await prepared.exited
      prepared = prepare(memory, signal)
      began = await changes.settled(signal)
      if (handlerFile !== undefined && !existsSync(handlerFile)) onGone(handlerFile)
      while (handlerFile !== undefined && !existsSync(handlerFile)) began = await changes.another(signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    changes.close()
    await end(prepared)
  }
}

class Changes {
  readonly #files: readonly string[]
  readonly #events = new EventTarget()
  readonly #seen = new Set<string>()
  #count = 0
  #since = 0

  constructor(files: readonly string[]) {
    this.#files = files
    for (const file of files) {
      watchFile(file, { interval: lookMs }, (now, before) => {
        // It is told once of a file that is not there.
        if (now.ino === 0 && before.ino === 0) return
        if (this.#seen.size === 0) this.#since = performance.now()
        this.#seen.add(file)
        this.#count++
        this.#events.dispatchEvent(new Event('change'))
      })
    }
  }

  /** The files that changed since it was last asked. */
  take(): string[] {
    const names = [...this.#seen]
    this.#seen.clear()
    return names
  }

  /** Once something has changed and nothing changes any more; since when. */
  async settled(signal: AbortSignal): Promise<number> {
    if (this.#seen.size === 0) await once(this.#events, 'change', { signal })
    for (let count = -1; count !== this.#count; ) {
      count = this.#count
      await wait(settleMs, undefined, { signal })
    }
    return this.#since
  }

  /** The same for what changes after this call; what changed before stays to be told. */
  async another(signal: AbortSignal): Promise<number> {
    await once(this.#events, 'change', { signal })
    this.#since = performance.now()
    return this.settled(signal)
  }

  close(): void {
    for (const file of this.#files) unwatchFile(file)
  }
}

interface Prepared {
  child: ChildProcess
  exited: Promise<[code: number | null]>
  /** It has loaded its modules, and is told what to make ahead. */
  ready: Promise<void>
}

function prepare(memory: Memory | undefined, signal: AbortSignal): Prepared {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exited = once(child, 'exit') as Prepared['exited']
  const ready = Promise.race([once(child, 'message', { signal }), exited]).then(() => {
    if (memory) send(child, { prepare: memory })
  })
  // It may end before anybody awaits it.
  ready.catch(() => {})
  return { child, exited, ready }
}

async function* answersOf(
  { child, exited, ready }: Prepared,
  task: RoundTask,
  signal: AbortSignal,
): AsyncIterable<RoundAnswer> {
  await ready
  if (child.connected) {
    const messages = on(child, 'message', { signal, close: ['disconnect'] }) as AsyncIterable<[RoundAnswer]>
    send(child, { task })
    for await (const [answer] of messages) {
      yield answer
      if (!('routes' in answer)) return
    }
  }
  const [code] = await exited
  yield { fault: `the round ended with ${code} and no answer` }
}

function send(child: ChildProcess, message: RoundMessage): void {
  if (child.connected) child.send(message)
}

async function end({ child, exited }: Prepared): Promise<void> {
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), endMs)
  await exited
  clearTimeout(timer)
}
