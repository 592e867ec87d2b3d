import type { Verdict } from '../../result/result.ts'
import { median } from '../../statistics/median.ts'
import type { Count } from '../measure/instructions.ts'

/** Head against base for one suite, in instructions per operation, without the bare verification. */
export interface InstructionChange {
  base: number
  head: number
  /** Median over the late segments of head - base: the segments of both sides hold the same requests. */
  difference: number
  /** difference / base. */
  growth: number
  /** The difference from which on head fails. */
  limit: number
  /** The late segments' differences, in their order. */
  differences: number[]
  verdict: Extract<Verdict, 'pass' | 'fail' | 'inconclusive'>
}

/**
 * Fails where head adds more than `threshold` (a fraction of base's own instructions) and more than `minimum`
 * instructions per operation. The smallest and the largest of five differences are set aside (a compilation or an inline
 * cache's miss may fall into one); where the others do not agree, the verdict is inconclusive.
 */
export function instructionChange(base: Count, head: Count, threshold: number, minimum: number): InstructionChange {
  const differences = head.segments.map((count, index) => count - (base.segments[index] ?? Number.NaN))
  const own = median(base.segments) - base.verification
  const limit = Math.max(minimum, threshold * own)
  const difference = median(differences)
  const sorted = [...differences].sort((a, b) => a - b)
  const middle = sorted.length < 5 ? sorted : sorted.slice(1, -1)
  const over = middle.filter((value) => value > limit).length
  return {
    base: own,
    head: own + difference,
    difference,
    growth: difference / own,
    limit,
    differences,
    verdict: over === 0 ? 'pass' : over === middle.length ? 'fail' : 'inconclusive',
  }
}
