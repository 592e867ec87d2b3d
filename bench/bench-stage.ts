import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stage, type StageContext, stageResult } from '../command/stage.ts'
import { typedCommand } from '../command/typed-command.ts'
import type { BenchConfig } from '../config/bench-schema.ts'
import { isOwnConfiguration } from '../config/load-config.ts'
import { UsageError } from '../config/usage-error.ts'
import { type Check, check } from '../result/result.ts'
import type { Percentiles } from '../statistics/quantile.ts'
import { freshChecks, freshTables } from './fresh/fresh-report.ts'
import { measureFresh } from './fresh/fresh-suite.ts'
import { jwksChecks, jwksTables } from './jwks/jwks-report.ts'
import { measureKeyChanges } from './jwks/jwks-suite.ts'
import { type JwksServer, startJwksServer } from './jwks-server.ts'
import { measureLatency } from './latency/latency-suite.ts'
import { benchHandler } from './own-handler.ts'
import { roundsChecks } from './rounds/rounds-checks.ts'
import { measureRounds } from './rounds/rounds-suite.ts'
import { roundsTables } from './rounds/rounds-tables.ts'
import { routesChecks } from './routes/routes-checks.ts'
import { countMatches } from './routes/routes-instructions.ts'
import { measureRoutes } from './routes/routes-suite.ts'
import { routesTables } from './routes/routes-tables.ts'
import { type SideBySide, sideBySideText } from './side-by-side.ts'
import { bundleSubjects, type SubjectBundle } from './subject-bundles.ts'
import { floors, subjects } from './subjects.ts'
import {
  freshSubjects,
  fullCases,
  keyChangeSubjects,
  latencyPlans,
  quickCases,
  suiteIds,
  workloadSize,
} from './suites.ts'
import { workloadFile } from './workload.ts'

export interface BenchOptions {
  /** The principal subjects on warm, hot and malformed requests, in about 25 seconds. */
  quick?: boolean
  /** False: its tables are not printed. */
  tables?: boolean
  /** Comma-separated ids of suites.ts; default all. */
  suites?: string
  /** Fresh processes for each figure, at least five; default 10. */
  processes?: string
  /** A deployed file, measured beside the authorizer under its own policy. */
  handler?: string
  /** `--policy`. */
  policy?: string
}

/** Limits unless the configuration's `bench` section has others. */
const defaultLimits = { warm: 1.5, hot: 0.15, malformed: 0.2, dear: 1 }

interface Bench extends StageContext {
  bundles: SubjectBundle[]
  server: JwksServer
  directory: string
  processes: number
  limits: Required<BenchConfig>
}

/** What a suite hands back. */
interface Outcome {
  checks: Check[]
  tables: SideBySide[]
  data: object
}

export const stage: Stage<BenchOptions> = async (context, options) => {
  const { quick = false, tables = true, handler } = options
  const chosen = chooseSuites(options)
  const processes = chooseProcesses(options)
  if (handler !== undefined) {
    const limits = isOwnConfiguration(context.configFile, options.policy) ? { ...context.config.bench } : {}
    return benchHandler(context, { handler, processes, limits })
  }
  return stageResult('bench', { config: context.configFile, quick, suites: chosen, processes }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'edgeproof-bench-'))
    const server = await startJwksServer()
    try {
      context.progress.step('minting the workload')
      workloadFile(workloadSize)
      context.progress.step('bundling the subjects')
      const bundles = await bundleSubjects([...floors, ...subjects], directory, server.jwksUri)
      const limits = { ...defaultLimits, ...context.config.bench }
      const bench: Bench = { ...context, bundles, server, directory, processes, limits }
      const outcomes = await runSuites(
        quick ? [['quick', quickSuite]] : chosen.map((id) => [id, fullSuites[id]]),
        bench,
      )
      context.progress.clear()
      const printed = tables ? outcomes.flatMap((outcome) => outcome.tables) : []
      for (const table of printed) context.progress.log(sideBySideText(table))
      return {
        checks: outcomes.flatMap(({ checks }) => checks),
        data: JSON.parse(JSON.stringify(Object.assign({}, ...outcomes.map(({ data }) => data)))),
      }
    } finally {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })
}

