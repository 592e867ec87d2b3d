/** A mean of independent values that are close to normal, and half the width of its 95 % interval. */
export interface MeanInterval {
  mean: number
  halfWidth: number
}

/** 97.5 % points of Student's t for 1 to 9 degrees of freedom, then for 19; as printed in tables. */
const studentT: Readonly<Record<number, number>> = {
  ...[0, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262],
  19: 2.093,
}

/** @throws RangeError for other numbers of values than 2 to 10 and 20 */
export function meanInterval(values: readonly number[]): MeanInterval {
  const t = studentT[values.length - 1]
  if (!t) throw new RangeError(`${values.length} values: should be 2 to 10, or 20`)
  const centre = mean(values)
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
  return { mean: centre, halfWidth: t * Math.sqrt(variance / values.length) }
}

/** NaN for none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
