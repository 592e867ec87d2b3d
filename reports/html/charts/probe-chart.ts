import { tickText } from '../quantity.ts'
import { axisStyle, legend, type Option, type Width } from './drawing.ts'

export interface ProbePoint {
  rate: number
  sustained: boolean
  p99Ms: number | null
}

/** A point for each rate that was tried: full where it was sustained, hollow where it was not. */
export function probeChart(probes: readonly ProbePoint[], width: Width) {
  const narrow = width === 'narrow'
  const points = (wanted: boolean) =>
    probes.flatMap(({ rate, sustained, p99Ms }) => (sustained === wanted && p99Ms !== null ? [[rate, p99Ms]] : []))
  const option: Option = {
    legend: { ...legend, itemWidth: 14 },
    grid: { left: 62, right: 20, top: 38, bottom: 44 },
    xAxis: {
      type: 'value',
      min: 0,
      name: 'requests per second',
      nameLocation: 'middle',
      nameGap: 26,
      splitNumber: narrow ? 4 : 8,
      ...axisStyle,
    },
    yAxis: {
      type: 'log',
      ...axisStyle,
      axisLabel: { ...axisStyle.axisLabel, formatter: (value: number) => tickText(value, 'ms') },
    },
    series: [
      { name: 'sustained', type: 'scatter', symbolSize: 10, itemStyle: { color: 'var(--one)' }, data: points(true) },
      {
        name: 'an objective missed',
        type: 'scatter',
        symbol: 'diamond',
        symbolSize: 12,
        itemStyle: { color: 'transparent', borderColor: 'var(--fail)', borderWidth: 2 },
        data: points(false),
      },
    ],
  }
  return { option, height: 240 }
}
