import { typedCommand } from '../../command/typed-command.ts'
import type { ChangePoint, Trend } from '../history/trend.ts'
import { figure } from './charts/figure.ts'
import { trendChart } from './charts/trend-chart.ts'
import type { Cell } from './data-table.ts'
import { html, type Markup } from './markup.ts'
import { quantityText } from './quantity.ts'
import { commandMarkup } from './section.ts'

const method =
  'Runs with the same inputs on the same machine make one trend; a change is a step that so many like runs would hardly show by chance.'
const command = typedCommand('report --history DIR')

/** For contents, and for a report without a history. */
export const historyLink = { id: 'history', title: 'History', command: () => command }

/** So many trends are drawn; the rest would make the page long without making it clearer. */
const mostDrawn = 12

/** How each figure moved from run to run; those that changed for the worse, or have a limit to keep, come first. */
export function historySection(trends: readonly Trend[]): Markup {
  const drawable = trends.filter(({ points }) => points.length > 1).sort((a, b) => urgency(b) - urgency(a))
  const drawn = drawable.slice(0, mostDrawn)
  const left = drawable.length - drawn.length
  return html`<section id="history" aria-labelledby="history-title"><header><h2 id="history-title">History</h2></header>
<p class="question">How did these figures move from run to run? <strong>${answer(drawable)}</strong></p>
<div class="figures">${drawn.map(trendFigure)}</div>${left > 0 ? html`<p>${left} further figures that did not change are in the JSON.</p>` : null}
<p class="method"><b>How it was obtained.</b> ${method} ${commandMarkup(command)}</p>
</section>`
}

function answer(trends: readonly Trend[]): string | null {
  if (trends.length === 0) return null
  const worse = trends.filter(({ changePoints }) => changePoints.some((change) => change.worse === true)).length
  const runs = Math.max(...trends.map(({ points }) => points.length))
  return `${trends.length} figures over up to ${runs} runs; ${worse === 0 ? 'none' : worse} changed for the worse.`
}

function urgency({ changePoints, limit, direction }: Trend): number {
  return (
    (changePoints.some(({ worse }) => worse === true) ? 4 : 0) +
    (changePoints.length > 0 ? 2 : 0) +
    (limit !== null && direction !== 'none' ? 1 : 0)
  )
}

function trendFigure(trend: Trend): Markup {
  const { command, title, unit, points, changePoints, unsaid, conditions } = trend
  const says = changePoints.length > 0 ? changePoints.map((change) => changeText(trend, change)).join(' ') : unsaid
  return figure({
    caption: `${command}: ${title}`,
    says: says === null ? `No lasting change. ${conditions}` : `${says} ${conditions}`,
    half: true,
    draw: (width) => trendChart(trend, width),
    table: {
      head: ['run', 'commit', 'value', 'verdict'],
      rows: points.map(({ startedAt, commit, value, verdict }): Cell[] => [
        startedAt.slice(0, 16).replace('T', ' '),
        commit ?? 'unknown',
        { value, unit },
        verdict.replace('-', ' '),
      ]),
    },
  })
}

function changeText({ points, unit }: Trend, { at, before, after, worse }: ChangePoint): string {
  const how = worse === null ? 'Changed' : worse ? 'Worse' : 'Better'
  return `${how} since ${points[at]?.startedAt.slice(0, 10)}${points[at]?.commit ? ` (${points[at]?.commit})` : ''}: ${quantityText(before, unit)} to ${quantityText(after, unit)}.`
}
