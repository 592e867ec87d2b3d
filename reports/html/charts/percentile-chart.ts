import { tickText } from '../quantity.ts'
import { axisStyle, legend, lineKind, type Option, palette, type Width } from './drawing.ts'

export interface PercentileSeries {
  name: string
  /** One in so many is slower, and the time in milliseconds. */
  points: readonly (readonly [number, number])[]
}

/** Time by percentile over a logarithmic axis of the share that is slower, as HdrHistogram's plots have it. */
export function percentileChart(series: readonly PercentileSeries[], width: Width) {
  const narrow = width === 'narrow'
  const most = Math.max(10, ...series.flatMap(({ points }) => points.map(([oneIn]) => oneIn)))
  const option: Option = {
    color: palette,
    legend,
    grid: {
      left: narrow ? 58 : 66,
      right: narrow ? 16 : 24,
      top: width !== 'wide' && series.length > 3 ? 68 : 40,
      bottom: 46,
    },
    xAxis: {
      type: 'log',
      min: 1,
      max: 10 ** Math.ceil(Math.log10(most) - 0.001),
      name: 'percentile of requests',
      nameLocation: 'middle',
      nameGap: 28,
      ...axisStyle,
      axisLabel: { ...axisStyle.axisLabel, formatter: percentileName },
    },
    yAxis: {
      type: 'log',
      ...axisStyle,
      axisLabel: {
        ...axisStyle.axisLabel,
        formatter: (value: number) => tickText(value, 'ms'),
      },
    },
    series: series.map(({ name, points }, index) => ({
      name,
      type: 'line',
      symbol: points.length === 1 ? 'circle' : 'none',
      symbolSize: 8,
      lineStyle: { width: 2.5, type: lineKind(index) },
      data: points.map((point) => [...point]),
    })),
  }
  return { option, height: 280 }
}

function percentileName(oneIn: number): string {
  return oneIn === 1 ? '0' : `${Number((100 - 100 / oneIn).toFixed(4))}\u00a0%`
}
