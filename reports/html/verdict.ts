import type { Verdict } from '../result.ts'
import { html, type Markup } from './markup.ts'

/** A sign beside the colour, for those who cannot tell colours apart and for prints in black. */
const signs: Record<Verdict, string> = { pass: '✓', fail: '✗', inconclusive: '?', 'not-measured': '–' }

export function verdictMarkup(verdict: Verdict): Markup {
  return html`<span class="verdict ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> <span class="word">${verdict.replace('-', ' ')}</span></span>`
}
