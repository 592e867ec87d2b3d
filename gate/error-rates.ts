/** The gate's error rates on one machine, computed from the samples of its calibration. See gate/METHOD.md. */

import { binomialInterval } from '../statistics/binomial-interval.ts'
import { median } from '../statistics/median.ts'
import { seededRandom } from '../statistics/seeded-random.ts'
import { signedRank } from '../statistics/signed-rank.ts'
import type { Calibration, CpuSample, EditOutcome } from './calibration-file.ts'
import { familyOf, fewestProcesses, looksOf } from './measure/compare-cpu.ts'
import { type CalibratedSuite, calibratedSuites } from './suites.ts'
import { failedSuites } from './verdict/decision.ts'

/** `events` out of `trials`, with the exact 95 % interval of their rate. */
export interface Rate {
  events: number
  trials: number
  low: number
  high: number
}

export interface GateRate {
  /** Fraction by which head was slowed down; 0 for A/A. */
  slowdown: number
  /** What the processes measured of it, above the A/A bias; null for A/A and without samples. */
  measured: number | null
  /** The only suite that was slowed down; `any` for A/A, where a failure of any suite is a false alarm. */
  suite: CalibratedSuite | 'any'
  /** Processes behind the rate. */
  processes: number
  /** Gates that share no process: their rate has an exact interval. */
  independent: Rate
  /** Share of failed gates among gates drawn from the processes with replacement, whole processes at a time; null without samples. */
  resampled: number | null
}

function rate(events: number, trials: number): Rate {
  return { events, trials, ...binomialInterval(events, trials) }
}

/** A/A bias by suite; zero without samples. */
export function biases(calibration: Pick<Calibration, 'same'> | null): Record<CalibratedSuite, number> {
  const samples = columns(calibration?.same ?? [])
  const bias = (suite: CalibratedSuite) =>
    samples[suite].length < fewestProcesses ? 0 : signedRank(samples[suite].slice(-maxRanked)).estimate
  return { warm: bias('warm'), hot: bias('hot'), deny: bias('deny'), routes: bias('routes') }
}

/** The exact distribution takes cubic time; more samples than these no longer move the estimate. */
const maxRanked = 300

/**
 * How often a gate of `processes` fails at one of its looks, for A/A and for each slow-down of one suite, at the given
 * limits and error rate.
 */
export function gateRates(
  { same, slowed }: Calibration,
  processes: number,
  limits: Record<CalibratedSuite, number>,
  errorRate: number,
): GateRate[] {
  const looks = looksOf(processes)
  const bias = biases({ same })
  const fails = (suite: CalibratedSuite | 'any') => (gate: readonly CpuSample[]) =>
    looks.some((look) => {
      const family = familyOf(columns(gate.slice(0, look)), { suites: calibratedSuites, limits })
      const failed = failedSuites(family, errorRate, looks.length)
      return suite === 'any' ? failed.length > 0 : failed.includes(suite)
    })
  const rateOf = (slowdown: number, suite: CalibratedSuite | 'any', samples: readonly CpuSample[]): GateRate => {
    const gates = chunks(samples, processes)
    const drawn = gates.length === 0 ? [] : resample(samples, processes)
    return {
      slowdown,
      measured:
        suite === 'any' || samples.length === 0
          ? null
          : Math.expm1(median(samples.map((sample) => sample[suite])) - bias[suite]),
      suite,
      processes: samples.length,
      independent: rate(gates.filter(fails(suite)).length, gates.length),
      resampled: drawn.length === 0 ? null : drawn.filter(fails(suite)).length / drawn.length,
    }
  }
  const slow = slowed.flatMap(({ slowdown, samples }) =>
    calibratedSuites.map((suite) =>
      rateOf(
        slowdown,
        suite,
        samples.map((sample, index) => only(suite, sample, same[index % same.length])),
      ),
    ),
  )
  return [rateOf(0, 'any', same), ...slow]
}

/** A change slows down one suite as a rule, and the others take their part of Holm's adjustment unchanged. */
function only(suite: CalibratedSuite, slowed: CpuSample, same: CpuSample | undefined): CpuSample {
  return { ...(same ?? slowed), [suite]: slowed[suite] }
}

/** Edits that say something: those that made another program, and one that runs. */
export function evidence(edits: readonly EditOutcome[]): EditOutcome[] {
  return edits.filter(({ verdict }) => verdict !== 'identical' && verdict !== 'broken')
}

/** Edits that failed, of those that are evidence. */
export function editRate(edits: readonly EditOutcome[]): Rate {
  const measured = evidence(edits)
  return rate(measured.filter(({ verdict }) => verdict === 'fail').length, measured.length)
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.floor(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

const resamplings = 1000

/** Seeded, so that the same samples give the same rates. */
function resample(samples: readonly CpuSample[], size: number): CpuSample[][] {
  const random = seededRandom('gates')
  return Array.from({ length: resamplings }, () => Array.from({ length: size }, () => random.pick(samples)))
}

function columns(samples: readonly CpuSample[]): Record<CalibratedSuite, number[]> {
  return Object.fromEntries(calibratedSuites.map((suite) => [suite, samples.map((sample) => sample[suite])])) as Record<
    CalibratedSuite,
    number[]
  >
}
