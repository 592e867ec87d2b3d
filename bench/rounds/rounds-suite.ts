import { fileURLToPath } from 'node:url'
import type { StageContext } from '../../command/stage.ts'
import { type Percentiles, percentiles } from '../../statistics/quantile.ts'
import { lambdaHeap, measureInProcess } from '../child-process.ts'
import { type Figure, figureOf } from '../samples-by-process.ts'
import type { SubjectBundle } from '../subject-bundles.ts'
import type { RoundsPlan, RoundsReport } from './rounds.ts'
import type { RoundsJob } from './rounds-process.ts'

const program = fileURLToPath(new URL('rounds-process.ts', import.meta.url))

export interface RoundsCase {
  id: string
  /** Ids of the subjects that answer it. */
  subjects: readonly string[]
  plan: Omit<RoundsPlan, 'seed'>
}

export interface Budget {
  /** Fresh processes, each one sample. */
  processes: number
  /** Seconds after which no further process begins, once there are five. */
  seconds: number
}

export interface CaseSummary {
  id: string
  /** Raw, in microseconds of CPU time per request: parsing and calling alone, and one bare verification. */
  harness: Figure
  verify: Figure
  subjects: {
    id: string
    /** Raw: parsing included. */
    cpu: Figure
    /** Parsing and calling alone, of the form of the requests that it was given. */
    harness: Figure
    wall: Figure
    /** CPU time less the harness's of one block's requests, over the blocks of all processes. */
    blocks: Percentiles
    /** CPU time less the harness's, to the floors in the same rounds. */
    toVerify: Figure
    toLookup: Figure | null
  }[]
}

/** Runs all cases in each of several fresh processes, one after another; `given`: cases that are not of the workload. */
export async function measureRounds(
  cases: readonly RoundsCase[],
  bundles: readonly SubjectBundle[],
  size: number,
  budget: Budget,
  { progress, signal }: Pick<StageContext, 'progress' | 'signal'>,
  given: Pick<RoundsJob, 'casesFile' | 'keys'> = {},
): Promise<CaseSummary[]> {
  const end = Date.now() + budget.seconds * 1000
  const processes: RoundsReport[][] = []
  while (processes.length < budget.processes && (processes.length < 5 || Date.now() < end)) {
    signal.throwIfAborted()
    progress.step('fresh processes', processes.length, budget.processes)
    const job: RoundsJob = {
      size,
      ...given,
      cases: cases.map(({ id, subjects, plan }) => ({
        id,
        subjects: bundles.filter((bundle) => subjects.includes(bundle.id)),
        plan: { ...plan, seed: processes.length },
      })),
    }
    const flags = ['--expose-gc', ...lambdaHeap]
    const { report } = await measureInProcess<RoundsReport[]>(program, job, { signal, flags })
    processes.push(report)
  }
  return cases.map((entry, index) =>
    summarize(
      entry,
      processes.map((reports) => reports[index] as RoundsReport),
    ),
  )
}

function summarize({ id, subjects }: RoundsCase, reports: readonly RoundsReport[]): CaseSummary {
  const figure = (sample: (report: RoundsReport) => number) => figureOf(reports.map(sample))
  const cpu = (report: RoundsReport, subject: string) => report.subjects[subject]?.cpu ?? Number.NaN
  const harness = (report: RoundsReport, subject: string) => report.subjects[subject]?.harness ?? Number.NaN
  return {
    id,
    harness: figure((report) => report.harness.cpu),
    verify: figure((report) => report.verify.cpu),
    subjects: subjects.map((subject) => ({
      id: subject,
      cpu: figure((report) => cpu(report, subject)),
      harness: figure((report) => harness(report, subject)),
      wall: figure((report) => report.subjects[subject]?.wall ?? Number.NaN),
      blocks: percentiles(
        reports.flatMap((report) =>
          (report.subjects[subject]?.blocks ?? []).map((block) => block - harness(report, subject)),
        ),
      ),
      toVerify: figure((report) => (cpu(report, subject) - harness(report, subject)) / report.verify.cpu),
      toLookup: reports.every((report) => report.lookup)
        ? figure(
            (report) =>
              (cpu(report, subject) - harness(report, subject)) / ((report.lookup?.cpu ?? 0) - report.harness.cpu),
          )
        : null,
    })),
  }
}
