/** Suites `init` (a bundle is loaded) and `cold` (and answers its first request), each sample a process of its own. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StageContext } from '../../command/stage.ts'
import { measureInProcess } from '../child-process.ts'
import { type Figure, figureOf } from '../samples-by-process.ts'
import type { SubjectBundle } from '../subject-bundles.ts'
import { loadWorkload } from '../workload.ts'

const program = fileURLToPath(new URL('first-request.cjs', import.meta.url))

export type FreshSuite = 'init' | 'cold'

export interface FreshSummary {
  suite: FreshSuite
  /** The subject that is the floor: nothing (`init`), or the import of one key and one verification (`cold`). */
  floor: string
  subjects: {
    id: string
    /** Milliseconds since the process began, Node's own start included. */
    cpu: Figure
    wall: Figure
    /** CPU time to the floor's, process by process. */
    toFloor: Figure
    /** Node's own start included; null where valgrind is missing or the network takes part. */
    instructions: number | null
  }[]
}

interface StartReport {
  cpu: number
  wall: number
}

/**
 * Runs each subject in `processes` fresh processes, all subjects in turn, so that what slows the machine slows them all.
 * `floors` maps each suite to the id of its floor, which is among the bundles.
 */
export async function measureFresh(
  floors: Record<FreshSuite, string>,
  bundles: readonly SubjectBundle[],
  processes: number,
  directory: string,
  { progress, signal }: Pick<StageContext, 'progress' | 'signal'>,
): Promise<FreshSummary[]> {
  const eventFile = writeEvents(directory)
  const summaries: FreshSummary[] = []
  for (const suite of ['init', 'cold'] as const) {
    const jobOf = (bundle: SubjectBundle) => ({
      file: bundle.file,
      eventFile: suite === 'init' ? null : eventFile[bundle.credentials],
    })
    const reports = new Map<string, StartReport[]>(bundles.map(({ id }) => [id, []]))
    for (let turn = 0; turn < processes; turn++) {
      progress.step(`${suite}: fresh processes`, turn, processes)
      for (const bundle of bundles) {
        signal.throwIfAborted()
        const { report } = await measureInProcess<StartReport>(program, jobOf(bundle), { signal })
        reports.get(bundle.id)?.push(report)
      }
    }
    const instructions = new Map<string, number | null>()
    for (const [done, bundle] of bundles.entries()) {
      progress.step(`${suite}: instructions`, done, bundles.length)
      const countable = suite === 'init' || bundle.keys === 'baked'
      instructions.set(bundle.id, countable ? await countInstructions(jobOf(bundle), signal) : null)
    }
    summaries.push(summarize(suite, floors[suite], reports, instructions))
  }
  return summaries
}

/** One valid request for each place a token may be in. */
function writeEvents(directory: string): Record<SubjectBundle['credentials'], string> {
  const { valid, cookie } = loadWorkload()
  const write = (name: string, text = '') => {
    const file = join(directory, `${name}-event.json`)
    writeFileSync(file, text)
    return file
  }
  return { header: write('header', valid[0]?.event), cookie: write('cookie', cookie[0]?.event) }
}

function summarize(
  suite: FreshSuite,
  floor: string,
  reports: ReadonlyMap<string, readonly StartReport[]>,
  instructions: ReadonlyMap<string, number | null>,
): FreshSummary {
  const floorReports = reports.get(floor)
  if (!floorReports) throw new Error(`no floor ${floor}`)
  return {
    suite,
    floor,
    subjects: [...reports].map(([id, own]) => ({
      id,
      cpu: figureOf(own.map(({ cpu }) => cpu)),
      wall: figureOf(own.map(({ wall }) => wall)),
      toFloor: figureOf(own.map(({ cpu }, turn) => cpu / (floorReports[turn]?.cpu ?? Number.NaN))),
      instructions: instructions.get(id) ?? null,
    })),
  }
}

/** Flags that make a count repeat to a few in a million: no randomness, no second thread. */
const steady = ['--predictable', '--hash-seed=1', '--random-seed=1', '--single-threaded']
const callgrind = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', '--smc-check=all-non-file']

/** Instructions of the whole process, counted by callgrind; null without valgrind. */
async function countInstructions(job: object, signal: AbortSignal): Promise<number | null> {
  if (!hasValgrind()) return null
  const { errors } = await measureInProcess(program, job, { signal, flags: steady, under: callgrind })
  const [, count] = /Collected : (\d+)/.exec(errors) ?? []
  if (count === undefined) throw new Error(`callgrind printed no count: ${errors.slice(-500)}`)
  return Number(count)
}

let valgrind: boolean | undefined

function hasValgrind(): boolean {
  if (valgrind !== undefined) return valgrind
  try {
    execFileSync('valgrind', ['--version'], { stdio: 'ignore' })
    valgrind = true
  } catch {
    valgrind = false
  }
  return valgrind
}
