/** Markup that is already safe to put into a page. */
export interface Markup {
  readonly html: string
}

type Value = Markup | string | number | readonly Value[] | null | undefined

/** A template whose values are escaped unless they are markup themselves; lists are joined, null and undefined are nothing. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return { html: strings.reduce((text, part, index) => text + render(values[index - 1]) + part) }
}

/** Text that is markup already: charts and styles made here, never anything that was read from a file. */
export function trusted(text: string): Markup {
  return { html: text }
}

function render(value: Value): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return escapeText(value)
  return 'html' in value ? value.html : value.map(render).join('')
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}
