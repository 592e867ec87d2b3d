/** Lines of what a command says at its end: a short title, and a text beside it that keeps to 80 columns. */
import { styleText } from 'node:util'
import type { Verdict } from '../result/result.ts'

const columns = 80
const titleColumns = 9

/** A title, and a text that goes on below itself. */
export function entry(title: string, text: string, verdict?: Verdict): string[] {
  const [first = '', ...others] = wrapped(text, columns - titleColumns)
  const padded = title.padEnd(titleColumns)
  return [
    `${verdict === undefined ? padded : colour(verdict, padded)}${first}`,
    ...others.map((line) => `${' '.repeat(titleColumns)}${line}`),
  ]
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

export function colour(verdict: Verdict, text: string): string {
  const style = { pass: 'green', fail: 'red', inconclusive: 'yellow', 'not-measured': 'yellow' } as const
  return styleText([style[verdict], ...(verdict === 'fail' ? (['bold'] as const) : [])], text, {
    stream: process.stdout,
  })
}
