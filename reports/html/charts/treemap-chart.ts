import { numberText } from '../quantity.ts'
import { fontSize, type Option, type Width } from './drawing.ts'

export interface Tile {
  name: string
  value: number
}

/** Areas in proportion to bytes; a tile too small for its name goes without. */
export function treemapChart(tiles: readonly Tile[], width: Width) {
  const least = tiles.reduce((sum, { value }) => sum + value, 0) * (width === 'narrow' ? 0.03 : 0.018)
  const option: Option = {
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
        color: ['var(--tile)'],
        itemStyle: { color: 'var(--tile)', borderColor: 'var(--surface)', borderWidth: 0, gapWidth: 2 },
        label: {
          color: 'var(--tile-text)',
          fontSize,
          lineHeight: 17,
          overflow: 'truncate',
          formatter: ({ name, value }) => (Number(value) < least ? '' : `${name}\n${numberText(Number(value))} B`),
        },
        data: tiles.map(({ name, value }) => ({ name, value, itemStyle: { color: 'var(--tile)' } })),
      },
    ],
  }
  return { option, height: width === 'narrow' ? 420 : 340 }
}
