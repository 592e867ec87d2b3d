import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { valgrindVersion } from '../bench/callgrind.ts'
import { silentProgress } from '../command/progress.ts'
import demo from '../edgeproof.config.ts'
import { runProgram } from '../program.ts'
import { writeResult } from '../result/result-file.ts'
import { inProcess } from '../testing/command-line.ts'
import { gateStage } from './gate.ts'
import type { Count, Counter } from './measure/instructions.ts'
import { createStandInGate, slowDowns, slowed, work } from './stand-in-gate.ts'
import { standIn } from './stand-in-repository.ts'

const valgrind = valgrindVersion() !== null
const minutes = 60_000 // Room for a busy machine; nothing here asserts on time.

const standInGate = createStandInGate(runProgram)
const { repository, scratch, results, gate, failedChecks, blamedFiles } = standInGate

beforeAll(() => {
  repository.branch(
    'large',
    slowed('authorizer/parser.ts', 'const decode', `globalThis.edgeproofNote = '${'words '.repeat(100)}'`),
  )
  for (const { name, file, before } of slowDowns) repository.branch(name, slowed(file, before, work))
})
afterEach(() => {
  // Whatever happened, the user's tree is as it was and no worktree is left.
  expect(repository.git('status', '--porcelain')).toBe('')
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
})
afterAll(() => standInGate[Symbol.dispose]())

/** Instead of callgrind: so many instructions for a program, and as many again for the planted work. */
const readingCounter: Counter = {
  version: () => 'none',
  async countSuite(_bench, deployed, suite) {
    const program = readFileSync(deployed[suite === 'routes' ? 'routes' : 'usual'], 'utf8')
    const instructions = program.includes('"a,b,c".split') ? 20_000 : 10_000
    const count: Count = {
      segments: Array(5).fill(instructions),
      verification: 0,
      parsing: 0,
      collection: 0,
      allocatedBytes: 0,
    }
    return suite === 'start' ? { init: count, cold: count } : { [suite]: count }
  },
}

test.each(slowDowns)(
  '$name, by another counter: fails, names $suite and blames $file',
  async ({ name, file, suite }) => {
    const { signal } = new AbortController()
    const context = { config: demo, configFile: 'test', out: results, progress: silentProgress, signal }
    const options = { base: 'main', head: name, methods: 'instructions', suites: suite }
    await inProcess(async () => void writeResult(results, await gateStage(readingCounter)(context, options)), {
      cwd: repository.root,
    })
    expect(failedChecks()).toEqual([`instructions.${suite}`])
    expect(blamedFiles()).toEqual([file])
  },
)

test.skipIf(!valgrind)(
  `by callgrind: exits 1, names hot and blames authorizer/matcher.ts${valgrind ? '' : ' (skipped: valgrind missing)'}`,
  async () => {
    const options = ['--head', 'slow-matcher', '--methods', 'instructions', '--suites', 'hot']
    const { status } = await gate(['--base', 'main', ...options])
    expect(failedChecks()).toEqual(['instructions.hot'])
    expect(status).toBe(1)
    expect(blamedFiles()).toEqual(['authorizer/matcher.ts'])
  },
  10 * minutes,
)

test('an innocent change, renamed locals and other types included, is the same program and passes unmeasured', async () => {
  const matcher = (standIn['authorizer/matcher.ts'] ?? '')
    .replaceAll('candidates', 'possible')
    .replaceAll('claims: any', 'claims: Record<string, any>')
  repository.branch('innocent', {
    'authorizer/matcher.ts': `// Which routes a URI may use.\n${matcher}`,
    'authorizer/matcher.test.ts': 'export {}\n',
  })
  const { status, stdout } = await gate(['--base', 'main'])
  expect(status).toBe(0)
  expect(stdout).toContain('same program but for the names')
})

test('bytes alone: growth above the limit fails, --fail-on decides what counts', async () => {
  repository.git('checkout', '--quiet', 'large')
  expect((await gate(['--base', 'main', '--methods', 'size'])).status).toBe(1)
  expect(failedChecks()).toContain('size.raw')
  expect((await gate(['--base', 'main', '--methods', 'size', '--fail-on', 'size.brotli,cpu'])).status).toBe(
    failedChecks().includes('size.brotli') ? 1 : 0,
  )
})

