/** `edgeproof watch`: a round at once, and one after each change of the policy, the configuration or the handler. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type FSWatcher, watch as watchPath } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FuzzCase } from '../../fuzz/case.ts'
import type { RoundTask } from './round.ts'
import type { RoundAnswer } from './round-process.ts'

const program = fileURLToPath(new URL('round-process.ts', import.meta.url))

/** An editor writes a file in several steps. */
const settleMs = 60

export interface WatchOptions {
  config?: string
  policy?: string
  handler?: string
  /** Further files of which the handler is made; their directories are watched too. */
  files: readonly string[]
  signal: AbortSignal
  onAnswer(answer: RoundAnswer, milliseconds: number, changed: readonly string[]): void
}

/** Ends with the signal; no process stays behind. */
export async function watchFiles({ files, signal, onAnswer, ...asked }: WatchOptions): Promise<void> {
  const changed = new Set<string>()
  const changes = new EventTarget()
  const watchers = watchAll(files, (file) => {
    changed.add(file)
    changes.dispatchEvent(new Event('change'))
  })
  let waiting = startProcess()
  let cases: FuzzCase[] = []
  try {
    for (let round = 1; !signal.aborted; round++) {
      const began = performance.now()
      const names = [...changed]
      changed.clear()
      const task: RoundTask = { ...asked, seed: String(round), cases }
      const answer = await ask(waiting, task, signal)
      onAnswer(answer, performance.now() - began, names)
      // A case that no longer shows anything has done its work once, and stays: it may come back.
      if ('report' in answer)
        cases = merged(
          cases,
          answer.report.findings.map((finding) => finding.case),
        )
      waiting = startProcess()
      if (changed.size === 0) await once(changes, 'change', { signal })
      await new Promise((settled) => setTimeout(settled, settleMs))
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    for (const watcher of watchers) watcher.close()
    waiting.kill()
  }
}

function startProcess(): ChildProcess {
  return fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

async function ask(child: ChildProcess, task: RoundTask, signal: AbortSignal): Promise<RoundAnswer> {
  const gone = new AbortController()
  const either = AbortSignal.any([signal, gone.signal])
  child.once('exit', (code) => gone.abort(new Error(`the round ended with ${code} and no answer`)))
  await once(child, 'message', { signal: either })
  child.send(task)
  const [answer] = (await once(child, 'message', { signal: either })) as [RoundAnswer]
  return answer
}

/** Directories and not files: an editor that renames a new file over the old one ends a file's own watcher. */
function watchAll(files: readonly string[], onChange: (file: string) => void): FSWatcher[] {
  const names = Map.groupBy(
    files.map((file) => resolve(file)),
    dirname,
  )
  return [...names].map(([directory, own]) =>
    watchPath(directory, (_, name) => {
      if (name !== null && own.some((file) => basename(file) === name)) onChange(name)
    }),
  )
}

const mostCases = 50

function merged(known: readonly FuzzCase[], found: readonly FuzzCase[]): FuzzCase[] {
  const all = new Map([...known, ...found].map((one) => [JSON.stringify(one.steps), one]))
  return [...all.values()].slice(-mostCases)
}
