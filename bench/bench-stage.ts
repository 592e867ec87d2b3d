import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stage, stageResult } from '../command/stage.ts'
import { startJwksServer } from './jwks-server.ts'
import { roundsChecks } from './rounds/rounds-checks.ts'
import { measureRounds } from './rounds/rounds-suite.ts'
import { bundleSubjects } from './subject-bundles.ts'
import { subjects } from './subjects.ts'
import { fullCases, quickCases, workloadSize } from './suites.ts'
import { workloadFile } from './workload.ts'

export interface BenchOptions {
  /** The principal subjects on warm, hot and malformed requests, in about 25 seconds. */
  quick?: boolean
}

/** Default limits, for config.bench. */
const defaultLimits = { warm: 1.5, hot: 0.15, malformed: 0.2 }

export const stage: Stage<BenchOptions> = async (context, { quick = false }) =>
  stageResult('bench', { config: context.configFile, quick }, async () => {
    const { config, progress } = context
    const directory = mkdtempSync(join(tmpdir(), 'edgeproof-bench-'))
    const server = await startJwksServer()
    try {
      progress.step('minting the workload')
      workloadFile(workloadSize)
      progress.step('bundling the subjects')
      const bundles = await bundleSubjects(subjects, directory, server.jwksUri)
      const cases = quick ? quickCases : fullCases
      const budget = quick ? { processes: 10, seconds: 22 } : { processes: 15, seconds: 300 }
      const summaries = await measureRounds(cases, bundles, workloadSize, budget, context)
      return {
        checks: roundsChecks(summaries, { ...defaultLimits, ...config.bench }),
        data: { cases: summaries as never },
      }
    } finally {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })
