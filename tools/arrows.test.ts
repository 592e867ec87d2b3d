import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { forbiddenArrows } from './arrows.ts'

const root = mkdtempSync(join(tmpdir(), 'edgeproof-arrows-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The faults in a small tree of these files; `bench/suites.ts` and `authorizer/policy.ts` are in every one. */
function faultsIn(sources: Record<string, string>): string[] {
  const files = {
    'bench/suites.ts': 'export const suites = []',
    'authorizer/policy.ts': 'export const p = 1',
    ...sources,
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return forbiddenArrows(root, Object.keys(files))
}

describe('the rule of arrows', () => {
  it('takes an import from a room above, and one within a room', () => {
    expect(
      faultsIn({
        'load/k6/run.ts': "import { p } from '../../authorizer/policy.ts'\nimport { q } from '../q.ts'",
        'load/q.ts': 'export const q = 1',
      }),
    ).toEqual([])
  })

  it.each([
    ['an import three levels deep', "import { suites } from '../../../bench/suites.ts'"],
    ['an import of types', "import type { suites } from '../../../bench/suites.ts'"],
    ['an import while it runs', "const load = () => import('../../../bench/suites.ts')"],
    ['a re-export', "export { suites } from '../../../bench/suites.ts'"],
    ['an address beside the module', "new Worker(new URL('../../../bench/suites.ts', import.meta.url))"],
    ['a string that names a module', "build({ entryPoints: ['bench/suites'] })"],
  ])('refuses %s', (_, source) => {
    expect(faultsIn({ 'fuzz/a/b/c.ts': source })).toEqual([
      'fuzz/a/b/c.ts:1: names bench/suites.ts; fuzz/ and bench/ never know each other',
    ])
  })

  it('refuses an import from a room below, with the line it stands in', () => {
    expect(faultsIn({ 'config/x.ts': "\nimport { suites } from '../bench/suites.ts'" })).toEqual([
      'config/x.ts:2: names bench/suites.ts; config/ stands below bench/ and must not import it',
    ])
  })

  it('refuses a circle, of types too', () => {
    expect(
      faultsIn({
        'load/a.ts': "import { b } from './b.ts'\nexport type A = 1",
        'load/b.ts': "import { c } from './c.ts'\nexport const b = 1",
        'load/c.ts': "import type { A } from './a.ts'\nexport const c = 1",
      }),
    ).toEqual(['circle of 3 files: load/a.ts, load/b.ts, load/c.ts'])
  })

  it('gives the oracle types of the authorizer and no code', () => {
    expect(faultsIn({ 'oracle/x.ts': "import type { p } from '../authorizer/policy.ts'" })).toEqual([])
    expect(faultsIn({ 'oracle/x.ts': "import { p } from '../authorizer/policy.ts'" })).toEqual([
      'oracle/x.ts:1: imports code of authorizer/policy.ts; oracle/ takes only types from authorizer/',
    ])
  })

  it('keeps packages out of what runs at the edge, and its tests free', () => {
    expect(
      faultsIn({ 'authorizer/x.ts': "import { hash } from 'node:crypto'", 'authorizer/x.test.ts': "import 'jose'" }),
    ).toEqual([])
    expect(faultsIn({ 'authorizer/x.ts': "import 'jose'" })).toEqual([
      'authorizer/x.ts:1: authorizer/ imports "jose"; it may import node: modules only',
    ])
  })

  it('lets a test take what signs and pretends, and a handler, wherever it stands', () => {
    const sources = {
      'testing/mint.ts': 'export const mint = 1',
      'handlers/naive.ts': 'export const naive = 1',
      'authorizer/y.test.ts': "import '../testing/mint.ts'\nconst file = 'handlers/naive'",
    }
    expect(faultsIn(sources)).toEqual([])
    expect(faultsIn({ ...sources, 'authorizer/y.ts': "import '../testing/mint.ts'" })).toHaveLength(1)
  })

  it('refuses what lies in no room', () => {
    expect(faultsIn({ 'common/x.ts': 'export const x = 1', 'load/x.ts': "import '../common/x.ts'" })).toEqual([
      'load/x.ts:1: names common/x.ts; common is in no room of tools/rooms.ts',
    ])
  })
})
