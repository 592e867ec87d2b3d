import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { createStandInRepository, type StandInRepository, standIn } from './stand-in-repository.ts'

const edgeproof = fileURLToPath(new URL('../', import.meta.url))

const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  runs: z.object({
    using: z.literal('composite'),
    steps: z.array(
      z.object({
        name: z.string(),
        run: z.string().optional(),
        shell: z.string().optional(),
        env: z.record(z.string(), z.string()).optional(),
      }),
    ),
  }),
})
const action = actionSchema.parse(parse(readFileSync(join(edgeproof, 'action.yml'), 'utf8')))

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

/** Runs one step's shell script as a runner does: `bash -eo pipefail`, its env with the expressions filled in. */
function runStep(name: string, inputs: Record<string, string>) {
  const step = action.runs.steps.find((candidate) => candidate.name === name)
  if (!step?.run) throw new Error(`the action has no step ${name} with a script`)
  expect(step.shell).toBe('bash')
  // An expression inside a script would be pasted in as code.
  expect(step.run).not.toContain('${{')
  const files = { GITHUB_OUTPUT: join(scratch, 'output'), GITHUB_STEP_SUMMARY: join(scratch, 'summary') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const fill = (text: string) =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) =>
      expression === 'github.action_path'
        ? edgeproof
        : (inputs[expression.replace('inputs.', '')] ??
          action.inputs[expression.replace('inputs.', '')]?.default ??
          ''),
    )
  const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, fill(value)]))
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
    cwd: repository.root,
    env: { ...process.env, ...files, ...env },
    encoding: 'utf8',
  })
  return {
    status,
    log: stdout + stderr,
    output: readFileSync(files.GITHUB_OUTPUT, 'utf8'),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
  }
}

const common = () => ({ out: join(scratch, 'results'), calibration: scratch })

test('Fetch the base: takes a known commit as it is, and says what is missing', () => {
  expect(runStep('Fetch the base', { base: repository.git('rev-parse', 'main') }).status).toBe(0)
  for (const base of ['', '0'.repeat(40)]) {
    const none = runStep('Fetch the base', { base })
    expect(none.status).toBe(2)
    expect(none.log).toContain('::error::no base')
  }
})

test('Fetch the base: a shallow clone gets the commit from its origin', () => {
  const base = repository.git('rev-parse', 'main')
  const clone = join(scratch, 'clone')
  repository.git('clone', '--quiet', '--depth=1', '--branch=large', `file://${repository.root}`, clone)
  repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
  const step = action.runs.steps.find(({ name }) => name === 'Fetch the base')
  const run = () =>
    spawnSync('bash', ['-eo', 'pipefail', '-c', step?.run ?? ''], {
      cwd: clone,
      env: { ...process.env, BASE: base, BASELINE: '' },
      encoding: 'utf8',
    })
  expect(spawnSync('git', ['cat-file', '-e', base], { cwd: clone }).status).not.toBe(0)
  expect(run().status).toBe(0)
  expect(spawnSync('git', ['cat-file', '-e', base], { cwd: clone }).status).toBe(0)
})

test('Gate: a program that did not change passes, with output and summary', () => {
  const { status, output, summary } = runStep('Gate', { ...common(), base: 'large' })
  expect({ status, output }).toEqual({ status: 0, output: 'verdict=pass\n' })
  expect(summary).toMatch(/^## Gate: ✅ pass/)
})

test('Gate: larger by more than the limit fails the job; too short a budget warns or fails as asked', () => {
  const large = runStep('Gate', { ...common(), base: 'main', methods: 'size' })
  expect({ status: large.status, output: large.output }).toEqual({ status: 1, output: 'verdict=fail\n' })
  expect(large.summary).toContain('❌ fail')
  const warned = runStep('Gate', { ...common(), base: 'main', methods: 'cpu', budget: '5' })
  expect({ status: warned.status, output: warned.output }).toEqual({ status: 0, output: 'verdict=inconclusive\n' })
  expect(warned.log).toContain('::warning::the gate is inconclusive')
})

test('Gate: a base that does not exist is an error, not an old verdict', () => {
  const { status, output, summary, log } = runStep('Gate', { ...common(), base: 'nowhere' })
  expect({ status, output }).toEqual({ status: 2, output: 'verdict=error\n' })
  expect(summary).toContain('nothing was compared')
  expect(log).toContain('--base nowhere: no such commit here')
})

test('Install valgrind and Install edgeproof do nothing where both are there', () => {
  expect(spawnSync('bash', ['-c', 'command -v valgrind']).status === 0 ? runStep('Install valgrind', {}).log : '').toBe(
    '',
  )
  const install = action.runs.steps.find(({ name }) => name === 'Install edgeproof')
  const { status, stdout } = spawnSync('bash', ['-eo', 'pipefail', '-c', install?.run ?? 'exit 9'], {
    cwd: edgeproof,
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})

test('Calibrate this runner: skipped where a calibration was restored or none is wanted', () => {
  expect(runStep('Calibrate this runner', { ...common(), 'calibrate-minutes': '0' })).toMatchObject({
    status: 0,
    log: '',
  })
  writeFileSync(join(scratch, 'restored.json'), '{}')
  expect(runStep('Calibrate this runner', { ...common(), 'calibrate-minutes': '5' })).toMatchObject({
    status: 0,
    log: '',
  })
})
