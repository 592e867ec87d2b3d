import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { figure } from '../charts/figure.ts'
import { percentileChart } from '../charts/percentile-chart.ts'
import type { Cell } from '../data-table.ts'
import type { Markup } from '../markup.ts'
import type { LoadData } from './load-data.ts'

/** The histograms to draw, and how a reader calls them. */
const kinds: Readonly<Record<string, string>> = {
  hit: 'hit',
  miss: 'miss',
  denial: 'denial',
  'cold-start': 'cold start',
  authorizer: 'authorizer alone',
}

/** Points of the curve, as one in so many that is slower: even steps on the plot's logarithmic axis, from the first quarter on. */
const curve = Array.from({ length: 8 * 6 }, (_, step) => 10 ** ((step + 1) / 8))
const tabled = [50, 90, 99, 99.9, 99.99]

/** Time by percentile, by how the answer came about. */
export function latencyFigure({ measured: { histograms } }: LoadData): Markup | null {
  const known = Object.entries(kinds).flatMap(([kind, name]) => {
    const encoded = histograms[kind]
    return encoded === undefined ? [] : [{ kind, name, histogram: decodeFromCompressedBase64(encoded) }]
  })
  if (known.length === 0) return null
  // Beyond the last sample a percentile would only repeat the maximum.
  const shown = (count: number) => (percentile: number) => percentile <= 50 || 100 / (100 - percentile) <= count
  const series = known.map(({ name, histogram }) => ({
    name: `${name} (${histogram.totalCount.toLocaleString('en-US')})`,
    points: curve
      .filter((oneIn) => oneIn <= Math.max(2, histogram.totalCount))
      .map((oneIn) => [oneIn, histogram.getValueAtPercentile(100 - 100 / oneIn) / 1000] as const),
  }))
  return figure({
    caption: 'Time by percentile, by how the answer came about',
    says: 'Logarithmic. In brackets: how many requests were timed.',
    half: true,
    draw: (width) => percentileChart(series, width),
    table: {
      head: ['answer', 'requests', ...tabled.map((percentile) => `p${percentile}`), 'slowest'],
      rows: known.map(({ kind, name, histogram }): Cell[] => {
        const at = `load#/data/measured/histograms/${kind}`
        return [
          name,
          { value: histogram.totalCount, unit: '' },
          ...tabled.map((percentile) => ({
            value: shown(histogram.totalCount)(percentile) ? histogram.getValueAtPercentile(percentile) / 1000 : null,
            unit: 'ms',
            at: `${at}?p=${percentile}`,
          })),
          { value: histogram.getValueAtPercentile(100) / 1000, unit: 'ms', at: `${at}?p=100` },
        ]
      }),
    },
  })
}
