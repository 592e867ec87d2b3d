/** One fresh process of the in-process suites: reads its job from the arguments, writes its reports to descriptor 3. */
import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Handler } from '../../handlers/timed/deployment.ts'
import { exitOnFailure } from '../not-yet-loaded.ts'
import { loadWorkload } from '../workload.ts'
import { buildCase } from './cases.ts'
import { type RoundsPlan, type RoundsReport, runRounds } from './rounds.ts'

export interface RoundsJob {
  /** Valid requests in the workload. */
  size: number
  cases: {
    id: string
    subjects: { id: string; file: string; share: number; credentials: 'header' | 'cookie' }[]
    plan: RoundsPlan
  }[]
}

exitOnFailure()
const require = createRequire(import.meta.url)
const job = JSON.parse(process.argv[2] ?? '') as RoundsJob
const workload = loadWorkload(job.size)
const reports: RoundsReport[] = []
for (const { id, subjects, plan } of job.cases) {
  const loaded = subjects.map((subject) => ({ ...subject, handler: load(subject.file) }))
  const entry = buildCase(id, workload)
  // What building left behind is nobody's garbage; collected now, or it would be on somebody's account.
  global.gc?.()
  reports.push(await runRounds(entry, loaded, plan))
}
writeSync(3, JSON.stringify(reports))
// Subjects may hold timers and sockets; what was measured is written.
process.exit(0)

/** A sandbox of its own for each case: module state, caches included, starts empty. */
function load(file: string): Handler {
  delete require.cache[require.resolve(file)]
  return (require(file) as { handler: Handler }).handler
}
