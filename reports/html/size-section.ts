import * as z from 'zod'
import type { Result } from '../result.ts'
import { figure, treemap } from './chart.ts'
import type { Markup } from './markup.ts'

const dataSchema = z.object({
  attribution: z.array(
    z.object({ package: z.string(), files: z.array(z.object({ file: z.string(), bytes: z.number() })) }),
  ),
})

/** What the bundle is made of, as areas. */
export function sizeCharts(result: Result): Markup[] {
  const data = dataSchema.safeParse(result.data)
  if (!data.success) return []
  const files = data.data.attribution.flatMap((entry) =>
    entry.files.map((file) => [entry.package, file.file, file.bytes] as const),
  )
  const groups = data.data.attribution.map((entry) => ({
    name: entry.package,
    children: entry.files.map(({ file, bytes }) => ({ name: `${file.replace(/^.*\//, '')} ${bytes}`, value: bytes })),
  }))
  return [
    figure('Bytes of the bundle by file', treemap(groups), 300, { head: ['package', 'file', 'bytes'], rows: files }),
  ]
}