test('a baseline file stands for a base that cannot be checked out', async () => {
  repository.git('checkout', '--quiet', 'main')
  const file = join(scratch, 'baseline.json')
  expect((await gate(['--write-baseline', file])).status).toBe(0)
  repository.git('checkout', '--quiet', 'large')
  expect((await gate(['--baseline', file, '--methods', 'size'])).status).toBe(1)
})

test('without valgrind the instruction part is not measured, and the exit code says so', async () => {
  repository.git('checkout', '--quiet', 'large')
  const bin = join(scratch, 'bin')
  mkdirSync(bin, { recursive: true })
  const git = execFileSync('bash', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  symlinkSync(git, join(bin, 'git'))
  const { status, stdout } = await gate(['--base', 'main', '--methods', 'instructions'], { PATH: bin })
  expect(status).toBe(3)
  expect(stdout).toContain('valgrind is not installed (apt-get install valgrind)')
})

test('a machine that is too slow for the budget is inconclusive, not a pass', async () => {
  const { status, stdout } = await gate([
    '--base',
    'main',
    '--methods',
    'cpu',
    '--suites',
    'hot,warm,deny,routes',
    '--budget',
    '5',
  ])
  expect(status).toBe(3)
  expect(stdout).toMatch(/5 s are too short for 15 processes/)
})

test.each([
  [
    'a base that does not exist',
    ['--base', 'no-such-branch'],
    /^edgeproof: --base no-such-branch: no such commit here; .*fetch/m,
  ],
  ['no base at all', [], /^edgeproof: gate needs something to compare with: --base REF/m],
  [
    'a check that does not exist',
    ['--base', 'main', '--fail-on', 'speed'],
    /^edgeproof: --fail-on: "speed" is none of size/m,
  ],
  [
    'a suite that does not exist',
    ['--base', 'main', '--suites', 'lukewarm'],
    /^edgeproof: --suites: "lukewarm" is none of init/m,
  ],
  ['a budget that is none', ['--base', 'main', '--budget', 'long'], /^edgeproof: --budget: "long" should be a number/m],
  [
    'a baseline that is not there',
    ['--baseline', 'nowhere.json'],
    /^edgeproof: --baseline nowhere.json: ENOENT.*--write-baseline/m,
  ],
])('%s: one clear line and exit 2', async (_, args, line) => {
  const { status, stderr } = await gate(args)
  expect(stderr).toMatch(line)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(status).toBe(2)
})

test('a base that does not build, and one that answers wrongly: one clear line that names the side, and exit 2', async () => {
  repository.branch('broken', { 'authorizer/parser.ts': 'export const (' })
  repository.branch('denying', {
    'authorizer/index.ts': `${standIn['authorizer/index.ts']}`.replace(
      'delete request.headers.authorization',
      'return deny("403")',
    ),
  })
  const broken = await gate(['--base', 'broken'])
  expect(broken).toMatchObject({ status: 2 })
  expect(broken.stderr).toMatch(/^edgeproof: broken \([0-9a-f]{12}\): does not build: .*authorizer\/parser\.ts/m)
  const denying = await gate(['--base', 'main', '--methods', 'cpu', '--suites', 'hot'])
  expect(denying).toMatchObject({ status: 2 })
  expect(denying.stderr).toMatch(
    /^edgeproof: head: hot: answers deny \(403\) to a request for \/.* that it has to allow/m,
  )
})

test('uncommitted changes: refused in one line, unless the commit to judge is named', async () => {
  const file = join(repository.root, 'authorizer/parser.ts')
  const before = readFileSync(file, 'utf8')
  try {
    writeFileSync(file, `${before}\n// not committed\n`)
    const { status, stderr } = await gate(['--base', 'main'])
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^edgeproof: the working tree has uncommitted changes \(M authorizer\/parser.ts\); commit them, or name/m,
    )
    expect((await gate(['--base', 'main', '--head', 'main'])).status).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('// not committed')
  } finally {
    writeFileSync(file, before)
  }
})
