/** How the page writes a number: three significant digits, thousands apart, its unit after it. */
import { html, type Markup } from './markup.ts'

/** A number and where it stands in the result documents. */
export interface Quantity {
  /** Null where nothing was measured. */
  value: number | string | null
  /** As in a check: `ms`, `B`, `%`, `1` for a ratio, `count` or empty for a number alone. */
  unit: string
  /** JSON pointer (RFC 6901) into a result document: `load#/checks/3/value`. Absent for figures worked out here. */
  at?: string
}

/** The number as text, and exactly, with its origin, for machines that read the page. */
export function quantityMarkup({ value, unit, at }: Quantity): Markup {
  if (value === null) return html`<span class="muted">not measured</span>`
  const text = quantityText(value, unit)
  return at === undefined
    ? html`<span class="quantity">${text}</span>`
    : html`<data class="quantity" value="${String(value)}" data-at="${at}" title="${value} in ${at}">${text}</data>`
}

export function quantityText(value: number | string, unit: string): string {
  if (unit === '$' && typeof value === 'number') return dollars(value)
  const text = typeof value === 'string' ? value : numberText(value, unit)
  if (unit === '' || unit === 'count') return text
  if (unit === '1') return `${text}×`
  // A number and its unit stay on one line.
  return `${text}\u00a0${unit === '1/s' || unit === '/s' ? 'per\u00a0second' : unit}`
}

/** As a bill is talked about: `$4.2 million`, `$5,340`, `$0.61`. */
function dollars(value: number): string {
  if (Math.abs(value) >= 1e6) {
    return `$${(value / 1e6).toLocaleString('en-US', { maximumSignificantDigits: value < 1e8 ? 2 : 3 })}\u00a0million`
  }
  const digits = Math.abs(value) < 100 ? 2 : 0
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

export function numberText(value: number, unit = ''): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US')
  if (Math.abs(value) < 1e-12) return '0'
  if (Math.abs(value) < 1e-3) return value.toLocaleString('en-US', { maximumSignificantDigits: 2 })
  if (unit === '%') {
    // Near a hundred the second digit after the point is what differs.
    const fine = Math.abs(value) > 99 && Math.abs(value) < 101
    return value.toLocaleString('en-US', fine ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 })
  }
  const digits = Math.max(0, 2 - magnitude(value))
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** A tick of an axis: no digits beyond those it has. */
export function tickText(value: number, unit: string): string {
  return quantityText(value.toLocaleString('en-US', { maximumSignificantDigits: 3 }), unit)
}

function magnitude(value: number): number {
  return Math.floor(Math.log10(Math.abs(value)))
}
