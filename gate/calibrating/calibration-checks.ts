/** What a calibration shows, as checks: each rate with its exact interval, judged by that interval. */
import type { Check } from '../../result/result.ts'
import { median, medianDeviation } from '../../statistics/median.ts'
import { signedRank } from '../../statistics/signed-rank.ts'
import type { Calibration } from '../calibration-file.ts'
import { limits } from '../cpu-checks.ts'
import { editRate, evidence, gateRates, type Rate } from '../error-rates.ts'
import { fewestProcesses, mostProcesses } from '../measure/compare-cpu.ts'
import { percent, rateText } from '../noise-line.ts'
import type { Settings } from '../settings.ts'
import { calibratedSuites } from '../suites.ts'

/** Short gates give many independent ones, the longest are what the default budget buys where nothing is decided before. */
const gateLengths = [fewestProcesses, 60, mostProcesses] as const

/** What has to be found, and how often, by the longest gate. */
const powerTargets: Record<number, number> = { 0.03: 0.95, 0.05: 0.99 }

/** Edits without which a share says too little. */
const fewestMutants = 300
const fewestNeutral = 50

export function calibrationChecks(calibration: Calibration, settings: Settings): Check[] {
  return [...cpuChecks(calibration, settings), ...editChecks(calibration)]
}

function cpuChecks(calibration: Calibration, settings: Settings): Check[] {
  const allowed = limits(calibratedSuites, settings, calibration)
  const spread = calibratedSuites.map((suite) => {
    const samples = calibration.same.map((sample) => sample[suite])
    return { suite, samples }
  })
  const bias = spread
    .filter(({ samples }) => samples.length >= 15)
    .map(({ suite, samples }): Check => {
      const rank = signedRank(samples.slice(-200))
      const deviation = medianDeviation(samples, rank.estimate)
      return {
        id: `bias.${suite}`,
        title: `${suite}: head/base of the same program (scatter of a process ${percent(deviation)})`,
        value: Math.exp(rank.estimate),
        unit: '1',
        limit: null,
        direction: 'none',
        verdict: 'pass',
        interval: { low: Math.exp(rank.lowerBound(0.025)), high: Math.exp(rank.upperBound(0.025)), level: 0.95 },
      }
    })
  const rates = gateLengths.flatMap((processes) =>
    gateRates(calibration, processes, allowed, settings.errorRate).map((entry): Check => {
      const { slowdown, measured, suite, independent, resampled } = entry
      const longest = processes === mostProcesses
      const target = slowdown === 0 ? 0.01 : longest ? (powerTargets[slowdown] ?? null) : null
      const drawn =
        resampled === null ? '' : `; ${percent(resampled)} of gates drawn anew from ${entry.processes} processes`
      const planted = `+${percent(slowdown)}${measured === null ? '' : ` (measured ${percent(measured)} above A/A)`}`
      const what = slowdown === 0 ? 'false alarms of A/A gates' : `${suite}: ${planted} found by gates`
      return rateCheck(
        `${slowdown === 0 ? 'false-alarms' : `found.${suite}.${slowdown}`}.${processes}`,
        `${what} of ${processes} processes: ${rateText(independent)}${drawn}`,
        independent,
        target,
        slowdown === 0 ? 'lower' : 'higher',
      )
    }),
  )
  return [...bias, ...rates]
}

function editChecks({ neutral, mutants }: Calibration): Check[] {
  const neutralRate = editRate(neutral)
  const mutantRate = editRate(mutants)
  const identical = neutral.filter(({ verdict }) => verdict === 'identical').length
  const broken = [...neutral, ...mutants].filter(({ verdict }) => verdict === 'broken').length
  const undecided = [...neutral, ...mutants].filter(({ verdict }) => verdict === 'inconclusive').length
  const largest = Math.max(0, ...evidence(neutral).map(({ difference }) => Math.abs(difference)))
  return [
    shareCheck(
      'neutral',
      `neutral edits failed by the instruction gate: ${rateText(neutralRate)}, ${identical} more left the same bytes`,
      neutralRate,
      { fewest: fewestNeutral, limit: 0, direction: 'lower' },
    ),
    shareCheck('mutants', `slow-downs of 2 % net found by the instruction gate: ${rateText(mutantRate)}`, mutantRate, {
      fewest: fewestMutants,
      limit: 0.99,
      direction: 'higher',
    }),
    figure('neutral.largest', 'largest change by a neutral edit', largest, 'instructions'),
    figure(
      'mutants.growth',
      'median growth counted of the slow-downs',
      median(evidence(mutants).map(({ growth }) => growth)),
      '1',
    ),
    figure('inconclusive', 'edits on which the late segments did not agree', undecided, 'count'),
    figure('broken', 'edits that did not build or answered wrongly, and say nothing', broken, 'count'),
  ]
}

function figure(id: string, title: string, value: number, unit: string): Check {
  const known = Number.isFinite(value)
  return {
    id,
    title,
    value: known ? value : null,
    unit,
    limit: null,
    direction: 'none',
    verdict: known ? 'pass' : 'not-measured',
  }
}

/** A share of edits, which are no sample of anything but themselves: judged as it is, from `fewest` of them on. */
function shareCheck(
  id: string,
  title: string,
  { events, trials, low, high }: Rate,
  { fewest, limit, direction }: { fewest: number; limit: number; direction: 'lower' | 'higher' },
): Check {
  const fields = { id, title, unit: '', limit, direction }
  if (trials === 0) return { ...fields, value: null, verdict: 'not-measured' }
  const value = events / trials
  const held = direction === 'lower' ? value <= limit : value >= limit
  const interval = { low, high, level: 0.95 }
  return { ...fields, value, interval, verdict: trials < fewest ? 'inconclusive' : held ? 'pass' : 'fail' }
}

/** Passes or fails where the whole interval lies on one side of the target; otherwise more runs are needed to tell. */
function rateCheck(
  id: string,
  title: string,
  { events, trials, low, high }: Rate,
  target: number | null,
  direction: 'lower' | 'higher',
): Check {
  const fields = { id, title, unit: '', limit: target, interval: { low, high, level: 0.95 } }
  if (trials === 0) return { id, title, value: null, unit: '', limit: target, direction, verdict: 'not-measured' }
  const value = events / trials
  if (target === null) return { ...fields, value, direction: 'none', verdict: 'pass' }
  const good = direction === 'lower' ? high <= target : low >= target
  const bad = direction === 'lower' ? low > target : high < target
  return { ...fields, value, direction, verdict: good ? 'pass' : bad ? 'fail' : 'inconclusive' }
}
