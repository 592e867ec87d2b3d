import type { Result } from './result.ts'
import { commandOf, limitText, valueText } from './terminal.ts'

/** The results as Markdown: one table for each, worst verdicts visible at a glance. */
export function summary(results: readonly Result[]): string {
  const [first] = results
  const lines = ['# edgeproof', '']
  if (first) {
    const { edgeproof, commit, node, cpu, cores, platform, arch } = first.environment
    lines.push(
      `edgeproof ${edgeproof}, commit ${commit ?? 'unknown'}, Node ${node}, ${cores} x ${cpu}, ${platform}/${arch}`,
      '',
    )
  }
  for (const result of results) {
    lines.push(
      `## ${commandOf(result)}: ${result.verdict}`,
      '',
      `${result.startedAt}, ${(result.durationMs / 1000).toFixed(1)} s`,
      '',
    )
    lines.push('| check | value | limit | verdict |', '|---|---:|---:|---|')
    for (const check of result.checks) {
      const cells = [
        check.title,
        valueText(check),
        limitText(check),
        check.direction === 'none' && check.verdict === 'pass' ? '' : check.verdict,
      ]
      lines.push(`| ${cells.map(escapeCell).join(' | ')} |`)
    }
    lines.push('')
  }
  return `${lines.join('\n')}`
}

function escapeCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
}
