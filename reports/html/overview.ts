/** The stages in a line each: a stage that only says that all is well opens there, the others have their sections below. */
import type { Source } from './check-table.ts'
import { html, type Markup } from './markup.ts'
import { foldsIn, measured } from './section.ts'
import { sections } from './sections.ts'
import { stageVerdict } from './verdict.ts'

export function overview(sources: readonly Source[]): Markup {
  return html`<div class="overview"><ul>${sections.map((section) => {
    const source = sources.find(({ document }) => document === section.document)
    if (!source) return null
    const { id, title, question } = section
    const says = html`<span class="answer">${section.answer?.(source) ?? question}</span>${stageVerdict(source.result)}`
    return foldsIn(section, sources)
      ? html`<li id="${id}"><details class="fold"><summary class="line"><h2>${title}</h2>${says}</summary><p class="question">${question}</p>${measured(section, source)}</details></li>`
      : html`<li class="line"><a href="#${id}">${title}</a>${says}</li>`
  })}</ul></div>`
}
