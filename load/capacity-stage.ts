/** `edgeproof capacity`: the highest arrival rate at which the local edge still meets the objectives. */

import { type Stage, stageResult } from '../command/stage.ts'
import { typedCommand } from '../command/typed-command.ts'
import { objectivesOf } from '../config/objectives-schema.ts'
import { type Check, check, type Verdict } from '../result/result.ts'
import { fillCache } from './cache-fill.ts'
import { findKnee, type Knee } from './capacity-search.ts'
import { type FunctionOptions, functionUnderLoad } from './function-under-load.ts'
import { findK6 } from './k6/find-k6.ts'
import { loadChecks } from './load-checks.ts'
import { type LoadRun, loadRun } from './load-run.ts'
import { startLocalTarget } from './local-distribution.ts'
import { scenarioNamed } from './scenarios/catalogue.ts'

export interface CapacityOptions extends FunctionOptions {
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

export const capacityStage: Stage<CapacityOptions> = async ({ config: given, progress, signal }, options) => {
  const { seconds = 8, from = 200, most = 20_000, repeats = 3, seed = 1 } = options
  const named = { ...scenarioNamed(options.scenario ?? 'steady'), warmUp: 0.25, rampSeconds: 2 }
  const underLoad = await functionUnderLoad(options, given, named)
  const { config, scenario } = underLoad
  const { handler = null, template = null, policy = null } = options
  const inputs = { scenario: scenario.name, seconds, from, most, repeats, seed, handler, template, policy }
  return stageResult('capacity', inputs, async () => {
    const k6 = await findK6({ log: progress.log, signal })
    progress.step('capacity: starting the local edge')
    const target = await startLocalTarget({ ...underLoad, requests: from * seconds, seconds, signal })
    const objectives = objectivesOf(config.objectives)
    const probes: Probe[] = []
    const verdicts: Verdict[] = []
    const sustained = async (rate: number): Promise<boolean> => {
      signal.throwIfAborted()
      const run = await loadRun({ k6, target, scenario, rate, seconds, segments: 1, seed, progress, signal })
      // Half a probe is none.
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
      const knee = await findKnee({ sustained, from, most, repeats }).catch((error: unknown) => {
        if (!signal.aborted || probes.length === 0) throw error
        return null
      })
      const rate = knee === null ? unfinished(probes) : kneeCheck(knee, probes, verdicts.includes('not-measured'))
      return {
        checks: [wrongAnswers(verdicts.includes('fail')), rate],
        data: { probes: probes.map((probe) => ({ ...probe })) },
      }
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

function wrongAnswers(wrong: boolean): Check {
  const fields = check({
    id: 'capacity.wrong-answers',
    title: 'wrong answers at any rate',
    value: wrong ? 'some' : 'none',
    unit: '',
    limit: null,
    direction: 'none',
  })
  if (!wrong) return fields
  const detail = `an answer was not what the policy says; "${typedCommand('load')}" with the same scenario names it`
  return { ...fields, verdict: 'fail', detail }
}

function kneeCheck({ rate, interval, open, repeats }: Knee, probes: readonly Probe[], noisy: boolean): Check {
  const brackets = repeats.map(({ passes, fails }) => `between ${Math.round(passes)} and ${Math.round(fails)}`)
  const found = open ? 'no rate failed; look higher with --most' : `knees ${brackets.join(', ')}`
  const once = interval === null && !open ? '; one search has no interval, --repeats 3 has' : ''
  const fields = check({
    id: 'capacity.rate',
    title: open ? 'requests per second, at least' : 'highest sustained requests per second',
    value: rate,
    unit: '1/s',
    limit: null,
    direction: 'none',
    ...(interval && { interval }),
    ...(repeats.length > 0 && { samples: repeats.map(({ passes }) => passes) }),
    detail: `${probes.length} probes; ${found}${once}`,
  })
  if (!noisy) return fields
  const why = 'other programs or the hypervisor used too much CPU time: run it again on a quiet machine'
  return { ...fields, verdict: 'not-measured', detail: `${why} (${fields.detail})` }
}

/** What an interrupted search knows: the probes that it made. */
function unfinished(probes: readonly Probe[]): Check {
  const rates = (wanted: boolean) => probes.filter(({ sustained }) => sustained === wanted).map(({ rate }) => rate)
  const sustained = rates(true)
  const failed = rates(false)
  const words = [
    sustained.length > 0 ? `sustained up to ${Math.max(...sustained)}` : 'none sustained',
    ...(failed.length > 0 ? [`not at ${Math.min(...failed)}`] : []),
  ]
  return {
    id: 'capacity.rate',
    title: 'requests per second, search interrupted',
    value: sustained.length > 0 ? Math.max(...sustained) : null,
    unit: '1/s',
    limit: null,
    direction: 'none',
    verdict: 'inconclusive',
    detail: `interrupted after ${probes.length} probes: ${words.join(', ')}; run it again`,
  }
}
