/** What `edgeproof bench` measures in process, as data. */
import { denyCases } from './deny-cases.ts'
import type { RoundsCase } from './rounds/rounds-suite.ts'
import { type SubjectId, subjects } from './subjects.ts'

/** Valid requests in the workload of the in-process suites. */
export const workloadSize = 4096

const everyone = subjects.map(({ id }) => id)
/** Without those that only vary another: for the short run. */
const principals: SubjectId[] = ['edgeproof', 'jose', 'aws-jwt-verify', 'fast-jwt']

const malformed = denyCases.filter((entry) => entry.malformed).map(({ id }) => id)

/** About two seconds a process: `npm start`. */
export const quickCases: readonly RoundsCase[] = [
  { id: 'warm', subjects: principals, plan: { block: 64, warmup: 24, rounds: 24 } },
  { id: 'hot', subjects: [...principals, 'fast-jwt-cached'], plan: { block: 64, warmup: 16, rounds: 16 } },
  ...malformed.map((id) => ({ id, subjects: principals, plan: { block: 32, warmup: 24, rounds: 16 } })),
]

export const fullCases: readonly RoundsCase[] = [
  { id: 'warm', subjects: everyone, plan: { block: 64, warmup: 24, rounds: 32 } },
  { id: 'hot', subjects: everyone, plan: { block: 64, warmup: 24, rounds: 32 } },
  ...denyCases.map(({ id }) => ({ id, subjects: everyone, plan: { block: 32, warmup: 32, rounds: 32 } })),
]
