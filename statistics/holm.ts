/**
 * Holm's step-down adjustment (S. Holm, "A simple sequentially rejective multiple test procedure", 1979): rejecting where
 * the adjusted value is at most alpha keeps the probability of any false rejection at alpha, however the tests depend on
 * each other. Same order as given.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p)
  const adjusted = new Array<number>(pValues.length).fill(1)
  let highest = 0
  for (const [rank, { p, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p * (pValues.length - rank)))
    adjusted[index] = highest
  }
  return adjusted
}
