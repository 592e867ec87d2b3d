import * as z from 'zod'
import { typedCommand } from '../../command/typed-command.ts'
import { figure } from './charts/figure.ts'
import { intervalChart } from './charts/interval-chart.ts'
import type { Source } from './check-table.ts'
import { checkValue } from './check-value.ts'
import type { Cell } from './data-table.ts'
import { html, type Markup } from './markup.ts'
import { checkOf, type Section } from './section.ts'

const figureSchema = z.object({ median: z.number(), low: z.number(), high: z.number(), level: z.number() })
const subjectsOf = <Ratio extends string>(ratio: Ratio) =>
  z.array(
    z.looseObject({ id: z.string(), [ratio]: figureSchema } as Record<'id', z.ZodString> &
      Record<Ratio, typeof figureSchema>),
  )
const dataSchema = z.object({
  cases: z.array(z.object({ id: z.string(), subjects: subjectsOf('toVerify') })).optional(),
  fresh: z.array(z.object({ suite: z.string(), subjects: subjectsOf('toFloor') })).optional(),
})

/** The cases that a reader asks about first; the others are checks below. */
const requestCases: Record<string, string> = {
  warm: 'A token never seen before: CPU time of one request, to one bare signature verification',
  hot: 'A token seen before: CPU time of one request, to one bare signature verification',
  'malformed-start': 'A malformed token: CPU time until it is refused, to one bare signature verification',
}
const freshSuites: Record<string, string> = {
  init: 'Loading the module in a fresh process: CPU time, to an empty script',
  cold: 'Cold start, first request included: CPU time, to importing one key and verifying once',
}

export const benchSection: Section = {
  id: 'speed',
  title: 'Speed',
  question: 'How much CPU time does it add to a request?',
  document: 'bench',
  method:
    'CPU time in fresh processes; all subjects take turns in the same rounds as one bare crypto.verify, so that only ratios count. The parsing of the event is subtracted. Intervals are of the median over processes.',
  command: (result) => typedCommand(result?.inputs.quick === true ? 'bench --quick' : 'bench'),
  answer(source) {
    const warm = checkOf(source, 'bench.warm.floor')
    if (!warm) return null
    return html`${checkValue(source, 'bench.warm.floor')} one bare signature verification for a token never seen${
      checkOf(source, 'bench.hot.floor') ? html`, ${checkValue(source, 'bench.hot.floor')} for one seen before` : null
    }.`
  },
  body(source) {
    const data = dataSchema.safeParse(source.result.data)
    if (!data.success) return []
    const { cases = [], fresh = [] } = data.data
    return [
      ...cases.map(({ id, subjects }, index) =>
        ratios(source, requestCases[id], `cases/${index}/subjects`, 'toVerify', subjects),
      ),
      ...fresh.map(({ suite, subjects }, index) =>
        ratios(source, freshSuites[suite], `fresh/${index}/subjects`, 'toFloor', subjects),
      ),
    ]
  },
}

type Subject<Ratio extends string> = { id: string } & Record<Ratio, z.infer<typeof figureSchema>>

function ratios<Ratio extends string>(
  { document }: Source,
  caption: string | undefined,
  path: string,
  ratio: Ratio,
  subjects: readonly Subject<Ratio>[],
): Markup | null {
  if (caption === undefined) return null
  const rows = subjects
    .map((subject, index) => ({ id: subject.id, ...subject[ratio], at: `${document}#/data/${path}/${index}/${ratio}` }))
    .sort((a, b) => a.median - b.median)
  const most = Math.max(...rows.map(({ high }) => high))
  const least = Math.min(...rows.map(({ low }) => low))
  const part = (name: 'median' | 'low' | 'high', row: (typeof rows)[number]): Cell => ({
    value: row[name],
    unit: '1',
    at: `${row.at}/${name}`,
  })
  return figure({
    caption,
    half: true,
    draw: (width) =>
      intervalChart(
        rows.map(({ id, median, low, high }) => ({
          name: id,
          value: median,
          low,
          high,
          emphasized: id.startsWith('edgeproof'),
        })),
        { unit: '1', logarithmic: least > 0 && most / least > 20 },
        width,
      ),
    table: {
      head: ['subject', 'median', 'from', 'to'],
      rows: rows.map((row) => [row.id, part('median', row), part('low', row), part('high', row)]),
    },
  })
}
