import * as z from 'zod'
import { typedCommand } from '../../command/typed-command.ts'
import { figure } from './charts/figure.ts'
import { treemapChart } from './charts/treemap-chart.ts'
import { checkValue } from './check-value.ts'
import type { Cell } from './data-table.ts'
import { html } from './markup.ts'
import { quantityMarkup } from './quantity.ts'
import { checkOf, type Section } from './section.ts'

const dataSchema = z.object({
  attribution: z.array(
    z.object({
      package: z.string(),
      bytes: z.number(),
      files: z.array(z.object({ file: z.string(), bytes: z.number() })),
    }),
  ),
})

export const sizeSection: Section = {
  id: 'size',
  title: 'Bundle',
  question: 'What is loaded at every cold start?',
  document: 'size',
  folds: true,
  method:
    "The minified bundle, by esbuild's own account of which input each byte came from. The same sources give the same bytes.",
  command: () => typedCommand('size'),
  answer(source) {
    const gzip = checkOf(source, 'size.gzip')
    const limit = gzip?.check.limit ?? null
    return html`${checkValue(source, 'size.raw')} minified, ${checkValue(source, 'size.gzip')} compressed${
      limit === null ? null : html` (budget ${quantityMarkup({ value: limit, unit: 'B', at: `${gzip?.at}/limit` })})`
    }.`
  },
  body({ result }) {
    const data = dataSchema.safeParse(result.data)
    if (!data.success) return []
    const { attribution } = data.data
    // One package needs no name on each of its tiles.
    const several = attribution.filter(({ bytes }) => bytes > 100).length > 1
    const tiles = attribution.flatMap((entry) =>
      entry.files.map(({ file, bytes }) => ({
        name: `${several ? `${entry.package}/` : ''}${file.replace(/^.*\//, '')}`,
        value: bytes,
      })),
    )
    return [
      figure({
        caption: 'Bytes of the minified bundle by source file',
        draw: (width) => treemapChart(tiles, width),
        table: {
          head: ['package', 'file', 'bytes'],
          rows: attribution.flatMap((entry, group) =>
            entry.files.map(({ file, bytes }, index): Cell[] => [
              entry.package,
              file,
              { value: bytes, unit: 'B', at: `size#/data/attribution/${group}/files/${index}/bytes` },
            ]),
          ),
        },
      }),
    ]
  },
}
