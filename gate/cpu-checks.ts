/** The CPU-time part as checks. */
import { type Check, check } from '../result/result.ts'
import { median } from '../statistics/median.ts'
import type { Calibration } from './calibration-file.ts'
import type { Compared, Part } from './comparison.ts'
import { biases } from './error-rates.ts'
import {
  type CpuComparison,
  compareCpu,
  fewestProcesses,
  mostProcesses,
  pilot,
  planLooks,
} from './measure/compare-cpu.ts'
import { programSides } from './measure/pairs.ts'
import { percent, quoteCpu } from './noise-line.ts'
import type { Settings } from './settings.ts'
import { calibratedSuites, type Suite, startSuites } from './suites.ts'
import type { Decision } from './verdict/decision.ts'

/** A gate that could not have seen a change of this size says nothing. */
const tooNoisy = 0.1

/** Samples both programs within the time budget and compares them. */
export async function cpuPart({
  base,
  head,
  bench,
  source,
  settings,
  calibration,
  context,
  began,
}: Part): Promise<{ compared: Compared[]; data: unknown }> {
  const { progress, signal } = context
  const sides = programSides(bench, base.deployables, head.deployables)
  const suites = settings.suites.filter((suite) => !startSuites.some((name) => name === suite))
  if (suites.length === 0) return { compared: [], data: null }
  progress.step('CPU time: pilot')
  const left = settings.wholeSeconds - (performance.now() - began) / 1000
  const looks = planLooks(Math.min(settings.budgetSeconds, left), await pilot(bench, sides, suites, signal))
  if (looks.length === 0) return { compared: [{ check: budgetTooSmall(settings) }], data: null }
  const plan = {
    looks,
    suites,
    errorRate: settings.errorRate,
    limits: limits(suites, settings, source.isCalibrated ? calibration : null),
  }
  const comparison = await compareCpu(bench, sides, plan, signal, (done, total) =>
    progress.step('CPU time: processes', done, total),
  )
  const all = limits(calibratedSuites, settings, calibration)
  const { errorRate } = settings
  const quoted = quoteCpu(calibration, { errorRate, limits: all, processes: comparison.processes })
  return {
    compared: comparison.decisions.map((decision) => ({
      check: suiteCheck(
        decision,
        comparison,
        plan.limits,
        source.titles,
        source.isCalibrated && isCalibrated(decision.suite) ? quoted : notCalibrated,
      ),
      growth: decision.ratio - 1,
    })),
    data: { looks, limits: plan.limits, ...comparison },
  }
}

/** Others are judged in the same family, so that their error rate is bounded with it, but were not measured. */
function isCalibrated(suite: string): boolean {
  return calibratedSuites.some((name) => name === suite)
}

const notCalibrated = 'this suite is not calibrated: the limit has no A/A ratio in it, the power is unknown'

/** Logarithm of the ratio that each suite allows: its threshold above what A/A shows on this machine, where it is calibrated. */
export function limits<Name extends Suite>(
  suites: readonly Name[],
  settings: Settings,
  calibration: Calibration | null,
): Record<Name, number> {
  const bias: Record<Suite, number> = biases(calibration)
  const limit = (suite: Suite) => Math.log1p(settings.threshold(`cpu.${suite}`)) + (bias[suite] ?? 0)
  return Object.fromEntries(suites.map((suite) => [suite, limit(suite)])) as Record<Name, number>
}

function budgetTooSmall({ budgetSeconds, wholeSeconds }: Settings): Check {
  return check({
    id: 'cpu',
    title: `CPU time: ${budgetSeconds} s are too short for ${fewestProcesses} processes on this machine; raise --budget (up to ${mostProcesses} are used)${Number.isFinite(wholeSeconds) ? ' and --minutes' : ''}`,
    value: null,
    unit: '1',
    limit: null,
    direction: 'lower',
  })
}

/** One suite's decision as a check; where the scatter left nothing to decide, its title says what to do. */
export function suiteCheck(
  decision: Decision,
  { samples, baseMicroseconds }: Pick<CpuComparison, 'samples' | 'baseMicroseconds'>,
  limit: Readonly<Record<Suite, number>>,
  titles: Readonly<Record<Suite, string>>,
  quoted: string,
): Check {
  const { suite, ratio, low, high, level, verdict, visible } = decision
  const noisy = verdict === 'inconclusive' && visible - 1 > tooNoisy
  return {
    id: `cpu.${suite}`,
    title: `${suite}: ${titles[suite]}, CPU time head/base${noisy ? ': this machine is too noisy, close other work or raise --budget' : ''}`,
    value: ratio,
    unit: '1',
    limit: Math.exp(limit[suite] ?? 0),
    direction: 'lower',
    verdict,
    interval: { low, high, level },
    samples: (samples[suite] ?? []).map(Math.exp),
    detail: [
      `smallest change it would have failed four times out of five: +${percent(visible - 1)}`,
      `base ${median(baseMicroseconds[suite] ?? []).toFixed(1)} us per operation`,
      quoted,
    ].join('; '),
  }
}
