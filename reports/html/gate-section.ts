import { typedCommand } from '../../command/typed-command.ts'
import type { Verdict } from '../../result/result.ts'
import { figure } from './charts/figure.ts'
import { intervalChart } from './charts/interval-chart.ts'
import type { Source } from './check-table.ts'
import type { Cell } from './data-table.ts'
import { html, type Markup } from './markup.ts'
import type { Section } from './section.ts'

export const gateSection: Section = {
  id: 'gate',
  title: 'Regression gate',
  question: 'Is this version slower or larger than the last?',
  document: 'gate',
  folds: true,
  method:
    'Both versions take turns on the same requests inside fresh processes (CPU time, simultaneous intervals over all suites), and their instructions are counted under callgrind. The calibration of the machine gives the error rates that each check quotes.',
  command: (result) => typedCommand(`gate --base ${result?.inputs.base ?? 'main'}`),
  answer({ result }) {
    const failed = result.checks.filter(({ verdict }) => verdict === 'fail').length
    return html`${failed === 0 ? 'No check of' : `${failed} of`} ${result.checks.length} failed, ${String(result.inputs.head ?? 'HEAD')} against ${String(result.inputs.base ?? 'its baseline')}.`
  },
  body: (source) => [cpuTime(source), instructions(source)],
}

/** CPU time head/base by suite, with the limit that each must keep. */
function cpuTime({ document, result }: Source): Markup | null {
  const suites = result.checks.flatMap((check, index) =>
    check.id.startsWith('cpu.') && typeof check.value === 'number' && check.interval
      ? [{ ...check, value: check.value, interval: check.interval, at: `${document}#/checks/${index}` }]
      : [],
  )
  if (suites.length === 0) return null
  const limits = suites.flatMap(({ limit }) => (typeof limit === 'number' ? [limit] : []))
  return figure({
    caption: 'CPU time of this version to that of the base, by suite',
    says: 'Left of 1× is faster. A suite fails where its whole interval lies beyond its limit.',
    draw: (width) =>
      intervalChart(
        failuresFirst(suites).map(({ id, value, interval, verdict }) => ({
          name: id.slice('cpu.'.length),
          value,
          low: interval.low,
          high: interval.high,
          emphasized: verdict === 'fail',
        })),
        { unit: '1', fromZero: false, ...(limits.length > 0 ? { limit: Math.max(...limits) } : {}) },
        width,
      ),
    table: {
      head: ['suite', 'head/base', 'from', 'to', 'limit'],
      rows: suites.map(({ title, value, limit, at, interval }): Cell[] => [
        title,
        { value, unit: '1', at: `${at}/value` },
        { value: interval.low, unit: '1', at: `${at}/interval/low` },
        { value: interval.high, unit: '1', at: `${at}/interval/high` },
        { value: limit, unit: '1', at: `${at}/limit` },
      ]),
    },
  })
}

function failuresFirst<Row extends { verdict: Verdict }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => Number(b.verdict === 'fail') - Number(a.verdict === 'fail'))
}

/** Counted instructions against the most that the base allows. */
function instructions({ document, result }: Source): Markup | null {
  const suites = result.checks.flatMap(({ id, title, value, limit, verdict }, index) =>
    id.startsWith('instructions.') && typeof value === 'number' && typeof limit === 'number'
      ? [{ id, title, value, limit, verdict, at: `${document}#/checks/${index}` }]
      : [],
  )
  if (suites.length === 0) return null
  return figure({
    caption: 'Instructions per operation, as a share of what the base allows',
    draw: (width) =>
      intervalChart(
        failuresFirst(suites).map(({ id, value, limit }) => ({
          name: id.slice('instructions.'.length),
          value: value / limit,
          low: value / limit,
          high: value / limit,
          emphasized: value > limit,
        })),
        { unit: '1', fromZero: false, limit: 1 },
        width,
      ),
    table: {
      head: ['suite', 'instructions', 'at most'],
      rows: suites.map(({ title, value, limit, at }): Cell[] => [
        title,
        { value, unit: '', at: `${at}/value` },
        { value: limit, unit: '', at: `${at}/limit` },
      ]),
    },
  })
}
