/** One chart as inline SVG, drawn on the server by ECharts: no script in the page, colours from the page's own style. */
import * as echarts from 'echarts'
import { html, type Markup, trusted } from './markup.ts'

const width = 720

/** Text and lines follow the page, so that one drawing serves light, dark and print. */
const text = { color: 'currentColor', fontFamily: 'inherit' }
const axisStyle = {
  axisLabel: text,
  nameTextStyle: text,
  axisLine: { lineStyle: { color: 'currentColor', opacity: 0.5 } },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: 'currentColor', opacity: 0.15 } },
}

export interface TableData {
  head: readonly string[]
  rows: readonly (readonly (string | number)[])[]
}

/** A chart with its caption and, below it, the figures it was drawn from. */
export function figure(caption: string, option: echarts.EChartsOption, height: number, table: TableData): Markup {
  return html`<figure><figcaption>${caption}</figcaption>
<div class="chart" role="img" aria-label="${caption}">${trusted(svg(option, height))}</div>
<details><summary>Figures</summary>${dataTable(table)}</details></figure>`
}

export function dataTable({ head, rows }: TableData): Markup {
  const cell = (value: string | number) =>
    typeof value === 'number' ? html`<td class="number">${value}</td>` : html`<td>${value}</td>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${head.join(', ')}"><table><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table></div>`
}

/** Horizontal bars of named figures, for ratios and counts. */
export function bars(names: readonly string[], values: readonly number[], unit: string): echarts.EChartsOption {
  return {
    grid: { left: 8, right: 56, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: 'value', ...axisStyle },
    yAxis: { type: 'category', inverse: true, data: [...names], ...axisStyle },
    series: [
      {
        type: 'bar',
        data: [...values],
        barMaxWidth: 18,
        itemStyle: { color: 'var(--accent)' },
        label: { show: true, position: 'right', formatter: `{c}${unit}`, ...text },
      },
    ],
  }
}

/** Lines over a logarithmic axis of percentiles, as HdrHistogram plots draw them. */
export function percentileLines(
  series: readonly { name: string; points: readonly (readonly [number, number])[] }[],
  unit: string,
): echarts.EChartsOption {
  return {
    color: ['var(--accent)', 'var(--second)', 'var(--third)', 'var(--fourth)'],
    legend: { top: 0, textStyle: text },
    grid: { left: 8, right: 24, top: 36, bottom: 28, containLabel: true },
    xAxis: {
      type: 'log',
      name: 'percentile',
      nameLocation: 'middle',
      nameGap: 26,
      ...axisStyle,
      axisLabel: { ...text, formatter: (value: number) => `${+(100 - 100 / value).toFixed(3)}` },
    },
    yAxis: { type: 'value', name: unit, ...axisStyle },
    series: series.map(({ name, points }) => ({
      name,
      type: 'line',
      showSymbol: false,
      data: points.map((point) => [...point]),
    })),
  }
}

/** Areas in proportion to bytes, two levels deep. */
export function treemap(
  groups: readonly { name: string; children: readonly { name: string; value: number }[] }[],
): echarts.EChartsOption {
  return {
    series: [
      {
        type: 'treemap',
        roam: false,
        nodeClick: false,
        breadcrumb: { show: false },
        left: 0,
        right: 0,
        top: 0,
        bottom: 0,
        label: { color: '#fff', fontSize: 11, overflow: 'truncate' },
        upperLabel: { show: true, height: 20, color: 'currentColor' },
        itemStyle: { color: 'var(--accent)', borderColor: 'var(--surface)', borderWidth: 1, gapWidth: 1 },
        levels: [{ itemStyle: { gapWidth: 3 } }, { color: ['#1f6feb'], itemStyle: { gapWidth: 1 } }],
        data: groups.map(({ name, children }) => ({ name, children: children.map((child) => ({ ...child })) })),
      },
    ],
  }
}

function svg(option: echarts.EChartsOption, height: number): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, textStyle: text, ...option })
    // The drawing scales with the page; its own fixed size would overflow a phone.
    return chart.renderToSVGString().replace(/^<svg width="\d+" height="\d+"/, '<svg')
  } finally {
    chart.dispose()
  }
}
