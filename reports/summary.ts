import { limitText, valueText } from '../command/terminal.ts'
import type { Result } from '../result/result.ts'
import { commandOf } from '../result/result.ts'
import type { Trend } from './history/trend.ts'
import { markdownTable } from './markdown-table.ts'
import { type Report, verdictOf } from './report.ts'

/** The report as Markdown: one table for each result, worst verdicts visible at a glance. */
export function summary(report: Report): string {
  const { results, missing, trends } = report
  return [
    `# edgeproof: ${verdictOf(report)}`,
    ...results.slice(0, 1).map(origin),
    ...results.map(section),
    ...(missing.length === 0
      ? []
      : ['## not measured', missing.map(({ command, reason }) => `- ${command}: ${reason}`).join('\n')]),
    ...changes(trends),
    '',
  ].join('\n\n')
}

function origin({ environment }: Result): string {
  const { edgeproof, commit, node, cpu, cores, platform, arch } = environment
  return `edgeproof ${edgeproof}, commit ${commit ?? 'unknown'}, Node ${node}, ${cores} x ${cpu}, ${platform}/${arch}`
}

function section(result: Result): string {
  const rows = result.checks.map((check) => [
    check.title,
    valueText(check),
    limitText(check),
    check.direction === 'none' && check.verdict === 'pass' ? '' : check.verdict,
  ])
  return [
    `## ${commandOf(result)}: ${result.verdict}`,
    `${result.startedAt}, ${(result.durationMs / 1000).toFixed(1)} s`,
    markdownTable(['check', 'value', 'limit', 'verdict'], ['left', 'right', 'right', 'left'], rows),
  ].join('\n\n')
}

/** Where a figure changed its level, the latest change first; nothing without a history. */
function changes(trends: readonly Trend[]): string[] {
  if (trends.length === 0) return []
  const rows = trends
    .flatMap((trend) => trend.changePoints.map((change) => ({ trend, change, at: trend.points[change.at] })))
    .sort((x, y) => (String(x.at?.startedAt) < String(y.at?.startedAt) ? 1 : -1))
    .map(({ trend: { command, title, unit }, change: { before, after, worse }, at }) => [
      command,
      title,
      valueText({ value: before, unit }),
      valueText({ value: after, unit }),
      at?.startedAt.slice(0, 16) ?? '',
      at?.commit ?? '',
      worse === null ? '' : worse ? 'worse' : 'better',
    ])
  const head = ['command', 'check', 'before', 'after', 'since', 'commit', '']
  const table = markdownTable(head, ['left', 'left', 'right', 'right', 'left', 'left', 'left'], rows)
  const searched = trends.filter(({ unsaid }) => unsaid === null).length
  const said = `${rows.length} change points in ${searched} trends; ${trends.length - searched} more have too few runs.`
  return ['## Changes of level', rows.length === 0 ? said : `${said}\n\n${table}`]
}
