/** What is read first: the verdict in a sentence, and the three figures a launch is decided by. */
import { typedCommand } from '../../command/typed-command.ts'
import { type Report, verdictOf } from '../report.ts'
import { intervalText, type Located, type Source } from './check-table.ts'
import { html, type Markup } from './markup.ts'
import { quantityMarkup } from './quantity.ts'
import { checkOf, commandMarkup } from './section.ts'
import { sections } from './sections.ts'
import { verdictMarkup } from './verdict.ts'

interface Headline {
  question: string
  document: string
  check: string
  /** What the figure is, in the words that follow it. */
  label: string
  /** A second figure that puts the first in proportion. */
  beside: { check: string; words: (figure: Markup) => Markup }
}

/**
 * One for each way in which an authorizer spoils a launch: it lets somebody in, it costs more than it must on each request,
 * or the cache behind it no longer works and every request reaches the origin.
 */
const headlines: readonly Headline[] = [
  {
    question: 'Is it safe?',
    document: 'fuzz',
    check: 'fuzz.findings',
    label: 'findings',
    beside: { check: 'fuzz.requests', words: (figure) => html`in ${figure} attacking requests` },
  },
  {
    question: 'Is it fast?',
    document: 'bench',
    check: 'bench.warm.floor',
    label: 'one bare signature check',
    beside: {
      check: 'bench.hot.floor',
      words: (figure) => html`CPU time for a new token; ${figure} for one seen before`,
    },
  },
  {
    question: 'Does it hold?',
    document: 'load',
    check: 'load.hit-ratio',
    label: 'cache hits under load',
    beside: { check: 'load.allowed.p99', words: (figure) => html`p99 of allowed requests ${figure}` },
  },
]

export function headlineMarkup(report: Report, sourceOf: (document: string) => Source | undefined): Markup {
  const verdict = verdictOf(report)
  // Of a whole run it matters what is not there; a stage of its own has its own figure.
  const shown = headlines.filter(({ document }) => report.results.length > 3 || sourceOf(document))
  return html`<div class="verdict-line ${verdict}">${verdictMarkup(verdict)}<p>${sentence(report)}</p></div>
${shown.length === 0 ? null : html`<ul class="numbers">${shown.map((headline) => numberMarkup(headline, sourceOf(headline.document)))}</ul>`}`
}

/** The verdict in words, the worst first. */
function sentence({ results, missing }: Report): string {
  const count = (verdict: string) =>
    results.flatMap(({ checks }) => checks).filter((check) => check.verdict === verdict).length
  const checks = (number: number) => `${number} ${number === 1 ? 'check' : 'checks'}`
  const ends = { fail: 'failed', inconclusive: 'could not be decided', 'not-measured': 'could not be measured' }
  const counted = Object.entries(ends).filter(([verdict]) => count(verdict) > 0)
  const parts = [
    ...counted.map(([verdict, end], index) => `${index === 0 ? checks(count(verdict)) : count(verdict)} ${end}`),
    ...(missing.length > 3
      ? [`no result of ${missing.length} stages`]
      : missing.length > 0
        ? [`no result of ${missing.map(({ command }) => command).join(', ')}`]
        : []),
  ]
  // A figure without a limit is nothing that could fail.
  const judged = results
    .flatMap(({ checks }) => checks)
    .filter(({ direction, verdict }) => direction !== 'none' || verdict !== 'pass')
  const all = checks(judged.length)
  if (parts.length === 0) return `All ${all} held.`
  if (count('fail') > 0) return `${parts.join(', ')}, of ${all} that have a limit.`
  const held = judged.filter(({ verdict }) => verdict === 'pass').length
  return `${held} of ${all} that have a limit held, none failed: ${parts.join(', ')}.`
}

