import { styleText } from 'node:util'
import { terminalTable } from '../../command/terminal.ts'
import type { Result } from '../../result/result.ts'
import { answerLines, byUrgency, gateData } from './answer.ts'

/** The answer first, in red where there is a failure, with the files that changed; then the table, failures first. */
export function gateText(result: Result, stream: NodeJS.WriteStream = process.stdout): string {
  const { blame } = gateData(result)
  const failed = result.checks.some(({ verdict }) => verdict === 'fail')
  const files = failed && blame.length > 0 ? ` (${blame.slice(0, 3).join(', ')}${blame.length > 3 ? ', ...' : ''})` : ''
  const [first = '', ...others] = answerLines(result).map((line) =>
    failed ? styleText(['red', 'bold'], line, { stream }) : line,
  )
  return [`${first}${files}`, ...others, terminalTable([{ ...result, checks: byUrgency(result.checks) }], stream)].join(
    '\n',
  )
}
