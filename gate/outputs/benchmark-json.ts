/** The gate's figures as other trackers read them. */
import type { Check, Result } from '../../result/result.ts'

/**
 * github-action-benchmark's `customSmallerIsBetter` (https://github.com/benchmark-action/github-action-benchmark, README,
 * "Use this action with your own tool"): an array of name, unit, value, range and extra.
 */
export function benchmarkActionEntries({ checks }: Result): object[] {
  return figures(checks).map(({ id, unit, value, interval, detail }) => ({
    name: id,
    unit: unit === '1' ? 'head/base' : unit,
    value,
    ...(interval && finite(interval) ? { range: `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}` } : {}),
    ...(detail === undefined ? {} : { extra: detail }),
  }))
}

/**
 * Bencher Metric Format (https://bencher.dev/docs/reference/bencher-metric-format/): benchmark → measure → value and bounds;
 * the measure's slug is the gate's part, the benchmark's the suite.
 */
export function bencherMetricFormat({ checks }: Result): Record<string, Record<string, object>> {
  const benchmarks: Record<string, Record<string, object>> = {}
  for (const { id, value, interval } of figures(checks)) {
    const [part = '', ...suite] = id.split('.')
    const name = suite.join('.') || part
    const bounds = interval && finite(interval) ? { lower_value: interval.low, upper_value: interval.high } : {}
    benchmarks[name] = { ...benchmarks[name], [measures[part] ?? part]: { value, ...bounds } }
  }
  return benchmarks
}

const measures: Record<string, string> = { size: 'file-size', instructions: 'instructions', cpu: 'cpu-time-ratio' }

function figures(checks: readonly Check[]) {
  return checks.flatMap((check) => (typeof check.value === 'number' ? [{ ...check, value: check.value }] : []))
}

/** JSON has no infinity: a bound that too few samples allow is left out. */
function finite({ low, high }: { low: number; high: number }): boolean {
  return Number.isFinite(low) && Number.isFinite(high)
}
