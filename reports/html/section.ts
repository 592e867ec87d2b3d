/** What a section of the report is, and the frame that each is put in. */

import { typedCommand } from '../../command/typed-command.ts'
import type { Result } from '../../result/result.ts'
import { checkTable, type Located, type Source } from './check-table.ts'
import { html, type Markup } from './markup.ts'
import { stageVerdict } from './verdict.ts'

export interface Section {
  /** Fragment of its address: `#load`. */
  id: string
  title: string
  /** What a reader wants to know, as a question. */
  question: string
  /** The command whose result document it shows. */
  document: string
  /** Nothing in it decides a launch that went well: its line in the overview opens instead. Default false. */
  folds?: boolean
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

/** A failure is shown whole, and so is a page of a stage or two. */
export function foldsIn({ folds = false, document }: Section, sources: readonly Source[]): boolean {
  const failed = sources.some((source) => source.document === document && source.result.verdict === 'fail')
  return folds && !failed && sources.length > 3
}

/** Its answer stands in the overview. */
export function sectionMarkup(section: Section, source: Source): Markup {
  const { id, title, question } = section
  return html`<section id="${id}" aria-labelledby="${id}-title">
<header><h2 id="${id}-title">${title}</h2>${stageVerdict(source.result)}</header>
<p class="question">${question}</p>
${measured(section, source)}
</section>`
}

export function measured(section: Section, source: Source): Markup {
  const { checks } = source.result
  return html`<div class="figures">${section.body?.(source)}</div>
<details class="all"><summary>All ${checks.length} figures, and how to measure them again</summary>${checkTable(source)}<p class="method">${section.method} ${when(source.result)} ${commandMarkup(section.command(source.result))}</p></details>`
}

/** What has no result, in one line that opens: why, and how to measure it. */
export function notMeasuredMarkup(
  missing: readonly { section: Pick<Section, 'id' | 'title' | 'command'>; reason: string | undefined }[],
): Markup | null {
  if (missing.length === 0) return null
  return html`<details class="empty"><summary>Not measured: ${missing.map(({ section }) => section.title).join(', ')}</summary>
<p>To measure one, run its command and then <code>${typedCommand('report')}</code>.</p>
<ul>${missing.map(
    ({ section: { id, title, command }, reason }) =>
      html`<li id="${id}"><b>${title}</b>${reason === undefined ? '' : ` (${reason})`} ${commandMarkup(command())}</li>`,
  )}</ul></details>`
}

export function commandMarkup(command: string): Markup {
  return html`<code class="command">${command}</code>`
}

function when({ startedAt, durationMs }: Result): string {
  return `Measured ${startedAt.slice(0, 16).replace('T', ' ')} UTC in ${(durationMs / 1000).toFixed(1)}\u00a0s.`
}

/** Charts that few readers ask for, by what they show. */
export function more(title: string, figures: readonly (Markup | null | undefined)[]): Markup | null {
  const drawn = figures.filter((one) => one != null)
  if (drawn.length === 0) return null
  return html`<details class="more"><summary>${title}</summary><div class="figures">${drawn}</div></details>`
}
