/** The tables that compare: one row a subject, its cost, and the ratios to the floor and to the best peer. */
import Table from 'cli-table3'
import type { Percentiles } from '../statistics/quantile.ts'
import type { Figure } from './samples-by-process.ts'

export interface SideBySide {
  title: string
  columns: string[]
  rows: string[][]
}

export function sideBySideText({ title, columns, rows }: SideBySide): string {
  const table = new Table({
    head: columns,
    style: { head: [], border: [], compact: true },
    colAligns: columns.map((_, index) => (index === 0 ? 'left' : 'right')),
  })
  table.push(...rows)
  return `${title}\n${table.toString()}`
}

/** A median with its interval. */
export function figureText({ median, low, high }: Figure): string {
  return `${short(median)} [${short(low)}, ${short(high)}]`
}

export function percentilesText({ p50, p95, p99 }: Percentiles): string {
  return [p50, p95, p99].map(short).join(' / ')
}

/** About three significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return ''
  const magnitude = Math.abs(value)
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2)
}
