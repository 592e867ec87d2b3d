import { html, type Markup } from './markup.ts'
import { type Quantity, quantityMarkup } from './quantity.ts'

export interface TableData {
  head: readonly string[]
  rows: readonly (readonly Cell[])[]
}

/** Words, or a number with its unit and its origin. */
export type Cell = string | Quantity

/** A column whose first cell is a number is set as numbers are. */
export function dataTable(label: string, { head, rows }: TableData): Markup {
  const numeric = head.map((_, column) => typeof rows[0]?.[column] === 'object')
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${head.map(
    (name, column) =>
      numeric[column] ? html`<th scope="col" class="number">${name}</th>` : html`<th scope="col">${name}</th>`,
  )}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cellMarkup)}</tr>`)}</tbody></table></div>`
}

function cellMarkup(cell: Cell): Markup {
  if (typeof cell === 'string') return html`<td>${cell}</td>`
  return html`<td class="number">${cell.value === null ? '–' : quantityMarkup(cell)}</td>`
}
