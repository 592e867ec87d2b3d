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
  warm: 'A new token',
  hot: 'A token seen before',
  'malformed-start': 'A malformed token, until it is refused',
}
/** Other forms of a subject, in words. */
const forms: Readonly<Record<string, string>> = {
  'edgeproof-twin': 'ours again',
  'edgeproof-session': 'ours by cookie',
  'fast-jwt-cached': 'fast-jwt, cached',
}

const freshSuites: Record<string, string> = {
  init: 'Loading the module in a fresh process, as a multiple of an empty script',
  cold: 'A cold start with its first request, as a multiple of importing one key and verifying once',
}

export const benchSection: Section = {
  id: 'speed',
  title: 'Speed',
  question: 'How much CPU time does it add to a request, as a multiple of one bare signature check?',
  document: 'bench',
  method:
    'CPU time in fresh processes; all subjects take turns in the same rounds as one bare crypto.verify, so that only ratios count. The parsing of the event is subtracted. Intervals are of the median over processes.',
  command: (result) => typedCommand(result?.inputs.quick === true ? 'bench --quick' : 'bench'),
  answer(source) {
    const warm = checkOf(source, 'bench.warm.floor')
    if (!warm) return null
    const peer = checkOf(source, 'bench.warm.peer')
    return html`A new token takes ${checkValue(source, 'bench.warm.floor')} the CPU time of a bare signature check${
      peer
        ? html`, ${checkValue(source, 'bench.warm.peer')} that of ${peer.check.title.split(', ').at(-1)}, the fastest other`
        : null
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
    .map((subject, index) => ({
      name: forms[subject.id] ?? subject.id,
      emphasized: subject.id.startsWith('edgeproof'),
      ...subject[ratio],
      at: `${document}#/data/${path}/${index}/${ratio}`,
    }))
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
    says:
      path === 'cases/0/subjects' && subjects.some(({ id }) => id === 'edgeproof-twin')
        ? '“Ours again” is edgeproof a second time: what differs between the two is chance.'
        : null,
    half: true,
    draw: (width) =>
      intervalChart(
        rows.map(({ name, median, low, high, emphasized }) => ({ name, value: median, low, high, emphasized })),
        { unit: '1', logarithmic: least > 0 && most / least > 20 },
        width,
      ),
    table: {
      head: ['subject', 'median', 'from', 'to'],
      rows: rows.map((row) => [row.name, part('median', row), part('low', row), part('high', row)]),
    },
  })
}
