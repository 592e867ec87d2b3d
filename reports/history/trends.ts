import type { Check, Result } from '../../result/result.ts'
import { commandOf } from '../../result/result.ts'
import { changePoints, fewestRuns } from '../../statistics/change-points.ts'
import { median } from '../../statistics/median.ts'
import { conditionsOf, conditionsText } from './conditions.ts'
import type { HistoryRun } from './history-directory.ts'
import type { ChangePoint, Trend, TrendPoint } from './trend.ts'

/** Chance that a report shows any change point where nothing changed; shared out among the series that are searched. */
const falseAlarmsPerReport = 0.05

/** The latest runs that are searched; older ones are shown. */
const searched = 100

/**
 * The course of every check that is a number, over the runs of a history. A figure that was not measured has no place in it.
 */
export function trendsOf(runs: readonly HistoryRun[]): Trend[] {
  const trends = new Map<string, Trend>()
  const seen = new Set<string>()
  for (const { run, result } of inOrderOfTime(runs)) {
    // The same result may have been kept again in company, for example with a later gate's.
    const identity = JSON.stringify([result.schema, result.startedAt, result.environment.commit])
    if (seen.has(identity)) continue
    seen.add(identity)
    for (const check of result.checks) addPoint(trends, run, result, check)
  }
  const all = [...trends.values()]
  const level = falseAlarmsPerReport / Math.max(1, all.filter(({ points }) => canAlarm(points)).length)
  for (const trend of all) search(trend, level)
  return all
}

function inOrderOfTime(runs: readonly HistoryRun[]): { run: string; result: Result }[] {
  return runs
    .flatMap(({ id, results }) => results.map((result) => ({ run: id, result })))
    .sort((a, b) => (a.result.startedAt < b.result.startedAt ? -1 : 1))
}

function addPoint(trends: Map<string, Trend>, run: string, result: Result, check: Check): void {
  const { id, title, unit, direction, value, limit, interval, verdict } = check
  if (typeof value !== 'number' || verdict === 'not-measured') return
  const { startedAt, environment } = result
  const command = commandOf(result)
  const conditions = conditionsText(conditionsOf(result))
  const key = JSON.stringify([command, id, unit, conditions])
  const described = { command, id, title, unit, direction, conditions, limit: typeof limit === 'number' ? limit : null }
  const trend = trends.get(key) ?? { ...described, points: [], changePoints: [], unsaid: null }
  trend.points.push({ run, startedAt, commit: environment.commit, value, verdict, ...(interval ? { interval } : {}) })
  trends.set(key, Object.assign(trend, described))
}

/** Only a series that varies can be taken for one that changed. */
function canAlarm(points: readonly TrendPoint[]): boolean {
  return points.length >= fewestRuns(falseAlarmsPerReport) && points.some(({ value }) => value !== points[0]?.value)
}

function search(trend: Trend, level: number): void {
  const { points, direction } = trend
  const needed = fewestRuns(level)
  if (points.length < needed) {
    trend.unsaid = `${points.length} of the ${needed} runs that a statement about changes needs`
    return
  }
  const first = Math.max(0, points.length - searched)
  const values = points.slice(first).map(({ value }) => value)
  const cuts = changePoints(values, level)
  const borders = [0, ...cuts.map(({ at }) => at), values.length]
  trend.changePoints = cuts.map(({ at, pValue }, index): ChangePoint => {
    const before = median(values.slice(borders[index], at))
    const after = median(values.slice(at, borders[index + 2]))
    return {
      at: first + at,
      before,
      after,
      pValue,
      worse: direction === 'none' ? null : direction === 'lower' ? after > before : after < before,
    }
  })
}
