import { stripVTControlCharacters, styleText } from 'node:util'
import { default as Table } from 'cli-table3'
import { type Check, commandOf, type Result, type Verdict } from '../result/result.ts'

const colours = { pass: 'green', fail: 'red', inconclusive: 'yellow', 'not-measured': 'yellow' } as const

const head = ['command', 'check', 'value', 'limit', 'verdict']
const titleColumn = 1
/** A title is never squeezed below this. */
const fewestTitleColumns = 24
/** Of what is no terminal. */
const defaultColumns = 100

/**
 * One table of all checks of the given results, for a terminal or a log; colours only where the stream shows them. Long titles go
 * on below themselves, so that it fits.
 */
export function terminalTable(results: readonly Result[], stream: NodeJS.WriteStream = process.stdout): string {
  const rows = results.flatMap((result) =>
    result.checks.map((check) => [
      commandOf(result),
      check.title,
      valueText(check),
      limitText(check),
      verdictText(check, stream),
    ]),
  )
  const table = new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right', 'right', 'left'],
    colWidths: [null, titleWidth(rows, stream.columns ?? defaultColumns)],
    wordWrap: true,
  })
  table.push(...rows)
  return [table.toString(), ...openLines(results, stream)].join('\n')
}

/** With the space on each side of it; null: as wide as it needs to be. */
function titleWidth(rows: readonly string[][], columns: number): number | null {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => stripVTControlCharacters(row[column] ?? '').length)),
  )
  const frame = head.length * 3 + 1
  const others = widths.reduce((sum, width, column) => (column === titleColumn ? sum : sum + width), frame)
  const wanted = widths[titleColumn] ?? 0
  const room = Math.max(fewestTitleColumns, columns - others)
  return wanted <= room ? null : room + 2
}

/** Why each check that did not pass did not, and what to do: a line for all that share their reason. */
function openLines(results: readonly Result[], stream: NodeJS.WriteStream): string[] {
  const titles = new Map<string, { check: Check; titles: string[] }>()
  for (const check of results.flatMap(({ checks }) => checks)) {
    if (check.verdict === 'pass' || check.detail === undefined) continue
    const key = `${check.verdict} ${check.detail}`
    const known = titles.get(key) ?? { check, titles: [] }
    known.titles.push(check.title)
    titles.set(key, known)
  }
  return [...titles.values()].map(
    ({ check, titles: own }) => `${colourVerdict(check.verdict, stream)}  ${own.join('; ')}: ${check.detail}`,
  )
}

/** The value with its unit and, where known, its interval. */
export function valueText({ value, unit, interval }: Pick<Check, 'value' | 'unit' | 'interval'>): string {
  if (value === null) return 'not measured'
  const text = withUnit(value, unit)
  return interval ? `${text} [${number(interval.low)}, ${number(interval.high)}]` : text
}

export function limitText({ limit, direction, unit }: Check): string {
  if (limit === null || direction === 'none') return ''
  return `${direction === 'lower' ? '≤' : '≥'} ${withUnit(limit, unit)}`
}

function verdictText(check: Check, stream: NodeJS.WriteStream): string {
  // A figure without a limit is neither good nor bad.
  if (check.direction === 'none' && check.verdict === 'pass') return ''
  return colourVerdict(check.verdict, stream)
}

export function colourVerdict(verdict: Verdict, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(colours[verdict], verdict, { stream })
}

function withUnit(value: number | string, unit: string): string {
  const text = typeof value === 'number' ? number(value) : value
  // A bare "1" is the unit of a ratio (UCUM), "count" that of a number of things.
  return unit === '' || unit === 'count' ? text : unit === '1' ? `${text}x` : `${text} ${unit}`
}

function number(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US')
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3
  return value.toFixed(digits)
}
