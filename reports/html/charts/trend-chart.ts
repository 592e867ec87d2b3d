import type { Trend } from '../../history/trend.ts'
import { tickText } from '../quantity.ts'
import { axisStyle, type Option, text, type Width } from './drawing.ts'

/** A point for each run in order, with the limit and the places where the level changed. */
export function trendChart({ points, changePoints, limit, unit }: Trend, width: Width) {
  const marks = [
    ...(limit === null
      ? []
      : [
          {
            yAxis: limit,
            lineStyle: { color: 'var(--fail)', type: 'dashed' as const },
            label: { ...text, color: 'var(--fail)', formatter: 'limit', position: 'insideStartTop' as const },
          },
        ]),
    ...changePoints.map(({ at, worse }) => ({
      xAxis: at,
      lineStyle: { color: worse === true ? 'var(--fail)' : 'var(--muted)', type: 'solid' as const },
      label: { show: false },
    })),
  ]
  const option: Option = {
    grid: { left: 72, right: 16, top: 14, bottom: 28 },
    xAxis: {
      type: 'category',
      data: points.map(({ startedAt }) => startedAt.slice(5, 10)),
      ...axisStyle,
    },
    yAxis: {
      type: 'value',
      scale: true,
      splitNumber: 4,
      // The limit belongs to the picture even where every run is far below it.
      ...(limit === null ? {} : { max: ({ max }: { max: number }) => Math.max(max, limit) }),
      ...axisStyle,
      axisLabel: { ...axisStyle.axisLabel, formatter: (value: number) => tickText(value, unit) },
    },
    series: [
      {
        type: 'line',
        symbol: 'circle',
        symbolSize: 7,
        lineStyle: { width: 2, color: 'var(--one)' },
        itemStyle: { color: 'var(--one)' },
        data: points.map(({ value }) => value),
        markLine: { silent: true, symbol: 'none', data: marks },
      },
    ],
  }
  return { option, height: width === 'narrow' ? 190 : 210 }
}
