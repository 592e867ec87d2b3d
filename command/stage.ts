/** What every command is given and gives back. */
import type { Config } from '../config/config.ts'
import { environment } from '../result/environment.ts'
import { type Check, type Result, type Verdict, worst } from '../result/result.ts'
import type { Progress } from './progress.ts'

export interface StageContext {
  config: Config
  /** The configuration's file name, as the user knows it. */
  configFile: string
  /** Directory for result files; need not exist yet. */
  out: string
  progress: Progress
  /** Aborted on Ctrl-C: stop soon, end every child process, keep what was finished. */
  signal: AbortSignal
}

export type Stage<Options = object> = (context: StageContext, options: Options) => Promise<Result>

/** Measures the stage's duration and puts its document together; the verdict is the worst of its checks'. */
export async function stageResult(
  command: string,
  inputs: Result['inputs'],
  work: () => Promise<{ checks: Check[]; data?: Result['data']; verdict?: Verdict }>,
): Promise<Result> {
  const started = new Date()
  const { checks, data, verdict } = await work()
  return {
    schema: `edgeproof/${command}@1`,
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    environment: environment(),
    inputs,
    checks,
    verdict: verdict ?? worst(checks.map((check) => check.verdict)),
    ...(data === undefined ? {} : { data }),
  }
}
