/** One fresh process of the in-process suites: reads its job from the arguments, writes its reports to descriptor 3. */
import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Handler } from '../../handlers/timed/deployment.ts'
import { exitOnFailure } from '../not-yet-loaded.ts'
import { type RedirectedKeys, redirectKeys } from '../redirected-keys.ts'
import { loadWorkload } from '../workload.ts'
import { buildCase, type Case } from './cases.ts'
import { type RoundsPlan, type RoundsReport, runRounds } from './rounds.ts'

export interface RoundsJob {
  /** Valid requests in the workload. */
  size: number
  cases: {
    id: string
    subjects: { id: string; file: string; share: number; credentials: 'header' | 'cookie' }[]
    plan: RoundsPlan
  }[]
  /** Instead of the workload: cases by id, as JSON. */
  casesFile?: string
  keys?: RedirectedKeys
}

exitOnFailure()
const require = createRequire(import.meta.url)
const job = JSON.parse(process.argv[2] ?? '') as RoundsJob
if (job.keys) redirectKeys(job.keys)
const given =
  job.casesFile === undefined ? undefined : (JSON.parse(readFileSync(job.casesFile, 'utf8')) as Record<string, Case>)
const workload = given ? undefined : loadWorkload(job.size)
const reports: RoundsReport[] = []
for (const { id, subjects, plan } of job.cases) {
  const loaded = await Promise.all(
    subjects.map(async (subject) => ({ ...subject, handler: await load(subject.file, id) })),
  )
  const entry = given?.[id] ?? (workload && buildCase(id, workload))
  if (!entry) throw new Error(`no case ${id}`)
  // What building left behind is nobody's garbage; collected now, or it would be on somebody's account.
  global.gc?.()
  reports.push(await runRounds(entry, loaded, plan))
}
writeSync(3, JSON.stringify(reports))
// Subjects may hold timers and sockets; what was measured is written.
process.exit(0)

/** A sandbox of its own for each case: module state, caches included, starts empty. */
async function load(file: string, id: string): Promise<Handler> {
  delete require.cache[require.resolve(file)]
  const loaded = require(file) as { handler: Handler }
  // An ES module is in no cache that can be emptied; another address is another instance.
  if (require.cache[file]?.exports === loaded) return loaded.handler
  return ((await import(`${pathToFileURL(file).href}?case=${id}`)) as { handler: Handler }).handler
}
