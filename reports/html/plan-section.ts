import * as z from 'zod'
import { typedCommand } from '../../command/typed-command.ts'
import { barChart } from './charts/bar-chart.ts'
import { figure } from './charts/figure.ts'
import { intervalChart } from './charts/interval-chart.ts'
import { locatedTable, type Source } from './check-table.ts'
import { checkValue } from './check-value.ts'
import { type Cell, dataTable, type TableData } from './data-table.ts'
import { html, type Markup } from './markup.ts'
import { numberText } from './quantity.ts'
import { checkOf, more, type Section } from './section.ts'

const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() })
type Estimate = z.infer<typeof estimateSchema>
const increaseSchema = z.object({ quota: z.string(), from: z.number(), to: z.number(), why: z.string() })
const rateSchema = z.object({
  rate: z.number(),
  regions: z.array(
    z.object({
      rate: z.number(),
      binds: z.enum(['concurrency', 'requests']),
      requestsUse: estimateSchema,
      concurrencyUse: estimateSchema,
    }),
  ),
  hitRatios: z.array(z.object({ pops: z.number(), ratio: estimateSchema })),
  use: z.object({ requests: estimateSchema }),
  cost: z.record(z.string(), estimateSchema.nullable()),
  increases: z.array(increaseSchema),
})
type Rate = z.infer<typeof rateSchema>
const spikeSchema = z.object({
  from: z.number(),
  to: z.number(),
  refused: estimateSchema,
  refusedAfterIncrease: estimateSchema,
  coldStarts: estimateSchema.nullable(),
  increases: z.array(increaseSchema),
})
const planSchema = z.object({ rates: z.array(rateSchema).min(1), spike: spikeSchema })
type Plan = z.infer<typeof planSchema>
const dataSchema = z.object({ plan: planSchema })

/** In the order of the bill; what the total does not hold is left out. */
const components: Readonly<Record<string, string>> = {
  httpsRequests: 'HTTPS requests',
  invocations: 'invocations',
  duration: 'duration',
  init: 'billed INIT',
  originRequests: 'bucket requests',
  denialLogs: 'denial logs',
  monitoring: 'monitoring',
}

/** What a bar shows apart; the rest is too small to be seen. */
const bars: Readonly<Record<string, readonly string[]>> = {
  HTTPS: ['httpsRequests'],
  invocations: ['invocations'],
  bucket: ['originRequests'],
  'all else': ['duration', 'init', 'denialLogs', 'monitoring'],
}

export const planSection: Section = {
  id: 'plan',
  title: 'Fleet',
  question: 'What does it need of AWS at each rate, and what does that cost?',
  document: 'plan',
  method:
    'Worked out, not measured: from the times of this run, from quotas and prices with their dates, and from assumptions. Each band holds every combination of the ends of what went in; it is no confidence interval.',
  command: () => typedCommand('plan'),
  answer(source) {
    const data = dataSchema.safeParse(source.result.data)
    if (!data.success) return null
    const last = data.data.plan.rates.at(-1)
    if (!last) return null
    const { rate } = last
    return html`At ${numberText(rate)} requests per second ${checkValue(source, `plan.rate-${rate}.increases`)} of AWS's default quotas ${
      last.increases.length === 1 ? 'is' : 'are'
    } exceeded; a month costs ${checkValue(source, `plan.rate-${rate}.cost`)}.`
  },
  body(source) {
    const data = dataSchema.safeParse(source.result.data)
    if (!data.success) return []
    const { rates, spike } = data.data.plan
    return [
      dataTable('Quotas and cost by rate', {
        head: ['per second', 'a month', 'from', 'to', 'first quota to be reached, in the busiest region'],
        rows: rates.map((rate, index): Cell[] => [
          { value: rate.rate, unit: '', at: at(index, 'rate') },
          ...estimateCells(rate.cost.total ?? null, at(index, 'cost/total'), '$'),
          String(checkOf(source, `plan.rate-${rate.rate}.binds`)?.check.value ?? ''),
        ]),
      }),
      increases(data.data.plan),
      quotaUse(rates),
      costByComponent(rates),
      more('Hit ratio by number of points of presence', [hitRatios(rates)]),
      launch(spike),
      validation(source),
    ]
  },
}

function foldedTable(title: string, table: TableData): Markup {
  return html`<details><summary>${title}</summary>${dataTable(title, table)}</details>`
}

function at(rate: number, path: string): string {
  return `plan#/data/plan/rates/${rate}/${path}`
}

function estimateCells(estimate: Estimate | null, pointer: string, unit = ''): Cell[] {
  return (['value', 'low', 'high'] as const).map((end) => ({
    value: estimate?.[end] ?? null,
    unit,
    at: `${pointer}/${end}`,
  }))
}

/** Each quota that is not enough, at each rate and in the launch. */
function increases({ rates, spike }: Plan): Markup {
  const title = 'Quota increases to ask for'
  const needed = [
    ...rates.map(({ rate, increases }, index) => ({
      of: `${numberText(rate)}/s`,
      increases,
      at: at(index, 'increases'),
    })),
    { of: 'launch', increases: spike.increases, at: 'plan#/data/plan/spike/increases' },
  ]
  const rows = needed.flatMap(({ of, increases, at }) =>
    increases.map(({ quota, from, to, why }, index): Cell[] => [
      of,
      quota,
      { value: from, unit: '', at: `${at}/${index}/from` },
      { value: to, unit: '', at: `${at}/${index}/to` },
      why,
    ]),
  )
  if (rows.length === 0) return html`<p>No default quota is exceeded.</p>`
  return html`<div><h3>${title}</h3>${dataTable(title, { head: ['at', 'quota', 'from', 'to', 'why'], rows })}</div>`
}

