import type { CustomSeriesRenderItem } from 'echarts'
import { quantityText } from '../quantity.ts'
import { axisStyle, fontSize, type Option, text, type Width, widths } from './drawing.ts'

export interface IntervalRow {
  name: string
  value: number
  low: number
  high: number
  /** Drawn in the first colour; the others step back. */
  emphasized: boolean
}

export interface IntervalScale {
  unit: string
  /** The figure that decides, as a line. */
  limit?: number
  logarithmic?: boolean
  /** Whether the axis begins at zero. Default true; a logarithmic one never does. */
  fromZero?: boolean
}

/** A dot for each figure on the line of its interval, its value at the right. */
export function intervalChart(rows: readonly IntervalRow[], scale: IntervalScale, width: Width) {
  const narrow = width === 'narrow'
  const { unit, limit, logarithmic = false, fromZero = true } = scale
  const option: Option = {
    grid: {
      left: { narrow: 112, half: 184, wide: 216 }[width],
      right: narrow ? 76 : 84,
      top: limit === undefined ? 6 : 26,
      bottom: 26,
    },
    xAxis: {
      type: logarithmic ? 'log' : 'value',
      scale: true,
      ...(limit === undefined ? {} : withinView(limit)),
      ...(logarithmic || !fromZero ? {} : { min: 0 }),
      ...(unit === '%' && !logarithmic && rows.every(({ high }) => high <= 100) ? { max: 100, interval: 25 } : {}),
      splitNumber: width === 'wide' ? 6 : 3,
      ...axisStyle,
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ name }) => name),
      ...axisStyle,
      // ECharts cuts names by the widths of a font of its own; the page's may be an eighth wider.
      axisLabel: { ...text, width: { narrow: 92, half: 136, wide: 184 }[width], overflow: 'truncate' },
    },
    series: [
      {
        type: 'custom',
        clip: false,
        renderItem: drawRow(rows),
        data: rows.map(({ value, low, high }, index) => [value, index, low, high]),
        encode: { x: [0, 2, 3], y: 1 },
        ...(limit === undefined ? {} : { markLine: limitLine(limit, unit) }),
      },
      {
        // The values stand in one column, whatever the interval.
        type: 'custom',
        clip: false,
        renderItem: (_params, api) => ({
          type: 'text',
          x: widths[width] - 2,
          y: api.coord([api.value(0), api.value(1)])[1] as number,
          style: {
            text: quantityText(Number(api.value(0)), unit),
            fill: 'currentColor',
            fontSize,
            fontWeight: rows[Number(api.value(1))]?.emphasized ? 'bold' : 'normal',
            align: 'right',
            verticalAlign: 'middle',
          },
        }),
        data: rows.map(({ value }, index) => [value, index]),
        encode: { x: 0, y: 1 },
      },
    ],
  }
  return { option, height: 34 + (limit === undefined ? 0 : 20) + rows.length * 28 }
}

/** Widens the axis where the limit lies beyond every figure; null leaves it as it is. */
function withinView(limit: number) {
  return {
    min: (data: { min: number }) => (limit < data.min ? limit : null),
    max: (data: { max: number }) => (limit > data.max ? limit : null),
  }
}

function drawRow(rows: readonly IntervalRow[]): CustomSeriesRenderItem {
  return (_params, api) => {
    const row = rows[Number(api.value(1))]
    const at = (value: number) => api.coord([value, api.value(1)])
    const [x = 0, y = 0] = at(Number(api.value(0)))
    const [low = 0] = at(Number(api.value(2)))
    const [high = 0] = at(Number(api.value(3)))
    const colour = row?.emphasized ? 'var(--one)' : 'var(--other)'
    return {
      type: 'group',
      children: [
        {
          type: 'line',
          shape: { x1: low, y1: y, x2: high, y2: y },
          style: { stroke: colour, lineWidth: 3, opacity: 0.45 },
        },
        ...[low, high].map((end) => ({
          type: 'line' as const,
          shape: { x1: end, y1: y - 5, x2: end, y2: y + 5 },
          style: { stroke: colour, lineWidth: 2, opacity: 0.6 },
        })),
        { type: 'circle', shape: { cx: x, cy: y, r: 5 }, style: { fill: colour } },
      ],
    }
  }
}

function limitLine(limit: number, unit: string) {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: 'var(--fail)', type: 'dashed' as const, width: 1.5 },
    label: {
      ...text,
      color: 'var(--fail)',
      formatter: `limit ${quantityText(limit, unit)}`,
      position: 'start' as const,
    },
    data: [{ xAxis: limit }],
  }
}
