/** What `edgeproof bench` measures in process, as data. */
import { denyCases } from './deny-cases.ts'
import type { LatencyPlan } from './latency/latency-suite.ts'
import type { RoundsCase } from './rounds/rounds-suite.ts'
import { type SubjectId, subjects } from './subjects.ts'

/** What `--suites` chooses from: `requests` holds warm, hot and deny, `start` init and cold. */
export const suiteIds = ['requests', 'start', 'routes', 'jwks'] as const

/** Valid requests in the workload of the in-process suites. */
export const workloadSize = 4096

type Ids = readonly SubjectId[]

/** The fastest form of each project: the short run. */
const principals: Ids = ['edgeproof', 'jose', 'aws-jwt-verify', 'fast-jwt']
const twin = 'edgeproof-twin'
/** The same tokens in a cookie, where a case has them so. */
const session = 'edgeproof-session'
const byHeader: Ids = [...principals, twin, 'jose-local', 'aws-jwt-verify-sync', 'fast-jwt-cached', 'jsonwebtoken']
const alone: Ids = ['edgeproof']
const byCookie: Ids = ['edgeproof-cookie', 'cognito-at-edge']
/** Those that look at the path; a library says nothing about it. */
const byRoute: Ids = subjects
  .filter((subject) => subject.routes && subject.credentials === 'header')
  .map(({ id }) => id)

/**
 * About two seconds a process: `npm start`. The warm-ups are long enough for the optimizing compiler to be done: its threads'
 * CPU time counts too, and one compilation within so few microseconds would be all that is seen.
 */
export const quickCases: readonly RoundsCase[] = [
  { id: 'warm', subjects: [...principals, twin, session], plan: { block: 64, warmup: 40, rounds: 22 } },
  {
    id: 'hot',
    subjects: ['edgeproof', 'fast-jwt-cached', twin, session],
    plan: { block: 256, warmup: 40, rounds: 24 },
  },
  ...['malformed-start', 'malformed-payload-json'].map((id) => ({
    id,
    subjects: ['edgeproof', 'aws-jwt-verify'] as const,
    plan: { block: 64, warmup: 40, rounds: 22 },
  })),
]

/** Suites `warm`, `hot` and `deny`. */
export const fullCases: readonly RoundsCase[] = [
  { id: 'warm', subjects: [...byHeader, session, 'naive'], plan: { block: 64, warmup: 40, rounds: 22 } },
  { id: 'hot', subjects: [...byHeader, session], plan: { block: 256, warmup: 40, rounds: 24 } },
  { id: 'warm-cookie', subjects: byCookie, plan: { block: 32, warmup: 40, rounds: 22 } },
  { id: 'hot-cookie', subjects: byCookie, plan: { block: 256, warmup: 40, rounds: 24 } },
  ...denyCases.map(({ id, pool, dear }) => ({
    id,
    // A request without a header never reaches a library, and a name is new to the first only who reads it in a process.
    subjects: dear ? alone : id === 'forbidden' || id === 'no-header' ? byRoute : byHeader,
    // A process has no more than 1,024 expired tokens.
    plan: { block: pool === 'expired' ? 16 : 64, warmup: 40, rounds: 22 },
  })),
]

/** Wall-clock percentiles of single requests. No case is given more requests than a process has fresh ones of its kind. */
export const latencyPlans: readonly LatencyPlan[] = fullCases.map(({ id, subjects }) => {
  const fresh =
    denyCases.find((entry) => entry.id === id)?.pool === 'expired' ? 1000 : id.endsWith('-cookie') ? 2000 : 4000
  return {
    case: id,
    subjects: subjects.filter((subject) => subject !== session),
    warmup: fresh / 4,
    iterations: (fresh * 3) / 4,
    processes: 2,
  }
})

/** Loaded, and asked once, in fresh processes; the floors among them. */
export const freshSubjects: readonly string[] = [
  'empty',
  'bare-verify',
  'edgeproof',
  'edgeproof-network',
  'jose',
  'jose-local',
  'aws-jwt-verify',
  'aws-jwt-verify-sync',
  'fast-jwt',
  'jsonwebtoken',
  'cognito-at-edge',
  'naive',
]

/** Those that fetch the issuer's keys themselves. */
export const keyChangeSubjects: readonly string[] = [
  'edgeproof-network',
  'jose',
  'aws-jwt-verify',
  'jsonwebtoken',
  'naive',
]
