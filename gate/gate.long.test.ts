import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { valgrindVersion } from '../bench/callgrind.ts'
import { runProgram } from '../program.ts'
import { createStandInGate, slowDowns, slowed, work } from './stand-in-gate.ts'

const valgrind = valgrindVersion() !== null
const minutes = 60_000 // Room for a busy machine; nothing here asserts on time.

const standInGate = createStandInGate(runProgram)
const { repository, scratch, gate, result, failedChecks, blamedFiles } = standInGate

afterEach(() => {
  // Whatever happened, the user's tree is as it was and no worktree is left.
  expect(repository.git('status', '--porcelain')).toBe('')
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
})
afterAll(() => standInGate[Symbol.dispose]())

test.skipIf(!valgrind).each(slowDowns)(
  `$name: exits 1, names $suite and blames $file${valgrind ? '' : ' (skipped: valgrind missing)'}`,
  async ({ name, file, before, suite }) => {
    repository.branch(name, slowed(file, before, work))
    const { status } = await gate(['--base', 'main', '--methods', 'instructions', '--suites', suite])
    expect(failedChecks()).toEqual([`instructions.${suite}`])
    expect(status).toBe(1)
    expect(blamedFiles()).toEqual([file])
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
    const { status, stderr } = await gate([
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
    expect({ status, stderr: stderr.includes('edgeproof:') }).toEqual({ status: 1, stderr: false })
    const [check] = result().checks
    expect(check).toMatchObject({ id: 'cpu.hot', verdict: 'fail' })
    expect(check?.interval?.low).toBeGreaterThan(1.02)
    expect(check?.samples?.length).toBeGreaterThanOrEqual(15)
    expect(check?.detail).toMatch(/smallest change it would have failed.*\+\d.*not calibrated on this machine/)
  },
  10 * minutes,
)

test(
  'a calibration keeps its samples, and says how many it would need',
  async () => {
    const kept = join(scratch, 'calibrations')
    const { status, stdout } = await gate([
      '--calibrate',
      '--methods',
      'cpu',
      '--minutes',
      '0.2',
      '--calibration',
      kept,
    ])
    expect(status).toBe(3)
    expect(stdout).toContain('false alarms of A/A gates of 15')
    const [file = ''] = readdirSync(kept)
    const { same, slowed } = JSON.parse(readFileSync(join(kept, file), 'utf8')) as { same: object[]; slowed: object[] }
    expect(same.length).toBeGreaterThan(0)
    expect(Object.keys(same[0] ?? {})).toEqual(['warm', 'hot', 'deny', 'routes'])
    expect(slowed).toHaveLength(5)
  },
  10 * minutes,
)
