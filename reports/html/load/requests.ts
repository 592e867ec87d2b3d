/** What was asked and how it was answered: by class of request, by route, and why the denied ones were. */
import { barChart } from '../charts/bar-chart.ts'
import { figure } from '../charts/figure.ts'
import type { Cell } from '../data-table.ts'
import type { Markup } from '../markup.ts'
import type { Counts, LoadData } from './load-data.ts'

const outcomes = ['hits', 'misses', 'denials', 'errors'] as const

export function byClass({ measured }: LoadData): Markup | null {
  const classes = Object.entries(measured.by.class).sort(([, a], [, b]) => b.requests - a.requests)
  if (classes.length === 0) return null
  const parts = outcomes
    .map((name) => ({ name, values: classes.map(([, counts]) => counts[name]) }))
    .filter(({ name, values }) => name !== 'errors' || values.some((value) => value > 0))
  return figure({
    caption: 'Requests by class and outcome',
    says: 'Valid and public requests ought to be hits or misses, every other class a denial.',
    half: true,
    draw: (width) =>
      barChart(
        classes.map(([name]) => name),
        parts,
        '',
        width,
      ),
    table: {
      head: ['class', 'requests', ...outcomes, 'hit ratio'],
      rows: classes.map(([name, counts]): Cell[] => [name, ...countCells('class', name, counts)]),
    },
  })
}

export function hitRatioByRoute({ measured }: LoadData): Markup | null {
  const routes = Object.entries(measured.by.route).flatMap(([name, counts]) => {
    const ratio = hitRatio(counts)
    return ratio === null ? [] : [{ name, counts, ratio }]
  })
  if (routes.length === 0) return null
  routes.sort((a, b) => b.counts.requests - a.counts.requests)
  return figure({
    caption: 'Hit ratio by route',
    says: 'Of the requests that a cache could have answered.',
    half: true,
    draw: (width) =>
      barChart(
        routes.map(({ name }) => name),
        [{ name: 'hit ratio', values: routes.map(({ ratio }) => ratio) }],
        '%',
        width,
      ),
    table: {
      head: ['route', 'requests', ...outcomes, 'hit ratio'],
      rows: routes.map(({ name, counts }): Cell[] => [name, ...countCells('route', name, counts)]),
    },
  })
}

function countCells(dimension: 'class' | 'route', name: string, counts: Counts): Cell[] {
  // RFC 6901, section 3: "~" and "/" are escaped within a pointer.
  const at = `load#/data/measured/by/${dimension}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  return [
    ...(['requests', ...outcomes] as const).map((field) => ({ value: counts[field], unit: '', at: `${at}/${field}` })),
    { value: hitRatio(counts), unit: '%' },
  ]
}

function hitRatio({ hits, misses }: Counts): number | null {
  return hits + misses === 0 ? null : (100 * hits) / (hits + misses)
}

export function denialsByReason({ denials = [] }: LoadData): Markup | null {
  if (denials.length === 0) return null
  return figure({
    caption: 'Denials by reason',
    says: denials.some(({ reason }) => reason === 'unlogged')
      ? 'As the authorizer logs them, the warm-up included; it samples its lines, and what it had not written by the end is “unlogged”.'
      : 'As the authorizer logs them, the warm-up included.',
    half: true,
    draw: (width) =>
      barChart(
        denials.map(({ reason }) => reason),
        [{ name: 'denials', values: denials.map(({ count }) => count) }],
        '',
        width,
      ),
    table: {
      head: ['reason', 'denials'],
      rows: denials.map(({ reason, count }, index): Cell[] => [
        reason,
        { value: count, unit: '', at: `load#/data/denials/${index}/count` },
      ]),
    },
  })
}
