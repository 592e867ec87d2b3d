import { styleText } from 'node:util'
import type { Verdict } from '../../result/result.ts'
import type { RoundAnswer } from './round-process.ts'

/** More would scroll the first ones away. */
const mostLines = 5

/** What a round says: a line for the policy, one for its routes, one for the attacks, and what is wrong below each. */
export function roundText(answer: RoundAnswer, milliseconds: number): string {
  if ('mistake' in answer) return mark('fail', answer.mistake)
  if ('fault' in answer) return mark('fail', `internal fault: ${answer.fault}`)
  const { warnings, routes, requests, wrong, stories: aboutRoutes, attacks, seconds, findings } = answer.report
  const stories = findings.map(({ severity, story }) => `${severity}: ${story}`)
  return [
    mark(
      warnings.length > 0 ? 'inconclusive' : 'pass',
      `policy: ${count(routes, 'route')}, ${count(warnings.length, 'danger')}`,
    ),
    ...indented(warnings),
    mark(
      wrong > 0 ? 'fail' : 'pass',
      `routes: ${requests - wrong} of ${count(requests, 'request')} answered as they have to be`,
    ),
    ...indented(aboutRoutes),
    mark(
      stories.length > 0 ? 'fail' : attacks === 0 ? 'not-measured' : 'pass',
      `attacks: ${count(attacks, 'case')} in ${seconds.toFixed(1)} s, ${count(stories.length, 'finding')}`,
    ),
    ...indented(stories),
    `answered in ${(milliseconds / 1000).toFixed(1)} s`,
  ].join('\n')
}

function indented(lines: readonly string[]): string[] {
  const shown = lines.slice(0, mostLines).map((line) => `  ${line}`)
  return lines.length > mostLines ? [...shown, `  and ${lines.length - mostLines} more`] : shown
}

function mark(verdict: Verdict, text: string): string {
  const style = { pass: 'green', fail: 'red', inconclusive: 'yellow', 'not-measured': 'yellow' } as const
  const sign = { pass: 'ok  ', fail: 'FAIL', inconclusive: 'look', 'not-measured': 'look' }[verdict]
  return `${styleText(style[verdict], sign, { stream: process.stdout })} ${text}`
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}