/** All suites; where they are interrupted, those that were finished and a check for each other one. */
async function runSuites(suites: [string, (bench: Bench) => Promise<Outcome>][], bench: Bench): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [id, suite] of suites) {
    try {
      outcomes.push(await suite(bench))
    } catch (error) {
      if (!bench.signal.aborted || outcomes.length === 0) throw error
      const title = `suite ${id}: interrupted`
      const checks = [check({ id: `bench.${id}`, title, value: null, unit: '1', limit: null, direction: 'none' })]
      outcomes.push({ checks, tables: [], data: {} })
    }
  }
  return outcomes
}

async function quickSuite(bench: Bench): Promise<Outcome> {
  const budget = { processes: bench.processes, seconds: 22 }
  const cases = await measureRounds(quickCases, bench.bundles, workloadSize, budget, bench)
  // The checks say what matters of the malformed ones; their tables are many.
  const principal = cases.filter(({ id }) => id === 'warm' || id === 'hot')
  const checks = leaveLimits(roundsChecks(cases, bench.limits))
  return { checks, tables: roundsTables(principal, new Map()), data: { cases } }
}

/**
 * Half a dozen processes tell the authorizer from its peers, who take turns with it, and not how far it is from a limit: a
 * busy machine alone moves that ratio by more than the limit leaves.
 */
function leaveLimits(checks: readonly Check[]): Check[] {
  const left = checks.filter(({ id, limit }) => !id.endsWith('.peer') && limit !== null)
  return [
    ...checks.map(
      (one): Check => (left.includes(one) ? { ...one, limit: null, direction: 'none', verdict: 'pass' } : one),
    ),
    {
      ...check({
        id: 'bench.limits',
        title: `limits on CPU time, in bare signature checks (${left.length})`,
        value: null,
        unit: '1',
        limit: null,
        direction: 'lower',
      }),
      detail: `its limits take more samples than a short run has; some ten minutes decide: ${typedCommand('bench')}`,
    },
  ]
}

const fullSuites: Record<(typeof suiteIds)[number], (bench: Bench) => Promise<Outcome>> = {
  async requests(bench) {
    const budget = { processes: bench.processes, seconds: Number.POSITIVE_INFINITY }
    const cases = await measureRounds(fullCases, bench.bundles, workloadSize, budget, bench)
    const latencies = new Map<string, ReadonlyMap<string, Percentiles>>()
    for (const plan of latencyPlans) latencies.set(plan.case, await measureLatency(plan, bench.bundles, bench))
    return {
      checks: roundsChecks(cases, bench.limits),
      tables: roundsTables(cases, latencies),
      data: { cases, latencies: Object.fromEntries([...latencies].map(([id, own]) => [id, Object.fromEntries(own)])) },
    }
  },
  async start(bench) {
    const bundles = bench.bundles.filter(({ id }) => freshSubjects.includes(id))
    const floorIds = { init: 'empty', cold: 'bare-verify' }
    const fresh = await measureFresh(floorIds, bundles, bench.processes, bench.directory, bench)
    return { checks: freshChecks(fresh), tables: freshTables(fresh), data: { fresh } }
  },
  async routes(bench) {
    const instructions = await countMatches(bench)
    const routes = await measureRoutes(bench.processes, bench)
    return {
      checks: routesChecks(routes, instructions),
      tables: routesTables(routes),
      data: { routes, matchInstructions: instructions },
    }
  },
  async jwks(bench) {
    const floor = 'naive'
    const bundles = bench.bundles.filter(({ id }) => keyChangeSubjects.includes(id))
    const jwks = await measureKeyChanges(bundles, floor, bench.server, bench.processes, bench.directory, bench)
    return { checks: jwksChecks(jwks, floor), tables: jwksTables(jwks, floor), data: { jwks } }
  },
}

function chooseSuites({ suites }: BenchOptions): (typeof suiteIds)[number][] {
  if (suites === undefined) return [...suiteIds]
  return suites.split(',').map((id) => {
    const found = suiteIds.find((suite) => suite === id)
    if (!found) throw new UsageError(`--suites: no suite "${id}"; choose among ${suiteIds.join(', ')}`)
    return found
  })
}

function chooseProcesses({ processes = '10' }: BenchOptions): number {
  const count = Number(processes)
  if (Number.isInteger(count) && count >= 5 && count <= 1000) return count
  throw new UsageError(`--processes: "${processes}" should be a whole number from 5 to 1,000`)
}
