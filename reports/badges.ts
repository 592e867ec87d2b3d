/** Small SVG files for a README: each shows one figure and is grey where it was not measured. */

import { valueText } from '../command/terminal.ts'
import type { Check, Verdict } from '../result/result.ts'
import { type Report, verdictOf } from './report.ts'

/** File name, label, and the check whose value it shows. */
const figures: readonly { file: string; label: string; check: string }[] = [
  { file: 'size.svg', label: 'authorizer, gzip', check: 'size.gzip' },
  { file: 'warm.svg', label: 'warm, to one verification', check: 'bench.warm.floor' },
  { file: 'hit-ratio.svg', label: 'cache hits', check: 'load.hit-ratio' },
]

/** White text on each of them has a contrast of at least 4.5 (WCAG 2.2, 1.4.3). */
const colours: Record<Verdict, string> = {
  pass: '#1a7f37',
  fail: '#cf222e',
  inconclusive: '#8a6100',
  'not-measured': '#656d76',
}

/** File name to content. */
export function badges(report: Pick<Report, 'results' | 'missing'>): Record<string, string> {
  const verdict = verdictOf(report)
  const checks = report.results.flatMap((result) => result.checks)
  return {
    'verdict.svg': badge('edgeproof', verdict.replace('-', ' '), verdict),
    ...Object.fromEntries(
      figures.map(({ file, label, check }) => {
        const found = checks.find(({ id }) => id === check)
        return [file, badge(label, found ? figureText(found) : 'not measured', found?.verdict ?? 'not-measured')]
      }),
    ),
  }
}

/** A badge has no room for the interval; the report has. */
function figureText({ value, unit, verdict }: Check): string {
  return verdict === 'not-measured' ? 'not measured' : valueText({ value, unit })
}

const height = 20

function badge(label: string, value: string, verdict: Verdict): string {
  const [left, right] = [textWidth(label), textWidth(value)]
  const width = left + right
  const text = (x: number, words: string) => `<text x="${x}" y="14">${escapeText(words)}</text>`
  const title = escapeText(`${label}: ${value}`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"><title>${title}</title>
<clipPath id="round"><rect width="${width}" height="${height}" rx="3"/></clipPath>
<g clip-path="url(#round)"><rect width="${left}" height="${height}" fill="#24292f"/><rect x="${left}" width="${right}" height="${height}" fill="${colours[verdict]}"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(left / 2, label)}${text(left + right / 2, value)}</g></svg>
`
}

/** Wide enough for Verdana at 11 px, whose digits and letters are on average just under 7 px; with a margin at both ends. */
function textWidth(text: string): number {
  return Math.ceil(text.length * 7 + 12)
}

function escapeText(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '')
}
