import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { junit } from '../../reports/junit.ts'
import { sarif } from '../../reports/sarif.ts'
import { environment } from '../../result/environment.ts'
import { type Result, resultSchema } from '../../result/result.ts'
import { answerLines } from './answer.ts'
import { bencherMetricFormat, benchmarkActionEntries } from './benchmark-json.ts'
import { markdownSummary } from './markdown.ts'
import { gateText } from './terminal.ts'

const result: Result = resultSchema.parse({
  schema: 'edgeproof/gate@1',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1500,
  environment: environment(),
  inputs: {},
  checks: [
    {
      id: 'size.raw',
      title: 'minified program',
      value: 100,
      unit: 'B',
      limit: 102,
      direction: 'lower',
      verdict: 'pass',
    },
    {
      id: 'cpu.warm',
      title: 'warm <&"|>',
      value: 1.08,
      unit: '1',
      limit: 1.02,
      direction: 'lower',
      verdict: 'fail',
      interval: { low: 1.05, high: 1.11, level: 0.99 },
      detail: 'base 30 us',
    },
    {
      id: 'cpu.hot',
      title: 'hot',
      value: 1.01,
      unit: '1',
      limit: 1.02,
      direction: 'lower',
      verdict: 'inconclusive',
      interval: { low: 0.9, high: 1.11, level: 0.99 },
    },
    {
      id: 'instructions',
      title: 'valgrind is not installed',
      value: null,
      unit: 'instructions',
      limit: null,
      direction: 'lower',
      verdict: 'not-measured',
    },
  ],
  verdict: 'fail',
  data: {
    sides: { base: { name: 'main', commit: 'a'.repeat(40) }, head: { name: 'HEAD', commit: 'b'.repeat(40) } },
    blame: ['authorizer/routes.ts', 'authorizer/claims.ts'],
    growth: { 'size.raw': 0, 'cpu.warm': 0.08, 'cpu.hot': 0.01 },
  },
})

test('JUnit counts and tells apart failed, undecided and unmeasured, and escapes titles', () => {
  const xml = junit({ results: [result], missing: [] })
  expect(xml).toContain('<testsuites tests="4" failures="1" errors="1" skipped="1" time="1.500">')
  expect(xml).toMatch(
    /name="cpu.warm" time="0"><failure type="cpu.warm" message="1.08x \[1.05, 1.11\], limit ≤ 1.02x">base 30 us<\/failure>/,
  )
  expect(xml).toMatch(/name="cpu.hot" time="0"><error type="inconclusive"/)
  expect(xml).toMatch(/name="instructions" time="0"><skipped message="valgrind is not installed"\/>/)
})

test('SARIF has one result for each failed check, at the changed file', () => {
  const { version, runs } = sarif([result]) as {
    version: string
    runs: { results: object[]; tool: { driver: { rules: object[] } } }[]
  }
  expect(version).toBe('2.1.0')
  expect(runs[0]?.results).toHaveLength(1)
  expect(runs[0]?.results[0]).toMatchObject({
    ruleId: 'cpu.warm',
    level: 'error',
    locations: [{ physicalLocation: { artifactLocation: { uri: 'authorizer/routes.ts' } } }],
    relatedLocations: [{ physicalLocation: { artifactLocation: { uri: 'authorizer/claims.ts' } } }],
  })
  expect(runs[0]?.tool.driver.rules).toMatchObject([{ id: 'cpu.warm' }])
})

test('the trackers get figures only, with bounds where there are some', () => {
  expect(benchmarkActionEntries(result)).toEqual([
    { name: 'size.raw', unit: 'B', value: 100 },
    { name: 'cpu.warm', unit: 'head/base', value: 1.08, range: '1.0500 to 1.1100', extra: 'base 30 us' },
    { name: 'cpu.hot', unit: 'head/base', value: 1.01, range: '0.9000 to 1.1100' },
  ])
  expect(bencherMetricFormat(result)).toEqual({
    raw: { 'file-size': { value: 100 } },
    warm: { 'cpu-time-ratio': { value: 1.08, lower_value: 1.05, upper_value: 1.11 } },
    hot: { 'cpu-time-ratio': { value: 1.01, lower_value: 0.9, upper_value: 1.11 } },
  })
})

test('the summary opens with the verdict and draws base, limit and interval to one scale', () => {
  const text = markdownSummary(result)
  expect(text.split('\n').slice(0, 3)).toEqual(['## Gate: ❌ fail', '', '- **warm: +8.0 % CPU time**'])
  expect(text).toContain('| warm <&"\\|> | 1.08x [1.05, 1.11] | ≤ 1.02x | ❌ fail |')
  const rows = text.split('\n').filter((line) => /^(warm|hot) +\|/.test(line))
  expect(rows).toHaveLength(2)
  const [warm = '', hot = ''] = rows
  expect(warm.indexOf('=')).toBe(hot.indexOf('='))
  expect(warm.indexOf('!')).toBe(hot.indexOf('!'))
  expect(warm.indexOf('=')).toBeLessThan(warm.indexOf('!'))
  expect(warm.indexOf('!')).toBeLessThan(warm.indexOf('<'))
  expect(hot.indexOf('<')).toBeLessThan(hot.indexOf('='))
})

test('the terminal begins with what is slower, by how much, and the files; its table begins with what failed', () => {
  const [first] = stripVTControlCharacters(gateText(result)).split('\n')
  expect(first).toBe('warm: +8.0 % CPU time (authorizer/routes.ts, authorizer/claims.ts)')
  const text = stripVTControlCharacters(gateText(result))
  expect(text.indexOf('1.08x')).toBeLessThan(text.indexOf('1.01x'))
  expect(text.indexOf('1.01x')).toBeLessThan(text.indexOf('100 B'))
})

test('where nothing failed the first line says so, or what could not be decided', () => {
  const of = (verdict: 'pass' | 'inconclusive') => ({
    ...result,
    checks: result.checks.filter((check) => check.verdict === verdict),
  })
  expect(answerLines(of('pass'))).toEqual(['no slower and no larger than the limits allow'])
  expect(answerLines(of('inconclusive'))).toEqual([
    expect.stringMatching(/^nothing failed, and cpu\.hot could not be decided/),
  ])
})
