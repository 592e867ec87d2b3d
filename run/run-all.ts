import { Interrupted } from '../command/interrupted.ts'
import { missingPackage } from '../command/missing-package.ts'
import { type Stage, type StageContext, stageResult } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { requireWritable } from '../config/write-file.ts'
import { keptTrends } from '../reports/history/kept-trends.ts'
import { appendStepSummary } from '../reports/step-summary.ts'
import { summary } from '../reports/summary.ts'
import { writeReports } from '../reports/write-reports.ts'
import { type Check, type Result, worst } from '../result/result.ts'
import { writeResult } from '../result/result-file.ts'
import type { RunStage } from './stages.ts'

export interface RunOptions {
  /** Directory in which runs are kept; the report then shows their trends. */
  history?: string
  /** Comma-separated names of stages that are not run. */
  without?: string
}

/**
 * Runs stages in turn. Each writes its own result as it ends, so that an interruption keeps what was finished, and one that
 * cannot run here (a tool is missing) is reported as not measured while the others go on.
 */
export function runAll(stages: readonly RunStage[], finished: Result[]): Stage<RunOptions> {
  return async (context, { history, without = '' }) => {
    const left = withoutStages(without, stages)
    if (history !== undefined) requireWritable(history, '--history')
    return stageResult('run', { config: context.configFile, out: context.out }, async () => {
      const checks: Check[] = []
      for (const [index, stage] of stages.entries()) {
        if (context.signal.aborted) break
        if (!left.includes(stage.name))
          context.progress.log(`[${index + 1}/${stages.length}] ${stage.name}: ${stage.title}`)
        checks.push(
          left.includes(stage.name) ? notMeasured(stage.name, leftOut) : await runOne(stage, context, finished),
        )
      }
      for (const { name } of stages.slice(checks.length)) checks.push(notMeasured(name, 'interrupted'))
      const missing = checks.filter(({ value }) => value === null)
      const report = {
        results: finished,
        missing: missing.map(({ title, detail }) => ({ command: title, reason: detail ?? '' })),
        trends: history === undefined ? [] : keptTrends(history, finished),
      }
      context.progress.log(`report: ${await writeReports(context.out, report)}`)
      appendStepSummary(summary(report))
      return {
        checks,
        // What was asked to be left out says nothing of the others.
        verdict: worst(checks.filter(({ detail }) => detail !== leftOut).map(({ verdict }) => verdict)),
        data: { stages: finished.map(({ schema, verdict, durationMs }) => ({ schema, verdict, durationMs })) },
      }
    })
  }
}

const leftOut = 'left out by --without'

function withoutStages(text: string, stages: readonly RunStage[]): string[] {
  const names = text.split(',').filter((name) => name !== '')
  const stranger = names.find((name) => !stages.some((stage) => stage.name === name))
  if (stranger === undefined) return names
  throw new UsageError(`--without: "${stranger}" is no stage; there are ${stages.map(({ name }) => name).join(', ')}`)
}

async function runOne(stage: RunStage, context: StageContext, finished: Result[]): Promise<Check> {
  try {
    const run = await stage.stage()
    const result = await run(context, {})
    context.progress.clear()
    if (context.signal.aborted) return notMeasured(stage.name, 'interrupted')
    writeResult(context.out, result)
    finished.push(result)
    const failed = result.checks.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id)
    return {
      ...notMeasured(
        stage.name,
        `${Math.round(result.durationMs / 1000)} s${failed.length > 0 ? `; ${failed.join(', ')}` : ''}`,
      ),
      value: result.verdict,
      verdict: result.verdict,
    }
  } catch (fault) {
    const error = missingPackage(fault) ?? fault
    context.progress.clear()
    if (error instanceof Interrupted || context.signal.aborted) return notMeasured(stage.name, 'interrupted')
    if (!(error instanceof UsageError)) throw error
    context.progress.log(`${stage.name}: ${error.message}`)
    return notMeasured(stage.name, error.message)
  }
}

function notMeasured(name: string, detail: string): Check {
  return {
    id: `run.${name}`,
    title: name,
    value: null,
    unit: '',
    limit: null,
    direction: 'none',
    verdict: 'not-measured',
    detail,
  }
}
