import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import * as z from 'zod'
import type { Result } from '../result.ts'
import { bars, figure, percentileLines } from './chart.ts'
import type { Markup } from './markup.ts'

const countsSchema = z.object({ requests: z.number(), hits: z.number(), misses: z.number(), denials: z.number() })
const dataSchema = z.object({
  measured: z.object({
    by: z.object({ class: z.record(z.string(), countsSchema) }),
    /** Compressed HDR histograms of microseconds. */
    histograms: z.record(z.string(), z.string()),
  }),
})

/** Percentiles of the plot, as 1/(1-p): the axis is logarithmic in the share of slower requests. */
const slowerThanOneIn = [1.2, 1.5, 2, 3, 4, 6, 10, 20, 40, 100, 200, 400, 1000, 2000, 4000, 10_000]

/** Latency by percentile for each kind of answer, and what was asked. */
export function loadCharts(result: Result): Markup[] {
  const data = dataSchema.safeParse(result.data)
  if (!data.success) return []
  const { by, histograms } = data.data.measured
  return [latency(histograms), requestsByClass(by.class)]
}

function latency(histograms: Readonly<Record<string, string>>): Markup {
  const series = ['hit', 'miss', 'denial', 'authorizer'].flatMap((name) => {
    const encoded = histograms[name]
    if (encoded === undefined) return []
    const histogram = decodeFromCompressedBase64(encoded)
    const points = slowerThanOneIn
      .filter((oneIn) => oneIn <= histogram.totalCount)
      .map((oneIn) => [oneIn, histogram.getValueAtPercentile(100 - 100 / oneIn) / 1000] as const)
    return [{ name, points }]
  })
  const rows = series.flatMap(({ name, points }) =>
    points.map(([oneIn, milliseconds]) => [
      name,
      Number((100 - 100 / oneIn).toFixed(3)),
      Number(milliseconds.toFixed(3)),
    ]),
  )
  return figure('Time by percentile', percentileLines(series, 'ms'), 320, {
    head: ['answer', 'percentile', 'ms'],
    rows,
  })
}

function requestsByClass(classes: Readonly<Record<string, z.infer<typeof countsSchema>>>): Markup {
  const entries = Object.entries(classes).sort(([, a], [, b]) => b.requests - a.requests)
  return figure(
    'Requests by class',
    bars(
      entries.map(([name]) => name),
      entries.map(([, { requests }]) => requests),
      '',
    ),
    48 + entries.length * 28,
    {
      head: ['class', 'requests', 'hits', 'misses', 'denials'],
      rows: entries.map(([name, { requests, hits, misses, denials }]) => [name, requests, hits, misses, denials]),
    },
  )
}
