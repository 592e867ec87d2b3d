import { tickText } from '../quantity.ts'
import { axisStyle, legend, lineKind, type Option, palette, text, type Width } from './drawing.ts'

export interface TimeSeries {
  name: string
  /** Seconds from the start, and the value; null leaves a gap. */
  points: readonly (readonly [number, number | null])[]
  /** Filled down to the axis and laid on the one before, for parts of a whole. */
  stacked?: boolean
  /** Holds its value until the next, for counts of things that are there. */
  steps?: boolean
}

export interface TimeAxis {
  unit: string
  /** Seconds that figures leave out; shaded. */
  warmUpSeconds?: number
  /** What was done to the system, and when. */
  events?: readonly { at: number; name: string }[]
  /** Default 0. */
  min?: number
  max?: number
}

/** Values over the seconds of a run. */
export function timeChart(series: readonly TimeSeries[], axis: TimeAxis, width: Width) {
  const { unit, warmUpSeconds = 0, events = [], min = 0, max } = axis
  const narrow = width === 'narrow'
  const spike = aboveWarmUp(series, warmUpSeconds)
  const option: Option = {
    color: palette,
    ...(series.length > 1 ? { legend } : {}),
    grid: { left: 58, right: 16, top: series.length > 1 ? 38 : 14, bottom: 26 },
    xAxis: {
      type: 'value',
      min: 0,
      max: 'dataMax',
      ...axisStyle,
      // The last second is rarely a round one, and would stand upon its neighbour.
      axisLabel: { ...axisStyle.axisLabel, showMaxLabel: false, formatter: (value: number) => tickText(value, 's') },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min,
      ...(max === undefined
        ? { minInterval: integers(series) ? 1 : 0, ...(spike === undefined ? {} : { max: spike }) }
        : { max, interval: max / 4 }),
      splitNumber: 4,
      ...axisStyle,
      axisLabel: { ...axisStyle.axisLabel, formatter: (value: number) => tickText(value, unit) },
    },
    series: series.map(({ name, points, stacked = false, steps = false }, index) => ({
      name,
      type: 'line',
      ...(steps ? { step: 'end' as const } : {}),
      symbol: points.length < 3 ? 'circle' : 'none',
      connectNulls: false,
      clip: true,
      ...(stacked ? { stack: 'whole', areaStyle: { opacity: 0.55 } } : {}),
      lineStyle: { width: stacked ? 1 : 2, type: stacked ? 'solid' : lineKind(index) },
      data: points.map((point) => [...point]),
      ...(index === 0 ? { markArea: warmUp(warmUpSeconds), markLine: eventLines(events) } : {}),
    })),
  }
  return { option, height: narrow ? 200 : 220 }
}

/** The end of an axis that a start twice as high would flatten; the start then leaves at the top. Undefined where there is none. */
function aboveWarmUp(series: readonly TimeSeries[], warmUpSeconds: number): number | undefined {
  if (series.some(({ stacked }) => stacked)) return undefined
  const highest = (is: (at: number) => boolean) =>
    Math.max(0, ...series.flatMap(({ points }) => points.map(([at, value]) => (is(at) ? (value ?? 0) : 0))))
  const [start, rest] = [highest((at) => at < warmUpSeconds), highest((at) => at >= warmUpSeconds)]
  return rest > 0 && start > 2 * rest ? roundUp(rest) : undefined
}

/** 1, 2, 4 or 8 times a power of ten, so that quarters of it are short numbers. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 4, 8].find((step) => step * power >= value) ?? 10) * power
}

/** Half a sandbox is no mark on an axis. */
function integers(series: readonly TimeSeries[]): boolean {
  return series.every(({ points }) => points.every(([, value]) => Number.isInteger(value ?? 0)))
}

/** Shaded: these seconds are in no other figure. */
function warmUp(seconds: number) {
  return {
    silent: true,
    itemStyle: { color: 'var(--shade)' },
    label: { ...text, color: 'var(--muted)', position: 'insideTopLeft' as const },
    data: seconds > 0 ? [[{ name: 'warm-up', xAxis: 0 }, { xAxis: seconds }] as [object, object]] : [],
  }
}

function eventLines(events: NonNullable<TimeAxis['events']>) {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: 'var(--muted)', type: 'dashed' as const },
    label: { ...text, color: 'var(--muted)', formatter: '{b}', position: 'insideEndTop' as const },
    data: events.map(({ at, name }) => ({ name, xAxis: at })),
  }
}
