import { quantityText } from '../quantity.ts'
import { axisStyle, fontSize, legend, type Option, palette, text, type Width } from './drawing.ts'

export interface BarParts {
  name: string
  /** One value for each row; stacked. */
  values: readonly number[]
}

/** Horizontal bars, each of one or more parts, with the sum at its end. */
export function barChart(names: readonly string[], parts: readonly BarParts[], unit: string, width: Width) {
  const nameWidth = { narrow: 104, half: 140, wide: 220 }[width]
  const sums = names.map((_, index) => parts.reduce((sum, { values }) => sum + (values[index] ?? 0), 0))
  const several = parts.length > 1
  const option: Option = {
    color: [...palette],
    ...(several
      ? {
          legend: {
            ...legend,
            icon: 'rect',
            itemWidth: 12,
            itemHeight: 12,
          },
        }
      : {}),
    grid: { left: nameWidth + 10, right: 70, top: several ? 34 : 4, bottom: 4 },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...names],
      ...axisStyle,
      // ECharts cuts names by the widths of a font of its own; the page's may be an eighth wider.
      axisLabel: { ...text, width: nameWidth * 0.86, overflow: 'truncate' },
    },
    series: parts.map(({ name, values }, index) => ({
      type: 'bar',
      name,
      stack: 'all',
      data: [...values],
      barWidth: 16,
      // A pattern would be hard to read at this height; the order of the parts is the legend's.
      itemStyle: { borderColor: 'var(--surface)', borderWidth: several ? 1 : 0 },
      ...(index === parts.length - 1
        ? {
            label: {
              show: true,
              position: 'right',
              fontSize,
              color: 'currentColor',
              formatter: ({ dataIndex }: { dataIndex: number }) => quantityText(sums[dataIndex] ?? 0, unit),
            },
          }
        : {}),
    })),
  }
  return { option, height: (several ? 40 : 10) + names.length * 26 }
}
