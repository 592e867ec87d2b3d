import { limitText, valueText } from '../../command/terminal.ts'
import type { Check, Result, Verdict } from '../../result/result.ts'
import { answerLines, byUrgency, gateData } from './answer.ts'

const signs: Record<Verdict, string> = { pass: '✅', fail: '❌', inconclusive: '❔', 'not-measured': '➖' }

/** For `$GITHUB_STEP_SUMMARY` or a comment: verdict, a table, and the CPU-time intervals as a small chart in text. */
export function markdownSummary(result: Result): string {
  const { sides, blame } = gateData(result)
  const failed = result.checks.some(({ verdict }) => verdict === 'fail')
  return [
    `## Gate: ${signs[result.verdict]} ${result.verdict}`,
    answerLines(result)
      .map((line) => (failed ? `- **${line}**` : line))
      .join('\n'),
    `\`${sides.head.name}\` (${sides.head.commit.slice(0, 12)}) against \`${sides.base.name}\` (${sides.base.commit.slice(0, 12)})`,
    ...(!failed || blame.length === 0
      ? []
      : [`Changed in the bundle: ${blame.map((file) => `\`${file}\``).join(', ')}`]),
    table(byUrgency(result.checks)),
    ...chart(result.checks),
    ...details(result.checks),
    `<sub>Node ${result.environment.node}, ${result.environment.cpu}, ${result.environment.cores} cores, ${result.startedAt}. How this is decided: gate/METHOD.md.</sub>`,
    '',
  ].join('\n\n')
}

function table(checks: readonly Check[]): string {
  const rows = checks.map((check) => {
    const verdict =
      check.direction === 'none' && check.verdict === 'pass' ? '' : `${signs[check.verdict]} ${check.verdict}`
    return `| ${[check.title, valueText(check), limitText(check), verdict].map(cell).join(' | ')} |`
  })
  return ['| check | value | limit | verdict |', '| --- | ---: | ---: | --- |', ...rows].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

const columns = 41

/** One line per suite from the slowest to the fastest that any interval reaches: `=` the base, `!` the limit, `<-*->` the interval. */
function chart(checks: readonly Check[]): string[] {
  const rows = checks.filter((check) => check.id.startsWith('cpu.') && check.interval)
  const finite = rows
    .flatMap(({ interval, limit }) => [interval?.low, interval?.high, Number(limit), 1])
    .filter((x) => Number.isFinite(x)) as number[]
  if (rows.length === 0) return []
  const [least, most] = [Math.min(...finite), Math.max(...finite)]
  const column = (ratio: number) =>
    Math.round(((Math.min(most, Math.max(least, ratio)) - least) / (most - least || 1)) * (columns - 1))
  const lines = rows.map(({ id, value, limit, interval }) => {
    const line = new Array<string>(columns).fill(' ')
    const [low, high] = [column(interval?.low ?? least), column(interval?.high ?? most)]
    line.fill('-', low, high + 1)
    line[column(1)] = '='
    line[column(Number(limit))] = '!'
    line[low] = '<'
    line[high] = '>'
    line[column(Number(value))] = '*'
    return `${id.slice(4).padEnd(7)}|${line.join('')}| ${Number(value).toFixed(3)}x`
  })
  const scale = `${' '.repeat(8)}${least.toFixed(3)}x${' '.repeat(columns - 12)}${most.toFixed(3)}x   (= base, ! limit, * estimate)`
  return ['```text', ...lines, scale, '```'].join('\n').split('\n\n')
}

function details(checks: readonly Check[]): string[] {
  const lines = checks.filter(({ detail }) => detail !== undefined).map(({ id, detail }) => `- \`${id}\`: ${detail}`)
  return lines.length === 0 ? [] : [`<details><summary>How sure that is</summary>\n\n${lines.join('\n')}\n\n</details>`]
}
