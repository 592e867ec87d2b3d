import type { PolicyWarning } from '../../config/policy-warnings.ts'
import type { Result } from '../../result/result.ts'
import type { CheckedRequest } from './check-request.ts'
import type { CheckData } from './check-stage.ts'
import type { Section } from './policy-description.ts'

const columns = 80

/** What `edgeproof check` prints, 80 columns wide but for words that are longer. */
export function checkText(result: Result): string {
  const { policy, warnings, request } = result.data as unknown as CheckData
  const expected = result.checks.find(({ id, verdict }) => id === 'check.decision' && verdict === 'fail')?.detail
  const sections = request ? [requestSection(request, expected)] : [...policy, warningsSection(warnings)]
  return sections.map(sectionText).join('\n\n')
}

function requestSection(request: CheckedRequest, unexpected: string | undefined): Section {
  const { method, uri, decision, route, rule, reference, reason, response, served, token, defect } = request
  const row = (term: string, text: string) => ({ term, text })
  return {
    title: `${method} ${uri} ${token ? `with a token of ${token.provider}` : 'without a token of its own'}`,
    rows: [
      row('decision', `${decision}${unexpected === undefined ? '' : `; ${unexpected}`}`),
      row('route', route ? `${route.field} ${route.path}: ${route.who}` : 'none'),
      row('rule', `${rule}: ${reason}`),
      row('', reference),
      ...(served === undefined ? [] : [row('served', served)]),
      ...(response ? [row('response', responseText(response))] : []),
      ...(response?.location === undefined ? [] : [row('location', response.location)]),
      ...(token ? [row('added', addedText(token.added))] : []),
      ...(defect === undefined ? [] : [row('DEFECT', `${defect}; please report it with this command line`)]),
    ],
  }
}

/** The redirect to a slash is no denial, and is not logged. */
function responseText({ status, code }: NonNullable<CheckedRequest['response']>): string {
  return code === 'slash' ? status : `${status}, in the log as ${code}`
}

function addedText(added: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(added).map(([name, value]) =>
    name === 'exp' ? 'exp in an hour' : `${name} ${JSON.stringify(value)}`,
  )
  return texts.length === 0 ? 'nothing' : texts.join(', ')
}

function warningsSection(warnings: readonly PolicyWarning[]): Section {
  return {
    title: warnings.length === 0 ? 'No warnings' : `Warnings (${warnings.length})`,
    rows: warnings.map(({ id, field, danger, remedy }) => ({ term: field, text: `${danger}; ${remedy} (${id})` })),
  }
}

/** Terms on the left, as wide as the widest that leaves room; a longer one has a line of its own. */
function sectionText({ title, rows }: Section): string {
  const width = Math.max(0, ...rows.map(({ term }) => term.length).filter((length) => length <= 26))
  const lines = rows.flatMap(({ term, text }) => {
    const [first = '', ...others] = wrapped(text, columns - 4 - width)
    const indent = ' '.repeat(4 + width)
    return term.length > width
      ? [`  ${term}`, ...[first, ...others].map((line) => indent + line)]
      : [`  ${term.padEnd(width)}  ${first}`, ...others.map((line) => indent + line)]
  })
  return [title, ...lines].map((line) => line.trimEnd()).join('\n')
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
