/** The gate in the stand-in repository, as its tests share it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result } from '../result/result.ts'
import { readResult } from '../result/result-file.ts'
import { type Ended, inProcess } from '../testing/command-line.ts'
import { createStandInRepository, type StandInRepository, standIn } from './stand-in-repository.ts'

/** Statements that do nothing, planted in one file of the stand-in, and the suite that runs into them. */
export const slowDowns = [
  { name: 'slow-matcher', file: 'authorizer/matcher.ts', before: 'const candidates', suite: 'hot' },
  { name: 'slow-parser', file: 'authorizer/parser.ts', before: 'const [header', suite: 'warm' },
  { name: 'slow-jwks-cache', file: 'authorizer/jwks-cache.ts', before: 'return byId.get(kid)', suite: 'warm' },
]

export const work = 'for (let i = 0; i < 12; i++) if ("a,b,c".split(",", i).length > 3) throw new Error()'

/** A file of the stand-in with a statement before what stands in it once. */
export function slowed(file: string, before: string, statement: string): Record<string, string> {
  const [start, end, ...others] = (standIn[file] ?? '').split(before)
  if (end === undefined || others.length > 0) throw new Error(`${file}: "${before}" does not stand in it once`)
  return { [file]: `${start}${statement}\n${before}${end}` }
}

export interface StandInGate extends Disposable {
  repository: StandInRepository
  scratch: string
  /** Where its result files go. */
  results: string
  /** Runs `edgeproof gate` with these arguments. */
  gate(args: readonly string[], env?: Record<string, string>): Promise<Ended>
  /** Of the last run. */
  result(): Result
  failedChecks(): string[]
  /** By its SARIF, and its Markdown, which has to name them too. */
  blamedFiles(): string[]
}

/** `program` runs a whole command line. */
export function createStandInGate(program: (args: readonly string[]) => Promise<void>): StandInGate {
  const repository = createStandInRepository()
  const scratch = mkdtempSync(join(tmpdir(), 'edgeproof-gate-test-'))
  const results = join(scratch, 'results')
  const read = (name: string) => readFileSync(join(results, name), 'utf8')
  const result = () => readResult(join(results, 'gate.json'))
  return {
    repository,
    scratch,
    results,
    gate: (args, env = {}) =>
      inProcess(() => program(['gate', ...args, '--out', results]), {
        cwd: repository.root,
        env: { XDG_CACHE_HOME: join(scratch, 'cache'), ...env },
      }),
    result,
    failedChecks: () => result().checks.flatMap(({ id, verdict }) => (verdict === 'fail' ? [id] : [])),
    blamedFiles() {
      const [finding] = (JSON.parse(read('gate.sarif')) as Sarif).runs[0].results
      const files = finding.locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri)
      return files.filter((file) => read('gate.md').includes(`\`${file}\``))
    },
    [Symbol.dispose]() {
      repository[Symbol.dispose]()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

interface Sarif {
  runs: [{ results: [{ locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }] }]
}
