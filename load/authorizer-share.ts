/** What the authorizer adds to a cache hit: the same requests to two local edges, one of them with a function that lets everything through. */
import { type Check, check } from '../reports/result.ts'
import { fillCache } from './cache-fill.ts'
import { type LoadRunOptions, loadRun } from './load-run.ts'
import { type LocalTargetOptions, startLocalTarget } from './local-target.ts'
import { Measurement } from './measurement.ts'
import type { Scenario } from './scenario.ts'

const passThrough = 'exports.handler = async (event) => event.Records[0].cf.request'

export interface ShareOptions {
  local: LocalTargetOptions
  run: Omit<LoadRunOptions, 'target' | 'scenario' | 'seconds'>
  /** Length of each of the four runs. */
  seconds: number
}

/** The two take turns (with, without, without, with), so that a drift of the machine falls on both alike. */
export async function authorizerShare({ local, run, seconds }: ShareOptions): Promise<Check[]> {
  const scenario: Scenario = { ...local.scenario, mix: { valid: 1 }, arrival: 'constant', warmUp: 0.4, rampSeconds: 1 }
  const options = { ...local, scenario }
  const authorizer = await startLocalTarget(options)
  try {
    const bare = await startLocalTarget({ ...options, program: passThrough })
    try {
      const [withIt, without] = [new Measurement(), new Measurement()]
      for (const target of [authorizer, bare]) await fillCache(target, local.signal)
      for (const [target, sum] of [
        [authorizer, withIt],
        [bare, without],
        [bare, without],
        [authorizer, withIt],
      ] as const) {
        sum.merge((await loadRun({ ...run, target, scenario, seconds })).measured)
      }
      return shareChecks(withIt, without)
    } finally {
      await bare.close()
    }
  } finally {
    await authorizer.close()
  }
}

function shareChecks(withIt: Measurement, without: Measurement): Check[] {
  const [slow, fast] = [withIt.percentile('hit', 50), without.percentile('hit', 50)]
  const figure = (id: string, title: string, value: number | null, unit: string) =>
    check({ id: `load.${id}`, title, value, unit, limit: null, direction: 'none' })
  return [
    figure('hit-with-authorizer', 'time of a hit with the authorizer, median', slow, 'ms'),
    figure('hit-without-authorizer', 'time of a hit with a function that lets everything through, median', fast, 'ms'),
    figure(
      'authorizer-share',
      "the authorizer's share of the time of a hit",
      slow === null || fast === null ? null : ((slow - fast) / slow) * 100,
      '%',
    ),
  ]
}