/** The two quotas of a region, as shares of them, on one axis. */
function quotaUse(rates: readonly Rate[]): Markup {
  const rows = rates.flatMap(({ rate, regions }, index) => {
    const busiest = regions.reduce((most, region, each) => (region.rate > (regions[most]?.rate ?? 0) ? each : most), 0)
    const region = regions[busiest]
    if (!region) return []
    return (['requests', 'concurrency'] as const).map((quota) => ({
      name: `${compact(rate)}/s ${quota === 'requests' ? 'requests' : 'in service'}`,
      ...percent(region[`${quota}Use`]),
      emphasized: region.binds === quota,
      at: at(index, `regions/${busiest}/${quota}Use`),
      share: region[`${quota}Use`],
    }))
  })
  return figure({
    caption: "Use of the busiest region's quotas",
    half: true,
    says: 'As shares of AWS’s defaults; the coloured one of each pair is used up first.',
    draw: (width) => intervalChart(rows, { unit: '%', limit: 100, logarithmic: true }, width),
    table: {
      head: ['quota', 'share of it', 'from', 'to'],
      rows: rows.map(({ name, share, at }): Cell[] => [name, ...estimateCells(share, at)]),
    },
  })
}

function percent({ value, low, high }: Estimate): Estimate {
  // A logarithmic axis has no zero.
  const shown = (share: number) => Math.max(0.001, 100 * share)
  return { value: shown(value), low: shown(low), high: shown(high) }
}

/** 1M for 1,000,000: short enough for the axis of a phone. */
function compact(rate: number): string {
  return rate.toLocaleString('en-US', { notation: 'compact' })
}

function costByComponent(rates: readonly Rate[]): Markup {
  const listed = Object.entries(components).filter(([name]) => rates.some(({ cost }) => cost[name]))
  const perMillion = ({ use, cost }: Rate, names: readonly string[]) =>
    (names.reduce((sum, name) => sum + (cost[name]?.value ?? 0), 0) / use.requests.value) * 1e6
  return figure({
    caption: 'Cost of a million requests, by component',
    half: true,
    draw: (width) =>
      barChart(
        rates.map(({ rate }) => `${numberText(rate)}/s`),
        Object.entries(bars).map(([name, names]) => ({ name, values: rates.map((rate) => perMillion(rate, names)) })),
        '$',
        width,
      ),
    table: {
      head: ['rate and component', 'a month', 'from', 'to'],
      rows: rates.flatMap(({ rate, cost }, index) =>
        listed.map(([name, title]): Cell[] => [
          `${numberText(rate)}/s: ${title}`,
          ...estimateCells(cost[name] ?? null, at(index, `cost/${name}`), '$'),
        ]),
      ),
    },
  })
}

function hitRatios(rates: readonly Rate[]): Markup {
  const rows = rates.flatMap(({ rate, hitRatios }, index) =>
    hitRatios.map(({ pops, ratio }, each) => ({
      name: `${compact(rate)}/s, ${numberText(pops)}`,
      ...percent(ratio),
      emphasized: true,
      ratio,
      at: at(index, `hitRatios/${each}/ratio`),
    })),
  )
  return figure({
    caption: 'Share of hits, by rate and number of points of presence',
    half: true,
    says: 'Each point of presence has a cache of its own, and a smaller part of the requests the more of them there are.',
    draw: (width) => intervalChart(rows, { unit: '%', fromZero: false }, width),
    table: {
      head: ['rate and points of presence', 'share of hits', 'from', 'to'],
      rows: rows.map(({ name, ratio, at }): Cell[] => [name, ...estimateCells(ratio, at)]),
    },
  })
}

function launch({ from, to, refused, refusedAfterIncrease, coldStarts }: Plan['spike']): Markup {
  const pointer = (name: string) => `plan#/data/plan/spike/${name}`
  return foldedTable(`A launch from ${numberText(from)} to ${numberText(to)} requests per second at once`, {
    head: ['requests', 'value', 'from', 'to'],
    rows: [
      ['refused, quotas as they are', ...estimateCells(refused, pointer('refused'))],
      ['refused after the increases', ...estimateCells(refusedAfterIncrease, pointer('refusedAfterIncrease'))],
      ['that start a sandbox', ...estimateCells(coldStarts, pointer('coldStarts'))],
    ],
  })
}

/** Only where the model was held against the local edge. */
function validation({ document, result }: Source): Markup | null {
  const checks = result.checks
    .map((check, index) => ({ check, at: `${document}#/checks/${index}` }))
    .filter(({ check }) => check.id.startsWith('plan.validation.'))
  if (checks.length === 0) return null
  const title = 'The model against the local edge, at loads it was not fitted on'
  return html`<div><h3>${title}</h3>${locatedTable(title, checks)}</div>`
}
