/**
 * What the authorizer adds to a cache hit: the same requests to two local edges, one of them with a function that lets
 * everything through.
 */

import type { Objectives } from '../../config/objectives-schema.ts'
import { type Check, check } from '../../result/result.ts'
import { mean, meanInterval } from '../../statistics/mean-interval.ts'
import { fillCache } from '../cache-fill.ts'
import { noiseReason } from '../checks/machine-checks.ts'
import { type LoadRunOptions, type LoadTarget, loadRun } from '../load-run.ts'
import { type LocalTargetOptions, startLocalTarget } from '../local-distribution.ts'
import type { Scenario } from '../scenarios/scenario.ts'

const passThrough = 'exports.handler = async (event) => event.Records[0].cf.request'

export interface ShareOptions {
  local: LocalTargetOptions
  run: Omit<LoadRunOptions, 'target' | 'scenario' | 'seconds'>
  objectives: Required<Objectives>
  /** Length of each of the eight runs. */
  seconds: number
}

/** Above, requests queue for the machine's cores, and a hit's time says more about these than about the authorizer. */
const mostRate = 300

/** Four pairs in turns (with, without, without, with), so that a drift of the machine falls on both alike. */
const pairs = [true, false, true, false]

export async function authorizerShare({ local, run, objectives, seconds }: ShareOptions): Promise<Check[]> {
  const mix: Scenario['mix'] = local.scenario.mix.unjudged === undefined ? { valid: 1 } : { unjudged: 1 }
  const scenario: Scenario = { ...local.scenario, mix, arrival: 'constant', warmUp: 0.4, rampSeconds: 1 }
  const options = { ...local, scenario }
  const authorizer = await startLocalTarget(options)
  try {
    // Ours around another function: a foreign one stands in our template too.
    const { template: _, ...ours } = options
    const bare = await startLocalTarget({ ...ours, program: passThrough })
    try {
      const medians: Medians[] = []
      let noise: string | null = null
      const hitMs = async (target: LoadTarget) => {
        const rate = Math.min(run.rate, mostRate)
        const { measured, machine } = await loadRun({ ...run, rate, target, scenario, seconds })
        noise ??= noiseReason(machine, objectives)
        return measured.percentile('hit', 50)
      }
      for (const target of [authorizer, bare]) await fillCache(target, local.signal)
      for (const authorizerFirst of pairs) {
        const before = authorizerFirst ? await hitMs(authorizer) : null
        const without = await hitMs(bare)
        const withIt = before ?? (await hitMs(authorizer))
        if (withIt !== null && without !== null) medians.push({ withIt, without })
      }
      const checks = shareChecks(medians)
      return noise === null ? checks : checks.map((each) => ({ ...each, verdict: 'not-measured', detail: `${noise}` }))
    } finally {
      await bare.close()
    }
  } finally {
    await authorizer.close()
  }
}

/** Median time of a hit in each of the two runs of a pair, in milliseconds. */
interface Medians {
  withIt: number
  without: number
}

function shareChecks(medians: readonly Medians[]): Check[] {
  const shares = medians.map(({ withIt, without }) => ((withIt - without) / withIt) * 100)
  const figure = (id: string, title: string, samples: number[], unit: string) =>
    check({
      id: `load.${id}`,
      title,
      value: samples.length < pairs.length ? null : mean(samples),
      unit,
      limit: null,
      direction: 'none',
      samples,
      ...(samples.length < pairs.length && { detail: 'not every run had a hit: run it again, with more requests' }),
    })
  const shareCheck = figure('authorizer-share', "the authorizer's share of the time of a hit", shares, '%')
  return [
    figure(
      'hit-with-authorizer',
      'median time of a hit with the authorizer',
      medians.map((pair) => pair.withIt),
      'ms',
    ),
    figure(
      'hit-without-authorizer',
      'median time of a hit with a function that lets everything through',
      medians.map((pair) => pair.without),
      'ms',
    ),
    shareCheck.value === null ? shareCheck : { ...shareCheck, interval: intervalOf(shares) },
  ]
}

function intervalOf(shares: readonly number[]): NonNullable<Check['interval']> {
  const { mean: centre, halfWidth } = meanInterval(shares)
  return { low: centre - halfWidth, high: centre + halfWidth, level: 0.95 }
}
