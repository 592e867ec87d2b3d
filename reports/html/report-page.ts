import type { Environment } from '../../result/result.ts'
import { commandOf } from '../../result/result.ts'
import { type Report, verdictOf } from '../report.ts'
import type { Source } from './check-table.ts'
import { dataTable } from './data-table.ts'
import { headlineMarkup, openChecks } from './headline.ts'
import { historyLink, historySection } from './history-section.ts'
import { html, type Markup, trusted } from './markup.ts'
import { overview } from './overview.ts'
import { script, scriptHash } from './page-script.ts'
import { numberText } from './quantity.ts'
import { foldsIn, notMeasuredMarkup, sectionMarkup } from './section.ts'
import { sections } from './sections.ts'
import { style } from './style.ts'

/** The whole report: one file, no network; all of it can be read without its script, which filters. */
export function reportPage(report: Report): string {
  const sources = report.results.map((result): Source => ({ document: commandOf(result), result }))
  const sourceOf = (document: string) => sources.find((source) => source.document === document)
  const reason = (document: string) => report.missing.find(({ command }) => command === document)?.reason
  const verdict = verdictOf(report)
  const title = titleOf(sources)
  const hasHistory = report.trends.some(({ points }) => points.length > 1)
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptHash}'">
<title>${title}: ${verdict.replace('-', ' ')}</title><style>${trusted(style)}</style></head><body>
<header class="top"><h1>${title}</h1>${about(sources)}</header>
<main>
${contents(sources, hasHistory)}
${headlineMarkup(report, sourceOf)}
${openChecks(sources)}
${overview(sources)}
${sections.map((section) => {
  const source = sourceOf(section.document)
  return source && !foldsIn(section, sources) ? sectionMarkup(section, source) : null
})}
${hasHistory ? historySection(report.trends) : null}
${notMeasuredMarkup([
  ...sections
    .filter((section) => !sourceOf(section.document))
    .map((section) => ({ section, reason: reason(section.document) })),
  ...(hasHistory ? [] : [{ section: historyLink, reason: undefined }]),
])}
${environmentSection(sources)}
</main><script>${trusted(script)}</script></body></html>
`
  return page.html
}

/** By what it holds: a whole run is a capacity report, a single stage has its own name. */
function titleOf(sources: readonly Source[]): string {
  const held = sections.filter(({ document }) => sources.some((source) => source.document === document))
  const [only] = held
  if (held.length === 1 && only) return `${only.title}${subject(sources)}`
  const has = (document: string) => held.some((section) => section.document === document)
  if (has('load') && has('plan')) return `Capacity report${subject(sources)}`
  if (held.length === 0 || held.length > 3) return `edgeproof report${subject(sources)}`
  return `${held.map(({ title }) => title).join(', ')}${subject(sources)}`
}

/** Of whose handler, where a result names it. */
function subject(sources: readonly Source[]): string {
  const named = sources.flatMap(({ result: { inputs } }) => [inputs.target, inputs.handler])
  const found = named.find((name): name is string => typeof name === 'string' && name !== 'edgeproof')
  return found === undefined ? '' : `: ${found.split(/[\\/]/).at(-1)}`
}

/** Stays in sight. */
function contents(sources: readonly Source[], hasHistory: boolean): Markup {
  const held = sections.filter(({ document }) => sources.some((source) => source.document === document))
  const links = [...held, ...(hasHistory ? [historyLink] : [])]
  return html`<nav class="contents" aria-label="Sections">${links.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>`
}

function about([first]: readonly Source[]): Markup {
  if (!first) return html`<p>Nothing was measured.</p>`
  const { startedAt, environment } = first.result
  return html`<p>edgeproof ${environment.edgeproof}, commit ${environment.commit ?? 'unknown'}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC</p>`
}

/** Where the figures hold; results of different machines or versions are set side by side. */
function environmentSection(sources: readonly Source[]): Markup | null {
  const environments = new Map<string, { environment: Environment; documents: string[] }>()
  for (const { document, result } of sources) {
    const key = JSON.stringify(result.environment)
    const known = environments.get(key)
    if (known) known.documents.push(document)
    else environments.set(key, { environment: result.environment, documents: [document] })
  }
  const [first, ...others] = environments.values()
  if (!first) return null
  const columns = [first, ...others]
  const head =
    others.length === 0 ? ['what', 'value'] : ['what', ...columns.map(({ documents }) => documents.join(', '))]
  const rows = Object.entries(labels).map(([name, label]) => [
    label,
    ...columns.map(({ environment }) => environmentText(environment[name as keyof Environment])),
  ])
  return html`<details class="environment" id="environment"><summary>Environment: where these figures hold. Ratios travel to other machines, times do not.</summary>${dataTable('Table of the environment', { head, rows })}</details>`
}

const labels: Readonly<Record<keyof Environment, string>> = {
  edgeproof: 'edgeproof',
  commit: 'commit',
  node: 'Node.js',
  v8: 'V8',
  openssl: 'OpenSSL',
  platform: 'platform',
  arch: 'architecture',
  cpu: 'processor',
  cores: 'cores',
  memoryBytes: 'memory in bytes',
}

function environmentText(value: Environment[keyof Environment]): string {
  return typeof value === 'number' ? numberText(value) : (value ?? 'unknown')
}
