import Table from 'cli-table3'
import { valueText } from '../../command/terminal.ts'
import type { Check } from '../../result/result.ts'
import { markdownTable } from '../markdown-table.ts'
import type { ComparedCheck, Comparison, Outcome } from './compare.ts'

const words: Record<Outcome, string> = {
  same: 'same',
  better: 'better',
  worse: 'worse',
  different: 'different',
  'within-noise': 'within the noise',
  uncertain: 'no interval: cannot be said',
  'not-comparable': 'not comparable',
  'not-measured': 'not measured',
  'only-in-a': 'only in the first',
  'only-in-b': 'only in the second',
}

/** What a reader has to look at comes first. */
const order: readonly Outcome[] = [
  'worse',
  'better',
  'different',
  'only-in-b',
  'only-in-a',
  'not-measured',
  'not-comparable',
  'uncertain',
  'within-noise',
  'same',
]

const head = ['command', 'check', 'first', 'second', 'change', 'outcome'] as const

/** For a terminal or a log. */
export function comparisonTable(comparison: Comparison): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left'],
  })
  table.push(...rows(comparison))
  return [...preamble(comparison), table.toString()].join('\n')
}

export function comparisonMarkdown(comparison: Comparison): string {
  const lines = preamble(comparison).map((line) => `- ${line}`)
  const table = markdownTable(head, ['left', 'left', 'right', 'right', 'right', 'left'], rows(comparison))
  return ['# edgeproof: comparison', '', ...lines, '', table, '', `<sub>${explanation}</sub>`, ''].join('\n')
}

const explanation =
  'Better, worse: exact values, or intervals that have nothing in common. Within the noise: the intervals overlap, which is not a proof that nothing changed.'

function preamble({ a, b, unreadable, conditions, software, checks }: Comparison): string[] {
  const counts = order
    .map((outcome) => ({ outcome, count: checks.filter((row) => row.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${words[outcome]}`)
  return [
    `first: ${a}; second: ${b}`,
    ...unreadable.map((line) => `not measured: ${line}`),
    ...conditions.map((line) => `not comparable: ${line}`),
    ...software.map((line) => `compared: ${line}`),
    counts.join(', '),
  ]
}

function rows({ checks }: Comparison): string[][] {
  return checks
    .toSorted((x, y) => order.indexOf(x.outcome) - order.indexOf(y.outcome))
    .map((row) => [row.command, row.title, side(row.a), side(row.b), changeText(row), outcomeText(row)])
}

function side(check: Check | null): string {
  return check === null ? '' : valueText(check)
}

function changeText({ change }: ComparedCheck): string {
  if (change === null) return ''
  return `${change > 0 ? '+' : ''}${(change * 100).toFixed(Math.abs(change) < 0.1 ? 1 : 0)} %`
}

function outcomeText({ outcome, a, b }: ComparedCheck): string {
  const turned = a && b && a.verdict !== b.verdict ? `; ${a.verdict}, then ${b.verdict}` : ''
  return `${words[outcome]}${turned}`
}
