/** A load run over its seconds: every series as a chart of its own, on one axis of time. */
import { figure } from '../charts/figure.ts'
import { type TimeSeries, timeChart } from '../charts/time-chart.ts'
import type { Cell } from '../data-table.ts'
import type { Markup } from '../markup.ts'
import type { LoadData, Series } from './load-data.ts'

type Bucket = Series['buckets'][number]

/** One line of a chart: a value for each bucket. */
interface Line {
  name: string
  value(bucket: Bucket, bucketSeconds: number): number | null
  /** The bucket's own field, where the value is just that. */
  field?: keyof Bucket
  stacked?: boolean
}

interface Plan {
  caption: string
  unit: string
  lines: readonly Line[]
  max?: number
  steps?: boolean
}

const perSecond = (name: string, field: 'hits' | 'misses' | 'denials' | 'errors'): Line => ({
  name,
  value: (bucket, seconds) => bucket[field] / seconds,
  stacked: true,
})
const own = (name: string, field: keyof Bucket): Line => ({ name, value: (bucket) => bucket[field], field })

const plans: readonly Plan[] = [
  {
    caption: 'Answers per second',
    unit: '',
    lines: [
      perSecond('hits', 'hits'),
      perSecond('misses', 'misses'),
      perSecond('denials', 'denials'),
      perSecond('errors', 'errors'),
    ],
  },
  { caption: 'Time of allowed requests', unit: 'ms', lines: [own('median', 'p50Ms'), own('p99', 'p99Ms')] },
  {
    caption: 'Hit ratio of cacheable requests',
    unit: '%',
    max: 100,
    lines: [
      {
        name: 'hit ratio',
        value: ({ hits, misses }) => (hits + misses === 0 ? null : (100 * hits) / (hits + misses)),
      },
    ],
  },
  {
    caption: 'Sandboxes and cold starts',
    unit: '',
    steps: true,
    lines: [own('alive', 'sandboxes'), own('busy', 'sandboxesBusy'), own('cold starts', 'coldStarts')],
  },
]

export function overTime({ series, events = [] }: LoadData): Markup[] {
  if (series === undefined || series.buckets.length === 0) return []
  return plans.map((plan) => chartOf(plan, series, events))
}

function chartOf(
  { caption, unit, lines, max, steps = false }: Plan,
  series: Series,
  events: NonNullable<LoadData['events']>,
): Markup {
  const { buckets, bucketSeconds, warmUpSeconds } = series
  // The last bucket is rarely a whole one: its sums would look like a fall.
  const whole = buckets.length > 2 ? buckets.slice(0, -1) : buckets
  const drawn = lines
    .map(
      ({ name, value, stacked = false }): TimeSeries => ({
        name,
        stacked,
        steps,
        points: whole.map((bucket) => [bucket.at, value(bucket, bucketSeconds)] as const),
      }),
    )
    // An outcome that never came about is no line, but it stays in the table.
    .filter(({ points, stacked }) => !stacked || points.some(([, value]) => value !== 0))
  return figure({
    caption,
    half: true,
    draw: (width) =>
      timeChart(
        drawn,
        {
          unit,
          warmUpSeconds,
          events: events.map(({ at, action }) => ({ at, name: action })),
          ...(max === undefined ? {} : { max }),
        },
        width,
      ),
    table: {
      head: ['second', ...lines.map(({ name }) => name)],
      rows: buckets.map((bucket, index): Cell[] => [
        { value: bucket.at, unit: '', at: `load#/data/series/buckets/${index}/at` },
        ...lines.map(({ value, field }) => ({
          value: value(bucket, bucketSeconds),
          unit,
          ...(field === undefined ? {} : { at: `load#/data/series/buckets/${index}/${field}` }),
        })),
      ]),
    },
  })
}
