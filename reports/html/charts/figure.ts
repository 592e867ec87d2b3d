import { dataTable, type TableData } from '../data-table.ts'
import { html, type Markup } from '../markup.ts'
import { drawings, type Option, type Width } from './drawing.ts'

export interface Chart {
  caption: string
  /** What to see in it, in a sentence. */
  says?: Markup | string | null
  draw(width: Width): { option: Option; height: number }
  /** The figures it was drawn from. */
  table: TableData
  /** Side by side with its neighbour where there is room. Default false. */
  half?: boolean
}

/** A chart with its caption and, below it, the figures it was drawn from. */
export function figure({ caption, says = null, draw, table, half = false }: Chart): Markup {
  return html`<figure class="${half ? 'half-width' : 'full-width'}"><figcaption>${caption}</figcaption>${says === null ? null : html`<p class="says">${says}</p>`}
<div class="chart" role="img" aria-label="${caption}. Its figures are in the table that follows.">${drawings(draw, half ? 'half' : 'wide')}</div>
<details class="data"><summary>Table <span class="hidden">of ${caption}</span></summary>${dataTable(`Table: ${caption}`, table)}</details></figure>`
}
