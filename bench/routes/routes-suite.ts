/** Suite `routes`: the matcher alone, against others, as the table grows. */
import { fileURLToPath } from 'node:url'
import type { StageContext } from '../../command/stage.ts'
import { type Percentiles, percentiles } from '../../statistics/quantile.ts'
import { measureInProcess } from '../child-process.ts'
import { type Figure, figureOf } from '../samples-by-process.ts'
import { matchers } from './matchers.ts'
import { mixes, tableSizes } from './route-mixes.ts'
import type { RoutesJob, RoutesReport } from './routes-process.ts'

const program = fileURLToPath(new URL('routes-process.ts', import.meta.url))

export interface RoutesSummary {
  size: number
  mix: string
  /** Nanoseconds of CPU time for one path; `floor` is one `Map.get` with it. */
  floor: Figure
  matchers: {
    id: string
    cpu: Figure
    toFloor: Figure
    toSmallest: Figure
    /** Over the blocks of all processes, the harness's few nanoseconds included. */
    blocks: { cpu: Percentiles; wall: Percentiles }
  }[]
}

/** Each sample is a fresh process in which all tables are built and all matchers take turns. */
export async function measureRoutes(
  processes: number,
  { progress, signal }: Pick<StageContext, 'progress' | 'signal'>,
): Promise<RoutesSummary[]> {
  const reports: RoutesReport[][] = []
  while (reports.length < processes) {
    signal.throwIfAborted()
    progress.step('routes: fresh processes', reports.length, processes)
    const job: RoutesJob = { sizes: [...tableSizes], seed: reports.length + 1, block: 1024, warmup: 16, rounds: 24 }
    const { report } = await measureInProcess<RoutesReport[]>(program, job, { signal, flags: ['--expose-gc'] })
    reports.push(report)
  }
  const cell = (size: number, mix: string) =>
    reports.map((own) => own.find((report) => report.size === size && report.mix === mix) as RoutesReport)
  return tableSizes.flatMap((size) =>
    mixes.map((mix) => {
      const own = cell(size, mix.id)
      const smallest = cell(tableSizes[0], mix.id)
      const cost = (report: RoutesReport | undefined, id: string) => report?.matchers[id] ?? Number.NaN
      return {
        size,
        mix: mix.id,
        floor: figureOf(own.map(({ floor }) => floor)),
        matchers: matchers.map(({ id }) => ({
          id,
          cpu: figureOf(own.map((report) => cost(report, id))),
          toFloor: figureOf(own.map((report) => cost(report, id) / report.floor)),
          toSmallest: figureOf(own.map((report, turn) => cost(report, id) / cost(smallest[turn], id))),
          blocks: {
            cpu: percentiles(own.flatMap(({ blocks }) => blocks[id]?.cpu ?? [])),
            wall: percentiles(own.flatMap(({ blocks }) => blocks[id]?.wall ?? [])),
          },
        })),
      }
    }),
  )
}
