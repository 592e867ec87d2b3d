import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { valgrindVersion } from '../bench/callgrind.ts'
import { readResult } from '../result/result-file.ts'
import { createStandInRepository, type StandInRepository, standIn } from './stand-in-repository.ts'

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
const valgrind = valgrindVersion() !== null
const minutes = 60_000 // Room for a busy machine; nothing here asserts on time.

let repository: StandInRepository
let scratch: string

beforeAll(() => {
  repository = createStandInRepository()
  repository.branch(
    'large',
    slowed('authorizer/parser.ts', 'const decode', `globalThis.edgeproofNote = '${'words '.repeat(100)}'`),
  )
  scratch = mkdtempSync(join(tmpdir(), 'edgeproof-gate-test-'))
})
afterEach(() => {
  // Whatever happened, the user's tree is as it was and no worktree is left.
  expect(repository.git('status', '--porcelain')).toBe('')
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
})
afterAll(() => {
  repository[Symbol.dispose]()
  rmSync(scratch, { recursive: true, force: true })
})

interface Run {
  code: number
  stdout: string
  stderr: string
}

function gate(args: string[], env: Record<string, string> = {}): Promise<Run> {
  const out = ['--out', join(scratch, 'results')]
  const environment = { ...process.env, XDG_CACHE_HOME: join(scratch, 'cache'), ...env }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [cli, 'gate', ...args, ...out],
      { cwd: repository.root, env: environment },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    )
  })
}

function result() {
  return readResult(join(scratch, 'results', 'gate.json'))
}

function failedChecks(): string[] {
  return result()
    .checks.filter(({ verdict }) => verdict === 'fail')
    .map(({ id }) => id)
}

function slowed(file: string, before: string, statement: string): Record<string, string> {
  const source = standIn[file] ?? ''
  expect(source).toContain(before)
  return { [file]: source.replace(before, `${statement}\n${before}`) }
}

const slowDowns = [
  { name: 'slow-matcher', file: 'authorizer/matcher.ts', before: 'const candidates', suite: 'hot' },
  { name: 'slow-parser', file: 'authorizer/parser.ts', before: 'const [header', suite: 'warm' },
  { name: 'slow-jwks-cache', file: 'authorizer/jwks-cache.ts', before: 'return byId.get(kid)', suite: 'warm' },
]

