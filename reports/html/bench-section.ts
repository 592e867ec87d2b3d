import * as z from 'zod'
import type { Result } from '../result.ts'
import { bars, figure } from './chart.ts'
import type { Markup } from './markup.ts'

const figureSchema = z.object({ median: z.number(), low: z.number(), high: z.number() })
const dataSchema = z.object({
  cases: z.array(z.object({ id: z.string(), subjects: z.array(z.object({ id: z.string(), toVerify: figureSchema })) })),
})

/** One chart for each case: CPU time as a ratio to one bare verification, ours and the peers'. */
export function benchCharts(result: Result): Markup[] {
  const data = dataSchema.safeParse(result.data)
  if (!data.success) return []
  return data.data.cases
    .filter(({ id }) => id === 'warm' || id === 'hot')
    .map(({ id, subjects }) => {
      const ratio = (value: number) => Number(value.toPrecision(3))
      return figure(
        `${id}: CPU time of one request, as a ratio to one bare signature verification`,
        bars(
          subjects.map((subject) => subject.id),
          subjects.map(({ toVerify }) => ratio(toVerify.median)),
          'x',
        ),
        56 + subjects.length * 30,
        {
          head: ['subject', 'median', 'from', 'to'],
          rows: subjects.map(({ id: subject, toVerify: { median, low, high } }) => [
            subject,
            ratio(median),
            ratio(low),
            ratio(high),
          ]),
        },
      )
    })
}
