import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Interrupted } from '../command/interrupted.ts'
import { silentProgress } from '../command/progress.ts'
import { type Stage, stageResult } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import config from '../edgeproof.config.ts'
import { stagesOfARun } from '../reports/read-report.ts'
import { check, type Result } from '../result/result.ts'
import { readResult } from '../result/result-file.ts'
import { type RunOptions, runAll } from './run-all.ts'
import { type RunStage, runStages } from './stages.ts'

// These runs are no step of a CI job.
delete process.env.GITHUB_STEP_SUMMARY

const measured = (name: string, value: number): RunStage => ({
  name,
  title: name,
  stage: async () => () =>
    stageResult(name, {}, async () => ({
      checks: [check({ id: `${name}.value`, title: name, value, unit: '', limit: 1, direction: 'lower' })],
    })),
})

const throwing = (name: string, act: () => never): RunStage => ({
  name,
  title: name,
  stage: async (): Promise<Stage> => async () => act(),
})

async function run(stages: RunStage[], controller = new AbortController(), options: RunOptions = {}) {
  const out = mkdtempSync(join(tmpdir(), 'edgeproof-run-'))
  const finished: Result[] = []
  const context = { config, configFile: 'test', out, progress: silentProgress, signal: controller.signal }
  const result = await runAll(stages, finished)(context, options)
  return { result, files: readdirSync(out), out }
}

test('the worst stage decides, and each leaves its own result', async () => {
  const { result, files } = await run([measured('size', 1), measured('bench', 2)])
  expect(result.verdict).toBe('fail')
  expect(result.checks.map(({ title, value }) => [title, value])).toEqual([
    ['size', 'pass'],
    ['bench', 'fail'],
  ])
  expect(files).toEqual(expect.arrayContaining(['size.json', 'bench.json', 'summary.md', 'report.html']))
})

test('a stage that cannot run here is not measured, and the others are', async () => {
  const missing = throwing('load', () => {
    throw new UsageError('k6: not found')
  })
  const { result } = await run([missing, measured('size', 1)])
  expect(result.checks.map(({ verdict, detail }) => [verdict, detail?.split(';')[0]])).toEqual([
    ['not-measured', 'k6: not found'],
    ['pass', '0 s'],
  ])
  expect(result.verdict).toBe('not-measured')
})

test('an interruption keeps the results of finished stages whole and starts no further one', async () => {
  const controller = new AbortController()
  const interrupted = throwing('bench', () => {
    controller.abort(new Interrupted())
    throw controller.signal.reason
  })
  const { result, files, out } = await run([measured('size', 1), interrupted, measured('load', 1)], controller)
  expect(readResult(join(out, 'size.json')).verdict).toBe('pass')
  expect(files).not.toContain('load.json')
  expect(result.checks.map(({ verdict }) => verdict)).toEqual(['pass', 'not-measured', 'not-measured'])
})

test('a fault of a stage is not taken for a measurement', async () => {
  const faulty = throwing('fuzz', () => {
    throw new TypeError('a bug')
  })
  await expect(run([faulty])).rejects.toThrow('a bug')
})

test('what a report takes for missing is what a run measures', () => {
  expect(stagesOfARun).toEqual(runStages.map(({ name }) => name))
})

test('with a history, the run is kept and its figures are part of their trends', async () => {
  const history = join(mkdtempSync(join(tmpdir(), 'edgeproof-run-')), 'kept')
  const { out } = await run([measured('size', 1)], undefined, { history })
  expect(readdirSync(history)).toHaveLength(1)
  expect(readFileSync(join(out, 'summary.md'), 'utf8')).toContain('## Changes of level')
})
