/** What a section of the report is, and the frame that each is put in. */

import { typedCommand } from '../../command/typed-command.ts'
import type { Result } from '../../result/result.ts'
import { checkTable, type Located, type Source } from './check-table.ts'
import { html, type Markup, trusted } from './markup.ts'
import { stageVerdict } from './verdict.ts'

export interface Section {
  /** Fragment of its address: `#load`. */
  id: string
  title: string
  /** What a reader wants to know, as a question. */
  question: string
  /** The command whose result document it shows. */
  document: string
  /** How its figures were obtained. */
  method: string
  /** The command that measures it, or measures it again. */
  command(result?: Result): string
  /** The answer in one line. */
  answer?(source: Source): Markup | null
  /** Charts and tables; what the document does not hold is left out. */
  body?(source: Source): readonly (Markup | null)[]
}

export function checkOf({ document, result }: Source, id: string): Located | undefined {
  const index = result.checks.findIndex((check) => check.id === id)
  const check = result.checks[index]
  return check ? { check, at: `${document}#/checks/${index}` } : undefined
}

export function sectionMarkup(section: Section, source: Source | undefined, reason: string | undefined): Markup {
  const { id, title, question } = section
  return html`<section id="${id}" aria-labelledby="${id}-title">
<header><h2 id="${id}-title">${title}</h2>${stageVerdict(source?.result)}</header>
<p class="question">${question}${source ? html` <strong>${section.answer?.(source)}</strong>` : null}</p>
${source ? measured(section, source) : notMeasured(section, reason)}
</section>`
}

function measured(section: Section, source: Source): Markup {
  const { checks, verdict } = source.result
  return html`<div class="figures">${section.body?.(source)}</div>
<details class="all"${verdict === 'pass' ? null : trusted(' open')}><summary>All ${checks.length} figures</summary>${checkTable(source)}</details>
<p class="method"><b>How it was obtained.</b> ${section.method} ${when(source.result)} ${commandMarkup(section.command(source.result))}</p>`
}

function notMeasured({ command, method }: Section, reason: string | undefined): Markup {
  return html`<p class="empty"><b>Not measured</b>${reason === undefined ? '' : ` (${reason})`}. ${method} To measure it, run this and then <code>${typedCommand('report')}</code>: ${commandMarkup(command())}</p>`
}

export function commandMarkup(command: string): Markup {
  return html`<code class="command">${command}</code>`
}

function when({ startedAt, durationMs }: Result): string {
  return `Measured ${startedAt.slice(0, 16).replace('T', ' ')} UTC in ${(durationMs / 1000).toFixed(1)}\u00a0s.`
}
