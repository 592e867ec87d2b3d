import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { upToDate } from '../../result/document-version.ts'
import { environment } from '../../result/environment.ts'
import { type Check, check, type Result } from '../../result/result.ts'
import { keepRun, readHistory } from './history-directory.ts'
import { trendsOf } from './trends.ts'

const here = environment()

function bench(day: number, value: number | null, fields: Partial<Result> & { check?: Partial<Check> } = {}): Result {
  const { check: own, ...rest } = fields
  const ratio = { id: 'bench.warm', title: 'warm', value, unit: '1', limit: 2, direction: 'lower' } as const
  return {
    schema: 'edgeproof/bench@1',
    startedAt: new Date(Date.UTC(2026, 0, day)).toISOString(),
    durationMs: 1,
    environment: here,
    inputs: { quick: true, config: `${day}.ts` },
    checks: [{ ...check(ratio), samples: [1, 2], ...own }],
    verdict: 'pass',
    data: { large: true },
    ...rest,
  }
}

function historyOf(results: readonly Result[]) {
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-history-'))
  for (const result of results) keepRun(directory, [result])
  return { directory, history: readHistory(directory) }
}

const wobble = (index: number) => ((index * 7) % 5) / 100

test('runs are added and never changed, and the same run twice is one', () => {
  const { directory } = historyOf([bench(2, 1), bench(1, 1.1), bench(2, 1)])
  const files = readdirSync(directory)
  expect(files).toHaveLength(2)
  const trend = trendsOf(readHistory(directory).runs)
  expect(trend).toHaveLength(1)
  expect(trend[0]?.points.map(({ value }) => value)).toEqual([1.1, 1])
})

test('a result that is kept again in company of another is one run of its check', () => {
  const { directory } = historyOf([bench(1, 1)])
  keepRun(directory, [bench(1, 1), bench(2, 1, { schema: 'edgeproof/gate@1' })])
  const trends = trendsOf(readHistory(directory).runs)
  expect(trends.map(({ command, points }) => [command, points.length])).toEqual([
    ['bench', 1],
    ['gate', 1],
  ])
})

test('a level that rises is a change point, for the worse, at the run where it rose', () => {
  const rising = Array.from({ length: 24 }, (_, day) => bench(day, (day < 12 ? 1 : 1.3) + wobble(day)))
  const [trend] = trendsOf(historyOf(rising).history.runs)
  expect(trend?.unsaid).toBeNull()
  expect(trend?.changePoints).toHaveLength(1)
  expect(trend?.changePoints[0]).toMatchObject({ at: 12, worse: true })
  expect(trend?.changePoints[0]?.after).toBeCloseTo(1.32, 2)
})

test('a history that is too short says how many runs it lacks, and nothing of changes', () => {
  const [trend] = trendsOf(historyOf([bench(1, 1), bench(2, 5), bench(3, 5)]).history.runs)
  expect(trend?.changePoints).toEqual([])
  expect(trend?.unsaid).toMatch(/^3 of the \d+ runs/)
})

test('another machine or other inputs make a trend of their own; a run that measured nothing has no point', () => {
  const trends = trendsOf(
    historyOf([
      bench(1, 1),
      bench(2, 2, { environment: { ...here, cores: here.cores + 1 } }),
      bench(3, 3, { inputs: { quick: false } }),
      bench(4, null),
      bench(5, 4, { check: { verdict: 'not-measured' } }),
    ]).history.runs,
  )
  expect(trends.map(({ points }) => points.map(({ value }) => value))).toEqual([[1], [2], [3]])
  expect(new Set(trends.map(({ conditions }) => conditions)).size).toBe(3)
})

test('of files that cannot be read, each is named with its reason, and the others stand', () => {
  const { directory } = historyOf([bench(1, 1)])
  writeFileSync(join(directory, 'cut.json'), '{"schema":"edgeproof/history@1","resu')
  writeFileSync(join(directory, 'newer.json'), '{"schema":"edgeproof/history@2","runs":[]}')
  writeFileSync(join(directory, 'other.json'), '{"a":1}')
  const { runs, unreadable } = readHistory(directory)
  expect(runs).toHaveLength(1)
  expect(unreadable).toEqual([
    expect.stringMatching(/cut\.json: is not whole JSON/),
    expect.stringMatching(/newer\.json: version 2 was written by a newer edgeproof, this one reads up to 1; update it/),
    expect.stringMatching(/other\.json: not a document of edgeproof/),
  ])
})

test('an older document is brought up to date step by step', () => {
  const migrations = {
    1: ({ seconds, ...rest }: Record<string, unknown>) => ({ ...rest, durationMs: Number(seconds) * 1000 }),
    2: (document: Record<string, unknown>) => ({ ...document, checks: [] }),
  }
  expect(upToDate({ schema: 'edgeproof/bench@1', seconds: 2 }, 3, migrations)).toEqual({
    schema: 'edgeproof/bench@3',
    durationMs: 2000,
    checks: [],
  })
  expect(() => upToDate({ schema: 'edgeproof/bench@1' }, 3, { 2: migrations[2] })).toThrow(
    'version 1 can no longer be read',
  )
})
