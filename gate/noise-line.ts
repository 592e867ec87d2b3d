/** What a verdict says about its own error rates: one line from the machine's calibration. */
import type { Calibration } from './calibration-file.ts'
import { editRate, gateRates, type Rate } from './error-rates.ts'
import type { CalibratedSuite } from './suites.ts'

export interface QuoteContext {
  /** How many processes this gate ran. */
  processes: number
  limits: Record<CalibratedSuite, number>
  errorRate: number
}

/** False alarms and power of the CPU-time part, for as many processes as this gate ran. */
export function quoteCpu(calibration: Calibration | null, { processes, limits, errorRate }: QuoteContext): string {
  if (!calibration || calibration.same.length === 0) {
    return 'not calibrated on this machine: the false-alarm rate and the power are unknown; run gate --calibrate'
  }
  const rates = gateRates(calibration, processes, limits, errorRate)
  const [falseAlarms] = rates
  const power = calibration.slowed.map(({ slowdown }) => {
    const found = rates.filter((entry) => entry.slowdown === slowdown && entry.resampled !== null)
    const least = Math.min(...found.map(({ resampled }) => resampled ?? 0))
    return `+${percent(slowdown)} ${found.length === 0 ? 'not known' : percent(least)}`
  })
  const alarms =
    falseAlarms && falseAlarms.independent.trials > 0
      ? rateText(falseAlarms.independent)
      : `too few A/A processes (${calibration.same.length})`
  return `on this machine with ${processes} processes: false alarms ${alarms} in A/A gates; found in the suite where it is seen least: ${power.join(', ') || 'not calibrated'}`
}

/** The same for the instruction part. */
export function quoteInstructions(calibration: Calibration | null): string {
  if (!calibration || calibration.mutants.length + calibration.neutral.length === 0) {
    return 'not calibrated on this machine: run gate --calibrate'
  }
  return `on this machine: neutral edits failed ${rateText(editRate(calibration.neutral))}; slow-downs of 2 % found ${rateText(editRate(calibration.mutants))}`
}

/** `0 of 12 (at most 26.5 %)`: with its exact 95 % interval. */
export function rateText({ events, trials, low, high }: Rate): string {
  if (trials === 0) return 'not measured'
  const interval =
    events === 0
      ? `at most ${percent(high)}`
      : events === trials
        ? `at least ${percent(low)}`
        : `${percent(low)} to ${percent(high)}`
  return `${events} of ${trials} (${interval})`
}

export function percent(fraction: number): string {
  const value = fraction * 100
  return `${Number(value.toFixed(Math.abs(value) < 10 ? 1 : 0))} %`
}
