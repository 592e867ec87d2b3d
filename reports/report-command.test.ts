import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from '../program.ts'
import { check, type Result } from '../result/result.ts'
import { writeResult } from '../result/result-file.ts'
import { inProcess } from '../testing/command-line.ts'
import { exampleResult } from './example-report.ts'
import { keepRun } from './history/history-directory.ts'
import { readResults, stagesOfARun } from './read-report.ts'

const edgeproof = (args: string[], env: Record<string, string> = {}) =>
  inProcess(() => runProgram(args), { env: { GITHUB_STEP_SUMMARY: undefined, NO_COLOR: '1', ...env } })

const newDirectory = () => mkdtempSync(join(tmpdir(), 'edgeproof-report-'))

function stage(command: string, value: number, fields: Partial<Result> = {}): Result {
  const bytes = { id: `${command}.value`, title: `${command} in bytes`, value, unit: 'B', limit: 100 } as const
  return exampleResult(command, [check({ ...bytes, direction: 'lower' })], fields)
}

/** A directory as a whole run leaves it. */
function wholeRun(value = 10, fields: Partial<Result> = {}): string {
  const directory = newDirectory()
  for (const command of stagesOfARun) writeResult(directory, stage(command, value, fields))
  return directory
}

test('every form of the report is written, and the exit code is the verdict', async () => {
  const out = wholeRun()
  const before = new Set(readdirSync(out))
  const { status, stdout } = await edgeproof(['report', '--out', out])
  expect(status).toBe(0)
  expect(stdout).toContain(join(out, 'report.html'))
  const forms = ['badges', 'edgeproof.sarif', 'junit.xml', 'metrics.prom', 'report.html', 'summary.md']
  expect(
    readdirSync(out)
      .filter((file) => !before.has(file))
      .sort(),
  ).toEqual(forms)
  expect(readdirSync(join(out, 'badges')).sort()).toEqual(['hit-ratio.svg', 'size.svg', 'verdict.svg', 'warm.svg'])
  const { stdout: help } = await edgeproof(['report', '--help'])
  for (const form of forms) expect(help).toContain(form)
  writeResult(out, stage('fuzz', 101))
  expect((await edgeproof(['report', '--out', out])).status).toBe(1)
})

test('a stage whose result cannot be read is not measured, everywhere and with the reason, and the others are', async () => {
  const out = wholeRun()
  const change = (file: string, edit: (text: string) => string) =>
    writeFileSync(join(out, file), edit(readFileSync(join(out, file), 'utf8')))
  rmSync(join(out, 'build.json'))
  change('size.json', (text) => text.slice(0, 400))
  change('bench.json', (text) => text.replace('bench@1', 'bench@2'))
  change('load.json', (text) => text.replace('"verdict": "pass"', '"verdict": "good"'))
  const reasons = {
    build: /no build\.json/,
    size: /size\.json: is not whole JSON/,
    bench: /bench\.json: version 2 was written by a newer edgeproof, this one reads up to 1; update it/,
    load: /load\.json: checks\.0\.verdict: /,
  }
  const { status, stdout, stderr } = await edgeproof(['report', '--out', out])
  expect([stderr, status]).toEqual(['', 3])
  expect(stdout).toContain('fuzz in bytes')
  const text = (file: string) => readFileSync(join(out, file), 'utf8')
  const [summary, junit, page] = ['summary.md', 'junit.xml', 'report.html'].map(text)
  for (const [command, reason] of Object.entries(reasons)) {
    expect(stdout).toMatch(new RegExp(`^${command}: not measured \\(${reason.source}`, 'm'))
    expect(summary).toMatch(new RegExp(`^- ${command}: ${reason.source}`, 'm'))
    expect(junit).toMatch(new RegExp(`name="${command}" time="0"><skipped message="${reason.source}`))
    expect(page).toMatch(reason)
    for (const form of [summary, junit, page, text('metrics.prom')]) expect(form).not.toContain(`${command} in bytes`)
  }
  expect(page).not.toContain(out)
  expect(text('badges/verdict.svg')).toContain('edgeproof: not measured')
  expect(text('badges/warm.svg')).toContain('not measured')
})

test('without a directory or any result nothing is written, and one line says so', async () => {
  const empty = newDirectory()
  for (const [out, line] of [
    [join(empty, 'none'), /none: not found; pass --out/],
    [empty, /holds no result files; run "npx edgeproof run" first/],
  ] as const) {
    const { status, stdout, stderr } = await edgeproof(['report', '--out', out])
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(line)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  }
  expect(readdirSync(empty)).toEqual([])
})

test('--history keeps each run once and shows the trends; --json is one document and nothing else', async () => {
  const history = join(newDirectory(), 'kept')
  for (const day of [1, 2]) keepRun(history, [stage('size', 10 + day, { startedAt: `2026-01-0${day}T00:00:00.000Z` })])
  const out = wholeRun(13, { startedAt: '2026-01-03T00:00:00.000Z' })
  const summary = join(out, 'step-summary.md')
  const { stdout, status } = await edgeproof(['report', '--out', out, '--history', history, '--json'], {
    GITHUB_STEP_SUMMARY: summary,
  })
  await edgeproof(['report', '--out', out, '--history', history])
  expect(readdirSync(history)).toHaveLength(3)
  expect(status).toBe(0)
  const { schema, verdict, trends } = JSON.parse(stdout)
  expect([schema, verdict]).toEqual(['edgeproof/report@1', 'pass'])
  expect(trends).toHaveLength(stagesOfARun.length)
  expect(
    trends
      .find(({ command }: { command: string }) => command === 'size')
      .points.map(({ value }: { value: number }) => value),
  ).toEqual([11, 12, 13])
  expect(readFileSync(summary, 'utf8')).toBe(readFileSync(join(out, 'summary.md'), 'utf8'))
})

test('--compare takes directories, kept runs and ids, and fails where a check fails that did not', async () => {
  const history = newDirectory()
  const [a, b] = [wholeRun(10), wholeRun(20)]
  for (const run of [a, b]) keepRun(history, readResults(run).results)
  writeResult(b, stage('size', 101))
  writeFileSync(join(b, 'load.json'), '{')
  const out = newDirectory()
  const failed = await edgeproof(['report', '--compare', a, b, '--out', out])
  expect(failed.status).toBe(1)
  expect(failed.stdout).toMatch(/size in bytes.*10 B.*101 B.*\+910 %.*worse; pass, then fail/)
  expect(failed.stdout).toMatch(/^not measured: .*load\.json: is not whole JSON/m)
  expect(readdirSync(out).sort()).toEqual(['comparison.json', 'comparison.md'])
  const [first = '', second = ''] = readdirSync(history)
  const kept = await edgeproof([
    'report',
    '--compare',
    join(history, first),
    second.slice(0, -5),
    '--history',
    history,
    '--out',
    out,
  ])
  expect([kept.stderr, kept.status]).toEqual(['', 0])
  for (const [names, line] of [
    [[a], /--compare: needs two runs/],
    [[a, '2026', '--history', history], /2026: 2 runs in .* write more of it/],
  ] as const) {
    const { status, stderr } = await edgeproof(['report', '--compare', ...names, '--out', out])
    expect(stderr).toMatch(line)
    expect(status).toBe(2)
  }
})
