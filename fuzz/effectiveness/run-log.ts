/** The runs that are over, one JSON line each as they end: what Ctrl-C leaves, and what `--resume` goes on from. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { UsageError } from '../../config/usage-error.ts'
import type { Run, Task } from './run.ts'

const runSchema: z.ZodType<Run> = z.strictObject({
  flaw: z.string(),
  strategy: z.string(),
  seed: z.number(),
  seconds: z.number(),
  strict: z.boolean(),
  found: z.boolean(),
  afterSeconds: z.number(),
  afterCpuSeconds: z.number(),
  cases: z.number(),
  byTimeout: z.boolean(),
  finding: z.string(),
})

export interface RunLog {
  /** Undefined where this task has not been run. */
  runOf(task: Task): Run | undefined
  add(run: Run): void
}

/** `<out>/effectiveness-runs.jsonl`; without `resume` what an earlier measurement left there is removed. */
export function openRunLog(out: string, resume: boolean): RunLog {
  const file = join(out, 'effectiveness-runs.jsonl')
  const runs = new Map<string, Run>()
  if (resume && existsSync(file)) for (const run of read(file)) runs.set(nameOf(run), run)
  else rmSync(file, { force: true })
  mkdirSync(out, { recursive: true })
  return {
    runOf: (task) => runs.get(nameOf(task)),
    add(run) {
      runs.set(nameOf(run), run)
      appendFileSync(file, `${JSON.stringify(run)}\n`)
    },
  }
}

function read(file: string): Run[] {
  // A line that was cut off when the process was killed is the last one; its run is made again.
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.map((line, index) => {
    try {
      return runSchema.parse(JSON.parse(line))
    } catch {
      throw new UsageError(`${file}: line ${index + 1} is no run; remove the file, or run without --resume`)
    }
  })
}

function nameOf({ flaw, strategy, seed, seconds, strict }: Task): string {
  return `${flaw} ${strategy} ${seed} ${seconds} ${strict}`
}
