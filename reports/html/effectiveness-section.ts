import * as z from 'zod'
import { typedCommand } from '../../command/typed-command.ts'
import { figure } from './charts/figure.ts'
import { intervalChart } from './charts/interval-chart.ts'
import type { Source } from './check-table.ts'
import { checkValue } from './check-value.ts'
import { type Cell, dataTable } from './data-table.ts'
import { html, type Markup } from './markup.ts'
import { checkOf, type Section } from './section.ts'

const intervalSchema = z.object({ low: z.number(), high: z.number() })
const dataSchema = z.object({
  rows: z.array(
    z.object({
      flaw: z.string(),
      class: z.string(),
      source: z.string(),
      strategies: z.array(
        z.object({
          strategy: z.string(),
          found: z.number(),
          runs: z.number(),
          medianSeconds: z.number().nullable(),
          medianSecondsInterval: intervalSchema.nullable().optional(),
        }),
      ),
    }),
  ),
})
type Rows = z.infer<typeof dataSchema>['rows']

export const effectivenessSection: Section = {
  id: 'effectiveness',
  title: 'Strength of the attacks',
  question: 'Would those attacks find a flaw if there were one?',
  document: 'effectiveness',
  folds: true,
  method:
    'Handlers that are right but for one flaw, each modelled on a public vulnerability, attacked with several seeds by the fuzzer and by simpler strategies.',
  command: (result) => typedCommand(`fuzz effectiveness --seeds ${result?.inputs.seeds ?? 20}`),
  answer(source) {
    const flaws = checkOf(source, 'effectiveness.flaws')
    if (!flaws) return null
    return html`${checkValue(source, 'effectiveness.flaws')} of ${source.result.inputs.flaws as number} known flaws found in every run, in ${checkValue(source, 'effectiveness.median')} at the median.`
  },
  body(source) {
    const data = dataSchema.safeParse(source.result.data)
    return [strategies(source), data.success ? times(data.data.rows) : null, data.success ? rows(data.data.rows) : null]
  },
}

const aboutNoStrategy = ['flaws', 'median', 'slowest', 'by-timeout'].map((name) => `effectiveness.${name}`)

function strategies(source: Source): Markup | null {
  const shares = source.result.checks.flatMap(({ id, title, value, unit, interval }, index) =>
    typeof value === 'number' && interval && unit === '1' && !aboutNoStrategy.includes(id)
      ? [{ id, title: title.replace(/^.*: /, ''), value, ...interval, at: `effectiveness#/checks/${index}` }]
      : [],
  )
  if (shares.length === 0) return null
  return figure({
    caption: 'Share of runs that found the flaw, by strategy',
    half: true,
    draw: (width) =>
      intervalChart(
        shares.map(({ title, value, low, high }, index) => ({
          name: title,
          value: 100 * value,
          low: 100 * low,
          high: 100 * high,
          emphasized: index === 0,
        })),
        { unit: '%' },
        width,
      ),
    table: {
      head: ['strategy', 'share', 'from', 'to'],
      rows: shares.map(({ title, value, low, high, at }): Cell[] => [
        title,
        { value, unit: '', at: `${at}/value` },
        { value: low, unit: '', at: `${at}/interval/low` },
        { value: high, unit: '', at: `${at}/interval/high` },
      ]),
    },
  })
}

function times(flaws: Rows): Markup | null {
  const found = flaws.flatMap(({ flaw, strategies }, row) => {
    const own = strategies[0]
    return own?.medianSeconds === null || own === undefined
      ? []
      : [
          {
            flaw,
            seconds: own.medianSeconds,
            interval: own.medianSecondsInterval ?? { low: own.medianSeconds, high: own.medianSeconds },
            at: `effectiveness#/data/rows/${row}/strategies/0/medianSeconds`,
          },
        ]
  })
  if (found.length === 0) return null
  found.sort((a, b) => b.seconds - a.seconds)
  const slowest = found.slice(0, 12)
  return figure({
    caption: `Time to the first finding: ${found.length > slowest.length ? `the ${slowest.length} slowest of ` : ''}${found.length} flaws`,
    says: 'The median over seeds.',
    half: true,
    draw: (width) =>
      intervalChart(
        slowest.map(({ flaw, seconds, interval }) => ({ name: flaw, value: seconds, ...interval, emphasized: true })),
        { unit: 's' },
        width,
      ),
    table: {
      head: ['flaw', 'median time'],
      rows: found.map(({ flaw, seconds, at }): Cell[] => [flaw, { value: seconds, unit: 's', at }]),
    },
  })
}

/** Every flaw and how often each strategy found it. */
function rows(flaws: Rows): Markup | null {
  const [first] = flaws
  if (!first) return null
  return html`<details><summary>All ${flaws.length} flaws, with the vulnerability each is modelled on</summary>${dataTable(
    'Flaws',
    {
      head: ['flaw', 'class', 'modelled on', ...first.strategies.map(({ strategy }) => `found by ${strategy}`)],
      rows: flaws.map(({ flaw, class: kind, source, strategies }): Cell[] => [
        flaw,
        kind,
        source,
        ...strategies.map(({ found, runs }) => `${found} of ${runs}`),
      ]),
    },
  )}</details>`
}
