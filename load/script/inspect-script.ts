/** What a user's k6 script is going to do, asked of k6 itself. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as z from 'zod'
import { UsageError } from '../../config/usage-error.ts'
import { type ArrivalExecutor, milliseconds } from '../k6/arrival-times.ts'

export interface ScriptPlan {
  /** All scenarios with their graceful stops. */
  seconds: number
  /** By name; null: no arrival rate, so that nothing says when an iteration is meant to begin. */
  scenarios: Map<string, ArrivalExecutor | null>
}

const stages = z.array(z.object({ duration: z.string(), target: z.number() }))
const scenario = z.object({
  executor: z.string(),
  rate: z.number().nullish(),
  startRate: z.number().nullish(),
  timeUnit: z.string().nullish(),
  stages: stages.nullish(),
})
const inspected = z.object({ totalDuration: z.string(), scenarios: z.record(z.string(), scenario) })

/** Throws a UsageError with k6's own words for a script that k6 cannot read. */
export async function inspectScript(
  binary: string,
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<ScriptPlan> {
  if (!existsSync(file)) throw new UsageError(`--script: ${file} not found`)
  const text = await new Promise<string>((resolve, reject) => {
    const env = { ...process.env, ...environment }
    execFile(
      binary,
      ['inspect', '--execution-requirements', '--include-system-env-vars', file],
      { env },
      (error, stdout, stderr) => {
        if (error) reject(new UsageError(`--script: ${file}: k6 cannot read it: ${lastLine(stderr) || error.message}`))
        else resolve(stdout)
      },
    )
  })
  const { totalDuration, scenarios } = inspected.parse(JSON.parse(text))
  return {
    seconds: milliseconds(totalDuration) / 1000,
    scenarios: new Map(Object.entries(scenarios).map(([name, each]) => [name, arrivalOf(each)])),
  }
}

function arrivalOf({
  executor,
  rate,
  startRate,
  timeUnit,
  stages: given,
}: z.infer<typeof scenario>): ArrivalExecutor | null {
  const unit = timeUnit ? { timeUnit } : {}
  if (executor === 'constant-arrival-rate' && rate) return { executor, rate, ...unit }
  if (executor !== 'ramping-arrival-rate' || !given) return null
  return { executor, startRate: startRate ?? 0, stages: given, ...unit }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
