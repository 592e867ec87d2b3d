/** The function's memory as a choice: what a size does to times, and so to the bill. */
import type { Estimate } from './estimate.ts'

/** Sizes that are compared, in megabytes: Lambda@Edge's old one for viewer events, and doublings up to a whole core. */
export const memorySizes = [128, 256, 512, 1024, 1769] as const

/** Of `slowdown`, which is said of this size. */
const assumedAt = 128

/**
 * How much longer than here things take at a size: Lambda gives processor in proportion to memory, so what is slower than here
 * at 128 MB is by so much less at more, and never faster than here.
 */
export function slowdownAt({ value, low, high }: Estimate, megabytes: number): Estimate {
  const at = (factor: number) => Math.max(1, (factor * assumedAt) / megabytes)
  // A factor below 1 is a machine faster than this one: it stays, whatever the size.
  const scaled = (factor: number) => (factor < 1 ? factor : at(factor))
  return { value: scaled(value), low: scaled(low), high: scaled(high) }
}
