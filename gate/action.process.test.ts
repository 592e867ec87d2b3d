import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAction, runStep as runStepOf } from '../testing/action-steps.ts'
import { createStandInRepository, type StandInRepository, standIn } from './stand-in-repository.ts'

const edgeproof = fileURLToPath(new URL('../', import.meta.url))
const action = readAction(join(edgeproof, 'action.yml'))

let repository: StandInRepository
let scratch: string

beforeAll(() => {
  repository = createStandInRepository()
  scratch = mkdtempSync(join(tmpdir(), 'edgeproof-action-test-'))
  repository.branch('large', {
    'authorizer/parser.ts': `${standIn['authorizer/parser.ts']}\n;(globalThis as any).edgeproofNote = '${'words '.repeat(100)}'\n`,
  })
})
afterAll(() => {
  repository[Symbol.dispose]()
  rmSync(scratch, { recursive: true, force: true })
})

const runStep = (name: string, inputs: Record<string, string>, cwd = repository.root) =>
  runStepOf(action, name, { inputs, cwd, steps: { package: { program: join(edgeproof, 'cli.ts') } } })

const common = () => ({ out: join(scratch, 'results'), calibration: scratch })

test('Fetch the base: takes a known commit as it is, and says what is missing', async () => {
  expect((await runStep('Fetch the base', { base: repository.git('rev-parse', 'main') })).status).toBe(0)
  for (const base of ['', '0'.repeat(40)]) {
    const none = await runStep('Fetch the base', { base })
    expect(none.status).toBe(2)
    expect(none.log).toContain('::error::no base')
  }
})

test('Fetch the base: a shallow clone gets the commit from its origin', async () => {
  const base = repository.git('rev-parse', 'main')
  const clone = join(scratch, 'clone')
  repository.git('clone', '--quiet', '--depth=1', '--branch=large', `file://${repository.root}`, clone)
  repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
  expect(spawnSync('git', ['cat-file', '-e', base], { cwd: clone }).status).not.toBe(0)
  expect((await runStep('Fetch the base', { base }, clone)).status).toBe(0)
  expect(spawnSync('git', ['cat-file', '-e', base], { cwd: clone }).status).toBe(0)
})

test('Gate: a program that did not change passes, with output and summary', async () => {
  const { status, outputs, summary } = await runStep('Gate', { ...common(), base: 'large' })
  expect({ status, outputs }).toEqual({ status: 0, outputs: { verdict: 'pass' } })
  expect(summary).toMatch(/^## Gate: ✅ pass/)
})

test('Gate: larger by more than the limit is a failure; too short a budget is inconclusive', async () => {
  const large = await runStep('Gate', { ...common(), base: 'main', methods: 'size' })
  expect({ status: large.status, outputs: large.outputs }).toEqual({ status: 0, outputs: { verdict: 'fail' } })
  expect(large.summary).toContain('❌ fail')
  const short = await runStep('Gate', { ...common(), base: 'main', methods: 'cpu', budget: '5' })
  expect({ status: short.status, outputs: short.outputs }).toEqual({ status: 0, outputs: { verdict: 'inconclusive' } })
})

test('Gate: a base that does not exist is an error, not an old verdict', async () => {
  const { outputs, summary, log } = await runStep('Gate', { ...common(), base: 'nowhere' })
  expect(outputs).toEqual({ verdict: 'error' })
  expect(summary).toContain('nothing was compared')
  expect(log).toContain('--base nowhere: no such commit here')
})

test.each<[gate: string, fuzz: string, inconclusive: string, status: number, verdict: string]>([
  ['pass', 'pass', 'warn', 0, 'pass'],
  ['', 'pass', 'warn', 0, 'pass'],
  ['inconclusive', 'pass', 'warn', 0, 'inconclusive'],
  ['inconclusive', 'pass', 'fail', 3, 'inconclusive'],
  ['inconclusive', 'fail', 'warn', 1, 'fail'],
  ['error', 'fail', 'warn', 2, 'error'],
])('Verdict: gate %s and fuzz %s, inconclusive: %s, end with %i', async (gate, fuzz, inconclusive, status, verdict) => {
  const steps = { gate: { verdict: gate }, fuzz: { verdict: fuzz } }
  const run = await runStepOf(action, 'Verdict', { inputs: { inconclusive }, steps, cwd: scratch })
  expect([run.status, run.outputs]).toEqual([status, { verdict }])
  expect(run.log.includes('::warning::')).toBe(verdict === 'inconclusive')
})

test('Install valgrind does nothing where it is there', async () => {
  if (spawnSync('bash', ['-c', 'command -v valgrind']).status !== 0) return
  expect((await runStep('Install valgrind', {})).log).toBe('')
})

test('Calibrate this runner: skipped where a calibration was restored or none is wanted', async () => {
  const none = await runStep('Calibrate this runner', { ...common(), 'calibrate-minutes': '0' })
  expect(none).toMatchObject({ status: 0, log: '' })
  writeFileSync(join(scratch, 'restored.json'), '{}')
  const restored = await runStep('Calibrate this runner', { ...common(), 'calibrate-minutes': '5' })
  expect(restored).toMatchObject({ status: 0, log: '' })
})

test('every action that it uses is pinned to a commit', () => {
  for (const { uses } of action.runs.steps) if (uses) expect(uses).toMatch(/^[\w/-]+@[0-9a-f]{40}$/)
})
