/** An ECharts option as inline SVG: no script in the page, colours from the page's own style, text that is never scaled below 12 px. */
import * as echarts from 'echarts'
import { html, type Markup, trusted } from '../markup.ts'

export type Option = echarts.EChartsOption

/**
 * Widths in pixels that a chart is drawn for, so that its text keeps its size instead of shrinking with the drawing. The style
 * shows one of them: `narrow` below 1,040 px and, two in a row, on paper, else `wide` or, for charts that stand side by side, `half`.
 */
export const widths = { narrow: 344, half: 488, wide: 1008 } as const
export type Width = keyof typeof widths

export const fontSize = 13

/** Text and lines follow the page, so that one drawing serves light, dark and print. */
export const text = { color: 'currentColor', fontFamily: 'inherit', fontSize }
const muted = { ...text, color: 'var(--muted)' }

/** ECharts sets names apart by the widths of a font of its own; the page's may be an eighth wider. */
export const legend = { top: 0, left: 0, itemWidth: 28, itemGap: 24, selectedMode: false, textStyle: text }

export const axisStyle = {
  axisLabel: { ...muted, hideOverlap: true },
  nameTextStyle: muted,
  axisLine: { lineStyle: { color: 'var(--line)' } },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: 'var(--line)', opacity: 0.7 } },
}

/** Told apart by colour and, for those who cannot, by the kind of line. */
export const palette = ['var(--one)', 'var(--two)', 'var(--three)', 'var(--four)', 'var(--five)']

export function lineKind(index: number): 'solid' | 'dashed' | 'dotted' | number[] {
  const kinds = ['solid', 'dashed', 'dotted', [8, 3, 2, 3], [12, 4]] as const
  const kind = kinds[index % kinds.length] ?? 'solid'
  return typeof kind === 'string' ? kind : [...kind]
}

/** The drawing for a phone and the one for a wide page; only one of them is shown. */
export function drawings(draw: (width: Width) => { option: Option; height: number }, full: 'wide' | 'half'): Markup {
  const drawing = (width: Width) => {
    const { option, height } = draw(width)
    return html`<div class="${width}">${trusted(svg(option, widths[width], height))}</div>`
  }
  return html`${drawing(full)}${drawing('narrow')}`
}

function svg(option: Option, width: number, height: number): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, textStyle: text, ...option })
    return (
      chart
        .renderToSVGString({ useViewBox: true })
        // The drawing is named by its figure; what ECharts adds for the mouse needs a script.
        .replace(/^<svg [^>]*viewBox="([^"]*)"[^>]*>/, '<svg viewBox="$1" aria-hidden="true" focusable="false">')
        .replace(/<style\b[^>]*>[\s\S]*?<\/style>/g, '')
        .replace(/ (?:class|ecmeta_[\w-]+)="[^"]*"/g, '')
        .replace(/<path [^>]*fill="none" pointer-events="visible"><\/path>\n?/g, '')
    )
  } finally {
    chart.dispose()
  }
}
