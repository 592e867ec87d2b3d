import { styleText } from 'node:util'
import type { Verdict } from '../../result/result.ts'
import type { AttacksReport, Remembered, RoutesReport } from './round.ts'
import type { RoundAnswer } from './round-process.ts'

/** More would scroll the first ones away. */
const mostLines = 5

/** What a round says: first what changed, a line for the policy and one for its routes, then one for the attacks; what is wrong below each. */
export function roundText(answer: RoundAnswer, milliseconds: number): string {
  if ('routes' in answer) return routesText(answer.routes)
  const told =
    'attacks' in answer
      ? attacksText(answer.attacks)
      : mark('fail', 'mistake' in answer ? answer.mistake : `internal fault: ${answer.fault}`)
  return `${told}\nanswered in ${(milliseconds / 1000).toFixed(1)} s`
}

function routesText(report: RoutesReport): string {
  const { changed, decisions, warnings, routes, requests, wrong, stories, earlier, remaining } = report
  return [
    ...(changed.length > 0 ? [`changed: ${changed.join('; ')}`] : []),
    ...shortened(decisions),
    mark(
      warnings.length > 0 ? 'inconclusive' : 'pass',
      `policy: ${count(routes, 'route')}, ${count(warnings.length, 'danger')}`,
    ),
    ...indented(warnings),
    mark(
      wrong > 0 ? 'fail' : 'pass',
      `routes: ${requests - wrong} of ${count(requests, 'request')} answered as they have to be`,
    ),
    ...indented(stories),
    ...(earlier === 0
      ? []
      : [
          mark(
            remaining.length > 0 ? verdictOf(remaining) : 'pass',
            `found before: ${remaining.length} of ${count(earlier, 'finding')} left`,
          ),
        ]),
    ...indented(remaining.map(storyOf)),
  ].join('\n')
}

function attacksText({ tried, triedInAll, attacks, seconds, findings, isEnough }: AttacksReport): string {
  const before = triedInAll > tried ? `, ${triedInAll} with the rounds before` : ''
  return [
    mark(
      findings.length > 0 ? verdictOf(findings) : tried === 0 ? 'not-measured' : 'pass',
      `attacks: ${tried} of the list's ${attacks} on this change${before}; ${findings.length} new ${findings.length === 1 ? 'finding' : 'findings'} in ${seconds.toFixed(1)} s${isEnough ? ', enough for once' : ''}`,
    ),
    ...indented(findings.map(storyOf)),
  ].join('\n')
}

/** Of medium severity or worse, as a run of the fuzzer fails by itself. */
function verdictOf(findings: readonly Remembered[]): Verdict {
  return findings.some(({ severity }) => !['low', 'none'].includes(severity)) ? 'fail' : 'inconclusive'
}

function storyOf({ severity, story }: Remembered): string {
  return `${severity}: ${story}`
}

function indented(lines: readonly string[]): string[] {
  return shortened(lines).map((line) => `  ${line}`)
}

function shortened(lines: readonly string[]): string[] {
  return lines.length > mostLines ? [...lines.slice(0, mostLines), `and ${lines.length - mostLines} more`] : [...lines]
}

function mark(verdict: Verdict, text: string): string {
  const style = { pass: 'green', fail: 'red', inconclusive: 'yellow', 'not-measured': 'yellow' } as const
  const sign = { pass: 'ok  ', fail: 'FAIL', inconclusive: 'look', 'not-measured': 'look' }[verdict]
  return `${styleText(style[verdict], sign, { stream: process.stdout })} ${text}`
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}
