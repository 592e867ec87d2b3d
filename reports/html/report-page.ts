import { type Check, type Result, type Verdict, worst } from '../result.ts'
import { commandOf, limitText, valueText } from '../terminal.ts'
import { benchCharts } from './bench-section.ts'
import { dataTable } from './chart.ts'
import { loadCharts } from './load-section.ts'
import { html, type Markup, trusted } from './markup.ts'
import { sizeCharts } from './size-section.ts'
import { style } from './style.ts'

/** What a whole run measures, in the order of the page, with the sentence that says how. */
const stages: readonly { command: string; title: string; how: string; charts?: (result: Result) => Markup[] }[] = [
  {
    command: 'fuzz',
    title: 'Attacks',
    how: 'Attacks, generated and judged by an oracle that shares no code with the authorizer; each finding is confirmed in a fresh sandbox.',
  },
  {
    command: 'load',
    title: 'Load',
    how: 'k6 at a constant arrival rate against a local distribution; every answer is checked, hits are counted by k6 and by the edge and joined by request id.',
    charts: loadCharts,
  },
  {
    command: 'bench',
    title: 'Speed',
    how: 'CPU time in fresh processes, in the same rounds as one bare signature verification and the peers; the parsing of the event is subtracted.',
    charts: benchCharts,
  },
  { command: 'size', title: 'Size', how: "The minified bundle, by esbuild's own account of it.", charts: sizeCharts },
  { command: 'build', title: 'Package', how: 'What is uploaded to Lambda.' },
]

/** The figures a reader looks for first; the first of each line's checks that a result has is shown. */
const numbers: readonly { label: string; checks: readonly string[] }[] = [
  { label: 'findings of the fuzzer', checks: ['fuzz.findings'] },
  { label: 'of cacheable requests answered from the cache', checks: ['load.hit-ratio'] },
  { label: "authorizer's time in a request, p99", checks: ['load.authorizer.p99'] },
]

/** The whole report: one file, no network, no script. */
export function reportPage(results: readonly Result[]): string {
  const verdict = worst(stages.map(({ command }) => find(results, command)?.verdict ?? 'not-measured'))
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>edgeproof: ${verdict}</title><style>${trusted(style)}</style></head><body><main>
<h1>edgeproof report: ${verdictMarkup(verdict)}</h1>
${summaryLine(results)}
<ul class="numbers">${numbers.map(({ label, checks }) => numberMarkup(label, findCheck(results, checks)))}</ul>
${failures(results)}
${stages.map((stage) => section(stage, find(results, stage.command)))}
${environmentSection(results)}
</main></body></html>
`
  return page.html
}

function find(results: readonly Result[], command: string): Result | undefined {
  return results.find((result) => commandOf(result) === command)
}

function findCheck(results: readonly Result[], ids: readonly string[]): Check | undefined {
  return results.flatMap(({ checks }) => checks).find(({ id }) => ids.includes(id))
}

function verdictMarkup(verdict: Verdict): Markup {
  return html`<span class="verdict ${verdict}">${verdict.replace('-', ' ')}</span>`
}

function numberMarkup(label: string, check: Check | undefined): Markup {
  return html`<li><b>${check ? valueText(check) : 'not measured'}</b>${label}</li>`
}

function summaryLine(results: readonly Result[]): Markup {
  const missing = stages.filter(({ command }) => !find(results, command)).map(({ command }) => command)
  const [first] = results
  return html`<p class="muted">${first ? `${first.startedAt.slice(0, 16).replace('T', ' ')} UTC` : ''}${
    missing.length > 0 ? `. Not measured in this run: ${missing.join(', ')}.` : ''
  }</p>`
}

/** What a reader has to act on, before anything else. */
function failures(results: readonly Result[]): Markup | null {
  const open = results.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict !== 'pass')
  if (open.length === 0) return null
  return html`<h2>To look at</h2>${checkTable(open)}`
}

function section(stage: (typeof stages)[number], result: Result | undefined): Markup {
  if (!result) return html`<h2>${stage.title}: ${verdictMarkup('not-measured')}</h2><p>${stage.how}</p>`
  return html`<h2>${stage.title}: ${verdictMarkup(result.verdict)}</h2><p>${stage.how}</p>
${stage.charts?.(result)}
<details${result.verdict === 'pass' ? null : trusted(' open')}><summary>All ${result.checks.length} figures</summary>${checkTable(result.checks)}</details>`
}

function checkTable(checks: readonly Check[]): Markup {
  const row = (check: Check) =>
    html`<tr><td>${check.title}${check.detail ? html`<br><span class="muted">${check.detail}</span>` : null}</td><td class="number">${valueText(check)}</td><td class="number">${limitText(check)}</td><td>${
      check.direction === 'none' && check.verdict === 'pass' ? '' : verdictMarkup(check.verdict)
    }</td></tr>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="checks"><table><thead><tr><th scope="col">check</th><th scope="col">value</th><th scope="col">limit</th><th scope="col">verdict</th></tr></thead>
<tbody>${checks.map(row)}</tbody></table></div>`
}

function environmentSection(results: readonly Result[]): Markup | null {
  const [first] = results
  if (!first) return null
  const rows = Object.entries(first.environment).map(([name, value]) => [name, String(value)])
  return html`<h2>Environment</h2>${dataTable({ head: ['what', 'value'], rows })}`
}
