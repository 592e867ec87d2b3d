import type { Result, Verdict } from '../../result/result.ts'
import { html, type Markup } from './markup.ts'

/** A sign beside the colour, for those who cannot tell colours apart and for prints in black. */
const signs: Record<Verdict, string> = { pass: '✓', fail: '✗', inconclusive: '?', 'not-measured': '–' }

const meanings: Record<Verdict, string> = {
  pass: 'it keeps its limit',
  fail: 'it is beyond its limit',
  inconclusive: 'its interval holds the limit: more samples decide',
  'not-measured': 'there is no figure',
}

export function verdictMarkup(verdict: Verdict, words = verdict.replace('-', ' ')): Markup {
  return html`<span class="verdict ${verdict}" title="${meanings[verdict]}"><span aria-hidden="true">${signs[verdict]}</span> <span class="word">${words}</span></span>`
}

/** The verdict of a stage, with how many of its checks it rests on. */
export function stageVerdict(result: Result | undefined): Markup {
  if (!result) return verdictMarkup('not-measured')
  const { verdict, checks } = result
  const count = checks.filter((check) => check.verdict === verdict).length
  if (verdict === 'pass' || count === 0) return verdictMarkup(verdict)
  const words = { fail: 'failed', inconclusive: 'undecided', 'not-measured': 'not measured' }[verdict]
  return verdictMarkup(verdict, `${count} of ${checks.length} ${words}`)
}
