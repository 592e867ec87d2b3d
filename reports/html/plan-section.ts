import * as z from 'zod'
import { barChart } from './charts/bar-chart.ts'
import { figure } from './charts/figure.ts'
import { intervalChart } from './charts/interval-chart.ts'
import { checkValue } from './check-value.ts'
import { type Cell, dataTable } from './data-table.ts'
import { html, type Markup } from './markup.ts'
import { numberText } from './quantity.ts'
import { checkOf, type Section } from './section.ts'

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
const dataSchema = z.object({
  plan: z.object({
    rates: z.array(rateSchema).min(1),
    spike: z.object({
      from: z.number(),
      to: z.number(),
      refused: estimateSchema,
      refusedAfterIncrease: estimateSchema,
      coldStarts: estimateSchema.nullable(),
      increases: z.array(increaseSchema),
    }),
  }),
})

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

export const planSection: Section = {
  id: 'plan',
  title: 'Fleet',
  question: 'What does it need of AWS at each rate, and what does that cost?',
  document: 'plan',
  method:
    'Worked out, not measured: from the times of this run, from quotas and prices with their dates, and from assumptions. Each band holds every combination of the ends of what went in; it is no confidence interval.',
  command: () => 'edgeproof plan',
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
      html`<h3>Quotas and cost by rate</h3>${dataTable('Quotas and cost by rate', {
        head: ['per second', 'binds first, busiest region', 'increases to ask for', 'dollars a month', 'from', 'to'],
        rows: rates.map((rate, index): Cell[] => [
          { value: rate.rate, unit: '', at: at(index, 'rate') },
          String(checkOf(source, `plan.rate-${rate.rate}.binds`)?.check.value ?? ''),
          increasesText(rate.increases),
          ...estimateCells(rate.cost.total ?? null, at(index, 'cost/total')),
        ]),
      })}`,
      quotaUse(rates),
      costByComponent(rates),
      hitRatios(rates),
      html`<h3>A launch from ${numberText(spike.from)} to ${numberText(spike.to)} requests per second at once</h3>${dataTable(
        'Launch',
        {
          head: ['requests', 'value', 'from', 'to'],
          rows: [
            ['refused, quotas as they are', ...estimateCells(spike.refused, 'plan#/data/plan/spike/refused')],
            [
              'refused after the increases, while Lambda scales',
              ...estimateCells(spike.refusedAfterIncrease, 'plan#/data/plan/spike/refusedAfterIncrease'),
            ],
            ['that start a sandbox', ...estimateCells(spike.coldStarts, 'plan#/data/plan/spike/coldStarts')],
          ],
        },
      )}<p>Increases to ask for: ${increasesText(spike.increases)}.</p>`,
    ]
  },
}

function at(rate: number, path: string): string {
  return `plan#/data/plan/rates/${rate}/${path}`
}

function estimateCells(estimate: Estimate | null, pointer: string): Cell[] {
  return (['value', 'low', 'high'] as const).map((end) => ({
    value: estimate?.[end] ?? null,
    unit: '',
    at: `${pointer}/${end}`,
  }))
}

function increasesText(increases: Rate['increases']): string {
  if (increases.length === 0) return 'none'
  return increases
    .map(({ quota, from, to, why }) => `${quota}: ${numberText(from)} to ${numberText(to)} (${why})`)
    .join('; ')
}

/** The two quotas of a region, as shares of them, on one axis. */
function quotaUse(rates: readonly Rate[]): Markup {
  const rows = rates.flatMap(({ rate, regions }, index) => {
    const busiest = regions.reduce((most, region, each) => (region.rate > (regions[most]?.rate ?? 0) ? each : most), 0)
    const region = regions[busiest]
    if (!region) return []
    return (['requests', 'concurrency'] as const).map((quota) => ({
      name: `${numberText(rate)}/s: ${quota === 'requests' ? 'requests/s' : quota}`,
      ...percent(region[`${quota}Use`]),
      emphasized: region.binds === quota,
      at: at(index, `regions/${busiest}/${quota}Use`),
      share: region[`${quota}Use`],
    }))
  })
  return figure({
    caption: "Use of the busiest region's quotas",
    says: "100 % is AWS's default quota. The darker one of each pair is used up first.",
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

function costByComponent(rates: readonly Rate[]): Markup {
  const dear = Object.entries(components).filter(([name]) => rates.some(({ cost }) => cost[name]))
  const perMillion = ({ use, cost }: Rate, name: string) => ((cost[name]?.value ?? 0) / use.requests.value) * 1e6
  return figure({
    caption: 'Cost of a million requests by component, in dollars',
    draw: (width) =>
      barChart(
        rates.map(({ rate }) => `${numberText(rate)}/s`),
        dear.map(([name, title]) => ({ name: title, values: rates.map((rate) => perMillion(rate, name)) })),
        ' $',
        width,
      ),
    table: {
      head: ['rate and component', 'dollars a month', 'from', 'to'],
      rows: rates.flatMap(({ rate, cost }, index) =>
        dear.map(([name, title]): Cell[] => [
          `${numberText(rate)}/s: ${title}`,
          ...estimateCells(cost[name] ?? null, at(index, `cost/${name}`)),
        ]),
      ),
    },
  })
}

function hitRatios(rates: readonly Rate[]): Markup {
  return html`<h3>Hit ratio by number of points of presence</h3>${dataTable(
    'Hit ratio by number of points of presence',
    {
      head: ['rate and points of presence', 'share of hits', 'from', 'to'],
      rows: rates.flatMap(({ rate, hitRatios }, index) =>
        hitRatios.map(({ pops, ratio }, each): Cell[] => [
          `${numberText(rate)}/s, ${numberText(pops)}`,
          ...estimateCells(ratio, at(index, `hitRatios/${each}/ratio`)),
        ]),
      ),
    },
  )}`
}
