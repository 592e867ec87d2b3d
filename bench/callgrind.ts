/** Counts instructions with valgrind's callgrind (https://valgrind.org/docs/manual/cl-manual.html), segment by segment. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** One stretch between two reads of `process.ppid`. */
export interface Segment {
  instructions: number
  /** Of these: inside V8's garbage collector, callees included. */
  collection: number
  /** Of these: inside V8's compilers. A late segment that has some was not settled. */
  compilation: number
}

/** The installed version, for example `3.19.0`; null where valgrind is missing. */
export function valgrindVersion(): string | null {
  try {
    return execFileSync('valgrind', ['--version'], { encoding: 'utf8' }).trim().replace('valgrind-', '')
  } catch {
    return null
  }
}

/**
 * V8 made repeatable: one thread, fixed seeds, compilation at fixed invocation counts (the budget-based default moves with
 * the bytecode's length), no allocation-site feedback, and a young generation of constant size.
 */
const steadyFlags = [
  '--predictable',
  '--hash-seed=1',
  '--random-seed=1',
  '--single-threaded',
  '--no-allocation-site-pretenuring',
  '--invocation-count-for-maglev=50',
  '--invocation-count-for-turbofan=300',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  // On-stack replacement follows an interrupt budget, at no fixed call; without it the measuring loop itself stays as it is.
  '--no-use-osr',
]

/** Runs `node script argument` under callgrind and returns its segments in order; the first begins with the process. */
export async function countSegments(
  script: string,
  argument: string,
  directory: string,
  signal: AbortSignal,
): Promise<Segment[]> {
  const output = mkdtempSync(join(directory, 'callgrind-'))
  try {
    await new Promise<void>((resolve, reject) => {
      execFile(
        'valgrind',
        [
          '--quiet',
          '--tool=callgrind',
          // Without it valgrind runs stale translations of code that V8 has rewritten.
          '--smc-check=all-non-file',
          '--dump-before=getppid',
          `--callgrind-out-file=${join(output, 'segment')}`,
          process.execPath,
          ...steadyFlags,
          script,
          argument,
        ],
        // A bare environment: its size moves the stack, and NODE_OPTIONS would move everything.
        { env: { PATH: '/usr/bin:/bin' }, signal, maxBuffer: 1 << 26 },
        (error, _stdout, stderr) =>
          error ? reject(new Error(stderr.trim().split('\n').at(-1) || error.message, { cause: error })) : resolve(),
      )
    })
    return readdirSync(output)
      .filter((name) => /^segment\.\d+$/.test(name))
      .sort((a, b) => Number(a.slice(8)) - Number(b.slice(8)))
      .map((name) => parseSegment(readFileSync(join(output, name), 'utf8')))
  } finally {
    rmSync(output, { recursive: true, force: true })
  }
}

const collector = /^v8::internal::Heap::(CollectGarbage|CollectAllGarbage)\(/
const compiler =
  /^v8::internal::(Compiler::(Compile|CompileOptimized)|OptimizingCompileDispatcher::|baseline::BaselineBatchCompiler::)/

/** Reads one profile: the total, and the inclusive cost of calls into the collector and the compilers. */
export function parseSegment(profile: string): Segment {
  const names = new Map<string, string>()
  const segment: Segment = { instructions: 0, collection: 0, compilation: 0 }
  let caller = ''
  let callee = ''
  let atCall = false
  for (const line of profile.split('\n')) {
    if (line.startsWith('fn=')) caller = functionName(names, line.slice(3))
    else if (line.startsWith('cfn=')) callee = functionName(names, line.slice(4))
    else if (line.startsWith('calls=')) atCall = true
    else if (line.startsWith('totals: ')) segment.instructions = Number(line.slice(8))
    else if (atCall) {
      atCall = false
      // The line after "calls=" is "<position> <inclusive cost>".
      const cost = Number(line.slice(line.lastIndexOf(' ') + 1))
      if (collector.test(callee) && !collector.test(caller)) segment.collection += cost
      else if (compiler.test(callee) && !compiler.test(caller)) segment.compilation += cost
    }
  }
  return segment
}

/** Names are compressed: "(12) name" where first met, "(12)" afterwards. */
function functionName(names: Map<string, string>, text: string): string {
  const [, id = '', name] = /^(\(\d+\))(?: (.*))?$/s.exec(text) ?? []
  if (name !== undefined) names.set(id, name)
  return names.get(id) ?? ''
}
