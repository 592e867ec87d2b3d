import { expect, test } from 'vitest'
import { badges } from './badges.ts'
import { exampleReport } from './example-report.ts'

test('each badge has an accessible name with its figure, and stands alone', () => {
  const files = badges(exampleReport())
  const titles = Object.entries(files).map(([name, svg]) => [name, /<title>(.*?)<\/title>/.exec(svg)?.[1]])
  expect(Object.fromEntries(titles)).toEqual({
    'verdict.svg': 'edgeproof: fail',
    'size.svg': 'authorizer, gzip: 5,100 B',
    'warm.svg': 'warm, to one verification: 1.41x',
    'hit-ratio.svg': 'cache hits: 99.9 %',
  })
  for (const svg of Object.values(files)) {
    expect(svg).toContain('role="img"')
    expect(svg).not.toMatch(/<script|href=|url\((?!#)/)
  }
})

test('a figure that was not measured is said to be so', () => {
  const titles = Object.values(badges({ results: [], missing: [] })).map((svg) => /<title>(.*?)</.exec(svg)?.[1])
  expect(titles).toHaveLength(4)
  for (const title of titles) expect(title).toMatch(/: not measured$/)
})
