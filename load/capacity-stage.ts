/** `edgeproof capacity`: the highest arrival rate at which the local edge still meets the objectives. */
import { type Stage, stageResult } from '../command/stage.ts'
import { objectivesOf } from '../config/objectives-schema.ts'
import { type Check, check, type Verdict } from '../result/result.ts'
import { fillCache } from './cache-fill.ts'
import { findKnee, type Knee } from './capacity-search.ts'
import { findK6 } from './k6/find-k6.ts'
import { loadChecks } from './load-checks.ts'
import { type LoadRun, loadRun } from './load-run.ts'
import { startLocalTarget } from './local-distribution.ts'
import { scenarioNamed } from './scenarios/catalogue.ts'

export interface CapacityOptions {
  /** A name from `scenarios/`. Default `steady`. */
  scenario?: string
  /** Length of each probe. Default 8. */
  seconds?: number
  /** First rate, in requests per second. Default 200. */
  from?: number
  /** Rates above are not tried. Default 20,000. */
  most?: number
  /** How often the knee is searched. Default 3. */
  repeats?: number
  seed?: number
}

/** One rate that was tried. */
interface Probe {
  rate: number
  sustained: boolean
  p99Ms: number | null
  hitRatio: number | null
  dropped: number
  /** Share of the CPU time that other programs used. */
  foreign: number | null
  /** Ids of the checks that did not hold. */
  failed: string[]
}

export const capacityStage: Stage<CapacityOptions> = async ({ config, progress, signal }, options) => {
  const { seconds = 8, from = 200, most = 20_000, repeats = 3, seed = 1 } = options
  const scenario = { ...scenarioNamed(options.scenario ?? 'steady'), warmUp: 0.25, rampSeconds: 2 }
  const inputs = { scenario: scenario.name, seconds, from, most, repeats, seed }
  return stageResult('capacity', inputs, async () => {
    const k6 = await findK6({ log: progress.log, signal })
    progress.step('capacity: starting the local edge')
    const target = await startLocalTarget({ config, scenario, requests: from * seconds, seconds, signal })
    const objectives = objectivesOf(config.objectives)
    const probes: Probe[] = []
    const verdicts: Verdict[] = []
    const sustained = async (rate: number): Promise<boolean> => {
      signal.throwIfAborted()
      const run = await loadRun({ k6, target, scenario, rate, seconds, segments: 1, seed, progress, signal })
      signal.throwIfAborted()
      const checks = loadChecks({ run, scenario, objectives, seconds })
      const probe = probeOf(rate, run, checks)
      probes.push(probe)
      verdicts.push(...checks.filter(({ id }) => id === 'load.wrong-answers').map(({ verdict }) => verdict))
      if (checks.some(({ verdict }) => verdict === 'not-measured')) verdicts.push('not-measured')
      progress.log(
        `capacity: ${rate}/s ${probe.sustained ? 'sustained' : `not sustained (${probe.failed.join(', ')})`}`,
      )
      return probe.sustained
    }
    try {
      await fillCache(target, signal)
      const knee = await findKnee({ sustained, from, most, repeats })
      return { checks: capacityChecks(knee, probes, verdicts), data: { probes: probes.map((probe) => ({ ...probe })) } }
    } finally {
      await target.close()
    }
  })
}

/** Sustained: every objective held and k6 kept the rate. A time that was not measured is no reason against it. */
function probeOf(rate: number, { measured, machine }: LoadRun, checks: readonly Check[]): Probe {
  const failed = checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'inconclusive').map(({ id }) => id)
  const { hits, misses } = measured.counts
  return {
    rate,
    sustained: failed.length === 0,
    p99Ms: measured.percentile('allowed', 99),
    hitRatio: hits + misses === 0 ? null : hits / (hits + misses),
    dropped: measured.dropped,
    foreign: machine.foreign,
    failed,
  }
}

function capacityChecks(knee: Knee, probes: readonly Probe[], verdicts: readonly Verdict[]): Check[] {
  const wrong = verdicts.includes('fail')
  const noisy = verdicts.includes('not-measured')
  const rate: Check = {
    ...check({
      id: 'capacity.rate',
      title: knee.open ? 'requests per second, at least' : 'highest sustained requests per second',
      value: knee.rate,
      unit: '1/s',
      limit: null,
      direction: 'none',
      interval: { low: knee.low, high: knee.high, level: knee.level },
      samples: knee.repeats,
      detail: `${probes.length} probes; knees found: ${knee.repeats.join(', ')}`,
    }),
    ...(noisy
      ? { verdict: 'not-measured' as const, detail: 'other programs or the hypervisor used too much CPU time' }
      : {}),
  }
  return [
    check({
      id: 'capacity.wrong-answers',
      title: 'wrong answers at any rate',
      value: wrong ? 'some' : 'none',
      unit: '',
      limit: null,
      direction: 'none',
    }),
    rate,
  ].map((entry) => (entry.id === 'capacity.wrong-answers' && wrong ? { ...entry, verdict: 'fail' as const } : entry))
}