function numberMarkup({ question, document, check, label, beside }: Headline, source: Source | undefined): Markup {
  const located = source && checkOf(source, check)
  if (!source || !located) {
    return html`<li class="not-measured"><span class="asks">${question}</span> <b>not measured</b> <span>${label}</span> <small>run <code>${typedCommand(document)}</code></small></li>`
  }
  const { value, unit, limit, direction, interval, verdict } = located.check
  const second = checkOf(source, beside.check)
  return html`<li class="${verdict}"><span class="asks">${question}${verdictMarkup(verdict)}</span>
<b>${quantityMarkup({ value, unit, at: `${located.at}/value` })}</b> <span class="label">${label}</span>
<small>${second ? beside.words(quantityMarkup({ value: second.check.value, unit: second.check.unit, at: `${second.at}/value` })) : null}${second?.check.verdict === 'not-measured' ? ' (not counted)' : null}${
    interval ? html`<br>interval ${intervalText(interval)}` : null
  }${
    limit === null || direction === 'none'
      ? null
      : html`<br>objective ${limit === 0 ? '' : direction === 'lower' ? '≤\u00a0' : '≥\u00a0'}${quantityMarkup({ value: limit, unit, at: `${located.at}/limit` })}`
  }</small></li>`
}

/** Of one stage. More would hide the urgent ones. */
const mostOpen = 4

/** What somebody has to act on. */
export function openChecks(sources: readonly Source[]): Markup | null {
  const open = sources.flatMap(({ document, result }) =>
    result.checks.flatMap((check, index): Located[] =>
      // A finding stands below, once, with all that belongs to it.
      check.verdict === 'pass' || check.id.startsWith('fuzz.finding.')
        ? []
        : [{ check, at: `${document}#/checks/${index}` }],
    ),
  )
  if (open.length === 0) return null
  const urgency = ['fail', 'inconclusive', 'not-measured']
  open.sort((a, b) => urgency.indexOf(a.check.verdict) - urgency.indexOf(b.check.verdict))
  const groups = Map.groupBy(open, ({ at }) => at.split('#')[0])
  const shown = [...groups.values()]
  return html`<section id="open" aria-labelledby="open-title"><header><h2 id="open-title">To look at first</h2></header><ol class="open">${shown.map((group) => openGroup(group, sources))}</ol></section>`
}

/** What is open of one stage, and the command that measures it again, where no check has named it. */
function openGroup(group: readonly Located[], sources: readonly Source[]): Markup | null {
  const document = group[0]?.at.split('#')[0]
  // What failed is measured again as it was; what a short run left open takes the whole one.
  const failed = group.some(({ check }) => check.verdict === 'fail')
  const result = failed ? sources.find((source) => source.document === document)?.result : undefined
  const command = sections.find((section) => section.document === document)?.command(result) ?? ''
  const byReason = Map.groupBy(group, ({ check: { verdict, detail }, at }) => `${verdict} ${detail ?? at}`)
  const reasons = [...byReason.values()]
  const isNamed = group.some(({ check }) => check.detail?.includes(command))
  const left = reasons.length - mostOpen
  return html`<li>${reasons.slice(0, mostOpen).map(openChecksOf)}${left > 0 ? html`<div>${left} more of this stage stand in its figures.</div>` : null}${isNamed ? null : commandMarkup(command)}</li>`
}

/** Checks that share their reason. */
function openChecksOf(checks: readonly Located[]): Markup | null {
  const [first] = checks
  if (!first) return null
  const { verdict, detail } = first.check
  return html`<div>${verdictMarkup(verdict)} ${checks.map(
    ({ check: { title, value, unit, limit, direction }, at }, index) =>
      html`${index === 0 ? '' : '; '}${title}${value === null ? null : html`: ${quantityMarkup({ value, unit, at: `${at}/value` })}`}${
        limit === null || direction === 'none'
          ? null
          : html` (${direction === 'lower' ? 'at most' : 'at least'} ${quantityMarkup({ value: limit, unit, at: `${at}/limit` })})`
      }`,
  )}${detail === undefined ? null : html`<small>${detail}</small>`}</div>`
}
