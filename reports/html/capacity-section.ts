import * as z from 'zod'
import { typedCommand } from '../../command/typed-command.ts'
import { figure } from './charts/figure.ts'
import { probeChart } from './charts/probe-chart.ts'
import { intervalText } from './check-table.ts'
import { checkValue } from './check-value.ts'
import type { Cell } from './data-table.ts'
import { html } from './markup.ts'
import { checkOf, type Section } from './section.ts'

const dataSchema = z.object({
  probes: z.array(
    z.object({
      rate: z.number(),
      sustained: z.boolean(),
      p99Ms: z.number().nullable(),
      hitRatio: z.number().nullable(),
      failed: z.array(z.string()),
    }),
  ),
})

export const capacitySection: Section = {
  id: 'capacity',
  title: 'Capacity',
  question: 'How many requests per second can one such machine take?',
  document: 'capacity',
  folds: true,
  method:
    'The arrival rate is raised until an objective of the configuration fails, then halved in until the knee is known, several times over. Load, cache and authorizer share the machine, so that a real edge does better.',
  command: (result) =>
    typedCommand(`capacity --scenario ${result?.inputs.scenario ?? 'steady'} --repeats ${result?.inputs.repeats ?? 3}`),
  answer(source) {
    const rate = checkOf(source, 'capacity.rate')?.check
    if (!rate) return null
    const { title, interval, verdict } = rate
    return html`${title.endsWith('at least') ? 'At least ' : ''}${checkValue(source, 'capacity.rate')}${
      interval && interval.level > 0 ? `, ${intervalText(interval)}` : ''
    }${verdict === 'not-measured' ? ' (not counted)' : ''}.`
  },
  body({ result }) {
    const data = dataSchema.safeParse(result.data)
    if (!data.success || data.data.probes.length === 0) return []
    const { probes } = data.data
    return [
      figure({
        caption: 'Time of allowed requests, p99, at each rate that was tried',
        draw: (width) => probeChart(probes, width),
        table: {
          head: ['per second', 'p99', 'hit ratio', 'sustained', 'objectives missed'],
          rows: probes.map(({ rate, p99Ms, hitRatio, sustained, failed }, index): Cell[] => [
            { value: rate, unit: '', at: `capacity#/data/probes/${index}/rate` },
            { value: p99Ms, unit: 'ms', at: `capacity#/data/probes/${index}/p99Ms` },
            { value: hitRatio, unit: '', at: `capacity#/data/probes/${index}/hitRatio` },
            sustained ? 'yes' : 'no',
            failed.join(', '),
          ]),
        },
      }),
    ]
  },
}
