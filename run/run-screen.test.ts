import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { exampleResult } from '../reports/example-report.ts'
import { type Check, check, type Result, worst } from '../result/result.ts'
import { runScreen } from './run-screen.ts'

const figure = (id: string, title: string, value: number, limit: number, unit = '1') =>
  check({ id, title, value, unit, limit, direction: 'lower' })

const stages = (size: Check): Result[] => [
  exampleResult('size', [size]),
  exampleResult('fuzz', [figure('fuzz.findings', 'findings', 0, 0, 'count')]),
  exampleResult('bench', [
    {
      ...figure('bench.limits', 'limits', 1, 1),
      value: null,
      verdict: 'not-measured',
      detail: 'too few samples; ten minutes decide: bench',
    },
    figure('bench.warm.peer', 'warm: to the best peer, fast-jwt', 0.66, 1),
  ]),
]

function screen(results: readonly Result[], checks: Check[] = []): string {
  const run = exampleResult('run', checks)
  return stripVTControlCharacters(
    runScreen({ ...run, verdict: worst(results.map(({ verdict }) => verdict)) }, results, 'results'),
  )
}

test('where nothing failed it is green, and says what a longer run decides, by which command', () => {
  const text = screen(stages(figure('size.raw', 'authorizer, minified', 12_000, 12_288, 'B')))
  expect(text).toMatch(/^green: 3 checks held, none failed, 1 left open$/m)
  expect(text).toContain('safe?    0 findings')
  expect(text).toContain('fast?    0.660x of the CPU time of fast-jwt, the fastest peer, for a new token')
  expect(text).toMatch(/^bench {4}too few samples; ten minutes decide: bench$/m)
  expect(text).toMatch(/^report {3}results\/report.html; every check: npx edgeproof report$/m)
})

test('where a check failed it is red, and begins with what failed, by how much, and how to see it again', () => {
  const missing: Check = {
    ...check({ id: 'run.load', title: 'load', value: null, unit: '', limit: null, direction: 'none' }),
    detail: 'k6: not found',
  }
  const text = screen(stages(figure('size.raw', 'authorizer, minified', 13_000, 12_288, 'B')), [missing])
  const [first, , second] = text.split('\n')
  expect(first).toMatch(/^red: 1 check failed, 2 held, 2 left open$/)
  expect(second).toBe('size     authorizer, minified: 13,000 B, at most 12,288 B')
  expect(text).toContain('load     not measured: k6: not found')
  expect(text).toContain('next     npx edgeproof size shows it again')
})

test('it fits a terminal of 80 columns and 24 lines', () => {
  const long = figure('load.x', 'a title that is longer than most and goes on and on, past the end of the line', 2, 1)
  const lines = screen([exampleResult('load', [long, long, long]), ...stages(long)]).split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(lines.length).toBeLessThanOrEqual(24)
})
