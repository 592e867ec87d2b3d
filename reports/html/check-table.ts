import type { Check, Result } from '../../result/result.ts'
import { html, type Markup } from './markup.ts'
import { numberText, quantityMarkup } from './quantity.ts'

import { verdictMarkup } from './verdict.ts'

/** Every check of a result. */
export function checkTable({ document, result }: Source): Markup {
  return locatedTable(
    `Checks of ${document}`,
    result.checks.map((check, index) => ({ check, at: `${document}#/checks/${index}` })),
  )
}

export function locatedTable(label: string, checks: readonly Located[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="checks"><thead><tr><th scope="col">Verdict</th><th scope="col">Check</th><th scope="col" class="number">Value</th><th scope="col" class="number">Limit</th></tr></thead>
<tbody>${checks.map(row)}</tbody></table></div>`
}

function row({ check, at }: Located): Markup {
  const { title, detail, value, unit, limit, direction, verdict } = check
  return html`<tr><td>${direction === 'none' && verdict === 'pass' ? null : verdictMarkup(verdict)}</td><td>${title}${
    detail === undefined ? null : html`<small>${detail}</small>`
  }</td><td class="number">${quantityMarkup({ value, unit, at: `${at}/value` })}${intervalMarkup(check)}${intervalDrawing(check)}</td><td class="number">${
    limit === null || direction === 'none'
      ? null
      : html`${direction === 'lower' ? '≤' : '≥'}\u00a0${quantityMarkup({ value: limit, unit, at: `${at}/limit` })}`
  }</td></tr>`
}

/** `1.45 to 1.85, 97 % sure`, below the value it belongs to. */
function intervalMarkup({ interval, unit }: Check): Markup | null {
  // Of a single figure there is no interval; some stages say so with a level of nothing.
  if (!interval || interval.level === 0) return null
  return html`<small>${intervalText(interval, unit)}</small>`
}

/** The interval as a line from its low to its high end, the value as a dot on it, the limit as a stroke. */
function intervalDrawing({ value, interval, limit }: Check): Markup | null {
  if (!interval || interval.level === 0 || typeof value !== 'number') return null
  const ends = [interval.low, interval.high, ...(typeof limit === 'number' ? [limit] : [])]
  if (!ends.every(Number.isFinite)) return null
  const [least, most] = [Math.min(value, ...ends), Math.max(value, ...ends)]
  const x = (at: number) => (4 + (92 * (at - least)) / (most - least || 1)).toFixed(1)
  const mark = typeof limit === 'number' ? html`<path class="at-limit" d="M${x(limit)} 0V12"/>` : null
  return html`<svg class="interval" viewBox="0 0 100 12" aria-hidden="true"><path d="M${x(interval.low)} 6H${x(interval.high)}"/><circle cx="${x(value)}" cy="6" r="3"/>${mark}</svg>`
}

export function intervalText({ low, high, level }: NonNullable<Check['interval']>, unit = ''): string {
  return `${numberText(low, unit)} to ${numberText(high, unit)} (${numberText(Number((level * 100).toFixed(1)))}\u00a0%)`
}

/** A result document with the name it has in pointers. */
export interface Source {
  /** The command: `load` for `load.json`. */
  document: string
  result: Result
}

/** A check and the pointer to it. */
export interface Located {
  check: Check
  at: string
}
