/** Paired processes of a program with itself, and with slowed copies of itself. */

import type { CpuSample } from '../calibration-file.ts'
import { biases } from '../error-rates.ts'
import { mostProcesses } from '../measure/compare-cpu.ts'
import { programSides, samplePair } from '../measure/pairs.ts'
import type { CalibratedSuite } from '../suites.ts'
import type { Calibrating } from './calibrating.ts'
import { bySuite, type SlowedSides, slowdowns, slowedSides } from './injected-delay.ts'

/** Of the time, for finding out how long the delays have to be. */
const pilotShare = 0.1

/** A/A processes in a round: false alarms are rarer than finds. */
const sameShare = 6

/** Processes of a slow-down in a round: most of those whose power the gate has to show. */
const slowedShare = (slowdown: number) => (slowdown === 0.03 || slowdown === 0.05 ? 2 : 1)

/** Rounds with slow-downs; by then those two have two gates of the greatest length, and the rest of the time is for A/A. */
const slowedRounds = mostProcesses

/** Rounds after which the delays are made so much longer or shorter as the samples since then say, and how much of that. */
const correctionRounds = 10
const correctionShare = 0.5

/** Takes turns among A/A and the slow-downs until the time is up, so that a drift of the machine reaches all alike. */
export async function calibrateCpu(calibrating: Calibrating): Promise<void> {
  const { side, bench, calibration, context, save, over } = calibrating
  const { progress, signal } = context
  const same = programSides(bench, side.deployables, side.deployables)
  const lacks = (slowdown: number) => samplesOf(calibrating, slowdown).length < slowedShare(slowdown) * slowedRounds
  const lacking = slowdowns.filter(lacks)
  if (lacking.length > 0) progress.step('CPU time: pilot of the slow-downs')
  const pilot = { bias: biases(calibration), signal, enough: () => over(pilotShare) }
  const slowed = lacking.length > 0 ? await slowedSides(bench, side.deployables, lacking, pilot) : null
  const recent: Recent[] = []
  const round = () => [
    ...Array.from({ length: sameShare }, () => ({ sides: same, samples: calibration.same, slowdown: 0 })),
    ...(slowed?.all ?? [])
      .filter(({ slowdown }) => lacks(slowdown))
      .flatMap(({ slowdown, sides }) =>
        Array.from({ length: slowedShare(slowdown) }, () => ({
          sides,
          samples: samplesOf(calibrating, slowdown),
          slowdown,
        })),
      ),
  ]
  // At least one round: a calibration without a sample would be no file worth keeping.
  for (let rounds = 1; rounds === 1 || !over(); rounds++) {
    for (const { sides, samples, slowdown } of round()) {
      const report = await samplePair(bench, sides, samples.length % 2 === 0, signal).catch((error: unknown) => {
        if (signal.aborted) return null
        throw error
      })
      // What was sampled until Ctrl-C is kept, and the next calibration adds to it.
      if (report === null) return
      const ratio = (suite: CalibratedSuite) => report.logRatios[suite] ?? Number.NaN
      const sample = bySuite(ratio)
      samples.push(sample)
      if (slowdown > 0) recent.push({ slowdown, sample })
    }
    if (slowed && rounds % correctionRounds === 0) correct(slowed, recent.splice(0), biases(calibration))
    progress.step('CPU time: A/A processes', calibration.same.length)
    save()
  }
}

interface Recent {
  slowdown: number
  sample: CpuSample
}

/**
 * A machine whose other cores are busy slows the program's memory down, and not the loop: a delay is then a smaller share.
 * Least squares through the origin over all slow-downs, because the large ones say best what a turn costs.
 */
function correct(slowed: SlowedSides, recent: readonly Recent[], bias: Record<CalibratedSuite, number>): void {
  if (recent.length === 0) return
  const factors = bySuite((suite) => {
    const measured = recent.reduce((sum, one) => sum + one.slowdown * Math.expm1(one.sample[suite] - bias[suite]), 0)
    const planted = recent.reduce((sum, { slowdown }) => sum + slowdown ** 2, 0)
    return 1 + correctionShare * (planted / measured - 1)
  })
  slowed.lengthen(factors)
}

function samplesOf({ calibration }: Calibrating, slowdown: number): CpuSample[] {
  const known = calibration.slowed.find((entry) => entry.slowdown === slowdown)
  if (known) return known.samples
  const entry = { slowdown, samples: [] }
  calibration.slowed.push(entry)
  return entry.samples
}
