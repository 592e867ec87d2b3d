import type { Check } from '../result/result.ts'
import type { Figure } from './samples-by-process.ts'

/**
 * A ratio as a check. Against a limit the whole interval decides: `pass` with its upper bound at or under the limit,
 * `fail` with its lower bound over it, `inconclusive` between.
 */
export function ratioCheck(id: string, title: string, figure: Figure, limit: number | null, detail?: string): Check {
  const { median, low, high, level, samples } = figure
  return {
    id,
    title,
    value: median,
    unit: '1',
    limit,
    direction: limit === null ? 'none' : 'lower',
    verdict: limit === null || high <= limit ? 'pass' : low > limit ? 'fail' : 'inconclusive',
    interval: { low, high, level },
    samples,
    ...(detail === undefined ? {} : { detail }),
  }
}