test.skipIf(!valgrind).each(slowDowns)(
  `$name: exits 1, names $suite and blames $file${valgrind ? '' : ' (skipped: valgrind missing)'}`,
  async ({ name, file, before, suite }) => {
    const work = 'for (let i = 0; i < 12; i++) if ("a,b,c".split(",", i).length > 3) throw new Error()'
    repository.branch(name, slowed(file, before, work))
    const { code } = await gate(['--base', 'main', '--methods', 'instructions', '--suites', suite])
    expect(failedChecks()).toEqual([`instructions.${suite}`])
    expect(code).toBe(1)
    const sarif = readFileSync(join(scratch, 'results', 'gate.sarif'), 'utf8')
    expect(JSON.parse(sarif).runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(file)
    expect(readFileSync(join(scratch, 'results', 'gate.md'), 'utf8')).toContain(`\`${file}\``)
  },
  10 * minutes,
)

test(
  'a slow-down is found in CPU time, with an interval and the smallest change that would have been seen',
  async () => {
    repository.branch(
      'slow-hot',
      slowed(
        'authorizer/matcher.ts',
        'const candidates',
        'for (let i = 0; i < 150; i++) if (decodeURIComponent("a" + i) === "") return false',
      ),
    )
    const { code, stderr } = await gate([
      '--base',
      'main',
      '--methods',
      'cpu',
      '--suites',
      'hot',
      '--budget',
      '300',
      '--calibration',
      scratch,
    ])
    expect({ code, stderr: stderr.includes('edgeproof:') }).toEqual({ code: 1, stderr: false })
    const [check] = result().checks
    expect(check).toMatchObject({ id: 'cpu.hot', verdict: 'fail' })
    expect(check?.interval?.low).toBeGreaterThan(1.02)
    expect(check?.samples?.length).toBeGreaterThanOrEqual(15)
    expect(check?.detail).toMatch(/smallest change it would have failed.*\+\d.*not calibrated on this machine/)
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
  const { code, stdout } = await gate(['--base', 'main'])
  expect(code).toBe(0)
  expect(stdout).toContain('same program but for the names')
})

test('bytes alone: growth above the limit fails, --fail-on decides what counts', async () => {
  repository.git('checkout', '--quiet', 'large')
  expect((await gate(['--base', 'main', '--methods', 'size'])).code).toBe(1)
  expect(failedChecks()).toContain('size.raw')
  expect((await gate(['--base', 'main', '--methods', 'size', '--fail-on', 'size.brotli,cpu'])).code).toBe(
    failedChecks().includes('size.brotli') ? 1 : 0,
  )
})

test('a baseline file stands for a base that cannot be checked out', async () => {
  repository.git('checkout', '--quiet', 'main')
  const file = join(scratch, 'baseline.json')
  expect((await gate(['--write-baseline', file])).code).toBe(0)
  repository.git('checkout', '--quiet', 'large')
  expect((await gate(['--baseline', file, '--methods', 'size'])).code).toBe(1)
})

test('without valgrind the instruction part is not measured, and the exit code says so', async () => {
  repository.git('checkout', '--quiet', 'large')
  const bin = join(scratch, 'bin')
  mkdirSync(bin, { recursive: true })
  const git = execFileSync('bash', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  symlinkSync(git, join(bin, 'git'))
  const { code, stdout } = await gate(['--base', 'main', '--methods', 'instructions'], { PATH: bin })
  expect(code).toBe(3)
  expect(stdout).toContain('valgrind is not installed (apt-get install valgrind)')
})

test('a machine that is too slow for the budget is inconclusive, not a pass', async () => {
  const { code, stdout } = await gate([
    '--base',
    'main',
    '--methods',
    'cpu',
    '--suites',
    'hot,warm,deny,routes',
    '--budget',
    '5',
  ])
  expect(code).toBe(3)
  expect(stdout).toMatch(/5 s are too short for 15 processes/)
})

test(
  'a calibration keeps its samples, and says how many it would need',
  async () => {
    const kept = join(scratch, 'calibrations')
    const { code, stdout } = await gate(['--calibrate', '--methods', 'cpu', '--minutes', '0.2', '--calibration', kept])
    expect(code).toBe(3)
    expect(stdout).toContain('false alarms of A/A gates of 15 processes')
    const [file = ''] = readdirSync(kept)
    const { same, slowed } = JSON.parse(readFileSync(join(kept, file), 'utf8')) as { same: object[]; slowed: object[] }
    expect(same.length).toBeGreaterThan(0)
    expect(Object.keys(same[0] ?? {})).toEqual(['warm', 'hot', 'deny', 'routes'])
    expect(slowed).toHaveLength(5)
  },
  10 * minutes,
)

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
  const { code, stderr } = await gate(args)
  expect(stderr).toMatch(line)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(code).toBe(2)
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
  expect(broken).toMatchObject({ code: 2 })
  expect(broken.stderr).toMatch(/^edgeproof: broken \([0-9a-f]{12}\): does not build: .*authorizer\/parser\.ts/m)
  const denying = await gate(['--base', 'main', '--methods', 'cpu', '--suites', 'hot'])
  expect(denying).toMatchObject({ code: 2 })
  expect(denying.stderr).toMatch(
    /^edgeproof: head: hot: answers deny \(403\) to a request for \/.* that it has to allow/m,
  )
})

test('uncommitted changes: refused in one line, unless the commit to judge is named', async () => {
  const file = join(repository.root, 'authorizer/parser.ts')
  const before = readFileSync(file, 'utf8')
  try {
    writeFileSync(file, `${before}\n// not committed\n`)
    const { code, stderr } = await gate(['--base', 'main'])
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^edgeproof: the working tree has uncommitted changes \(M authorizer\/parser.ts\); commit them, or name/m,
    )
    expect((await gate(['--base', 'main', '--head', 'main'])).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('// not committed')
  } finally {
    writeFileSync(file, before)
  }
})
