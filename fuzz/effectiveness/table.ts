/** What the runs come to: a row for each flaw, with the figures of each strategy. */

import { markdownTable } from '../../reports/markdown-table.ts'
import type { Check } from '../../result/result.ts'
import { binomialInterval } from '../../statistics/binomial-interval.ts'
import { median } from '../../statistics/median.ts'
import { medianInterval } from '../../statistics/median-interval.ts'
import { contenders, wholeFuzzer } from './contenders.ts'
import type { Flaw } from './flaws/flaw.ts'
import type { Run } from './run.ts'

type Interval = NonNullable<Check['interval']>

export interface Row {
  flaw: string
  class: string
  cwe: string
  source: string
  strategies: Figures[]
}

interface Figures {
  strategy: string
  found: number
  runs: number
  foundInterval: Interval | null
  byTimeout: number
  /** To the first confirmed finding, of the runs that found the flaw; wall clock and CPU time. */
  medianSeconds: number | null
  medianSecondsInterval: Interval | null
  slowestSeconds: number | null
  medianCpuSeconds: number | null
  medianCases: number | null
  findings: string[]
}

export function rowOf({ name, class: attackClass, cwe, source }: Flaw, runs: readonly Run[]): Row {
  const own = runs.filter(({ flaw }) => flaw === name)
  const strategies = contenders.map((contender) =>
    figures(
      contender.name,
      own.filter(({ strategy }) => strategy === contender.name),
    ),
  )
  return { flaw: name, class: attackClass, cwe, source, strategies: strategies.filter((one) => one.runs > 0) }
}

function figures(strategy: string, runs: readonly Run[]): Figures {
  const found = runs.filter((run) => run.found)
  const seconds = found.map((run) => run.afterSeconds)
  const ofFound = (values: readonly number[]) => (found.length === 0 ? null : rounded(median(values)))
  return {
    strategy,
    found: found.length,
    runs: runs.length,
    foundInterval: shareInterval(found.length, runs.length),
    byTimeout: found.filter((run) => run.byTimeout).length,
    medianSeconds: ofFound(seconds),
    medianSecondsInterval: timeInterval(seconds),
    slowestSeconds: found.length === 0 ? null : Math.max(...seconds),
    medianCpuSeconds: ofFound(found.map((run) => run.afterCpuSeconds)),
    medianCases: ofFound(found.map((run) => run.cases)),
    findings: [...new Set(found.map((run) => run.finding))],
  }
}

/** Of the median; null where there are too few values for 95 %. */
export function timeInterval(seconds: readonly number[]): Interval | null {
  if (seconds.length === 0) return null
  const { low, high, level } = medianInterval(seconds)
  return level < 0.95 ? null : { low: rounded(low), high: rounded(high), level: rounded(level) }
}

/** Null without runs. */
export function shareInterval(found: number, runs: number): Interval | null {
  return runs === 0 ? null : { ...binomialInterval(found, runs), level: 0.95 }
}

/** One line for people: `alg-none-accepted: full 20/20 0.61 s, bytes 0/1`. */
export function lineOf({ flaw, strategies }: Row): string {
  const cells = strategies.map(
    ({ strategy, found, runs, medianSeconds }) =>
      `${strategy} ${found}/${runs}${medianSeconds === null ? '' : ` ${medianSeconds} s`}`,
  )
  return `${flaw}: ${cells.join(', ')}`
}

/** A row for each flaw, the slowest first, under a row of all flaws together. */
export function markdownOf(rows: readonly Row[], runs: readonly Run[]): string {
  const others = contenders.filter(
    (contender) => contender !== wholeFuzzer && runs.some(({ strategy }) => strategy === contender.name),
  )
  const head = [
    'flaw',
    'CWE',
    'found',
    'by time-out',
    'median s (95 % interval)',
    'slowest s',
    'median CPU s',
    'median cases',
    ...others.map(({ title }) => title),
  ]
  const cellsOf = (strategies: readonly Figures[]) => {
    const whole = strategies.find(({ strategy }) => strategy === wholeFuzzer.name)
    const interval = whole?.medianSecondsInterval
    return [
      whole ? `${whole.found}/${whole.runs}` : '',
      String(whole?.byTimeout ?? ''),
      `${whole?.medianSeconds ?? ''}${interval ? ` (${interval.low} to ${interval.high})` : ''}`,
      String(whole?.slowestSeconds ?? ''),
      String(whole?.medianCpuSeconds ?? ''),
      String(whole?.medianCases ?? ''),
      ...others.map(({ name }) => {
        const one = strategies.find(({ strategy }) => strategy === name)
        return one ? `${one.found}/${one.runs}${one.medianSeconds === null ? '' : `, ${one.medianSeconds} s`}` : ''
      }),
    ]
  }
  const all = contenders.map(({ name }) =>
    figures(
      name,
      runs.filter(({ strategy }) => strategy === name),
    ),
  )
  const slowest = ({ strategies }: Row) =>
    strategies.find(({ strategy }) => strategy === wholeFuzzer.name)?.medianSeconds ?? Number.POSITIVE_INFINITY
  const sorted = rows.toSorted((a, b) => slowest(b) - slowest(a) || a.flaw.localeCompare(b.flaw))
  const lines = [
    ['all', '', ...cellsOf(all.filter((one) => one.runs > 0))],
    ...sorted.map(({ flaw, cwe, strategies }) => [flaw, cwe, ...cellsOf(strategies)]),
  ]
  return markdownTable(
    head,
    head.map((_, index) => (index < 2 ? 'left' : 'right')),
    lines,
  )
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
