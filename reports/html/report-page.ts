import type { Environment } from '../../result/result.ts'
import { commandOf } from '../../result/result.ts'
import { type Report, verdictOf } from '../report.ts'
import type { Source } from './check-table.ts'
import { dataTable } from './data-table.ts'
import { headlineMarkup, openChecks, overview } from './headline.ts'
import { historySection } from './history-section.ts'
import { html, type Markup, trusted } from './markup.ts'
import { numberText } from './quantity.ts'
import { sectionMarkup } from './section.ts'
import { sections } from './sections.ts'
import { style } from './style.ts'

/** The whole report: one file, no network, no script. */
export function reportPage(report: Report): string {
  const sources = report.results.map((result): Source => ({ document: commandOf(result), result }))
  const sourceOf = (document: string) => sources.find((source) => source.document === document)
  const reason = (document: string) => report.missing.find(({ command }) => command === document)?.reason
  const verdict = verdictOf(report)
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>edgeproof: ${verdict}</title><style>${trusted(style)}</style></head><body>
<header class="top"><div><h1>Capacity report</h1><p>The authorizer between viewers and the private bucket: is it safe, fast and ready for the launch?</p></div>${about(sources)}</header>
<main>
${headlineMarkup(report, sourceOf)}
${overview(sourceOf)}
${openChecks(sources)}
${sections.map((section) => sectionMarkup(section, sourceOf(section.document), reason(section.document)))}
${historySection(report.trends)}
${environmentSection(sources)}
</main></body></html>
`
  return page.html
}

function about([first]: readonly Source[]): Markup {
  if (!first) return html`<p>Nothing was measured.</p>`
  const { startedAt, environment } = first.result
  return html`<p>edgeproof ${environment.edgeproof}, commit ${environment.commit ?? 'unknown'}<br>${startedAt.slice(0, 16).replace('T', ' ')} UTC</p>`
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
  return html`<section id="environment" aria-labelledby="environment-title"><header><h2 id="environment-title">Environment</h2></header>
<p class="question">Where do these figures hold? Ratios travel to other machines, times do not.</p>${dataTable('Table of the environment', { head, rows })}</section>`
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
