/** Draws an index with probability in proportion to its weight. */
export function weightedDraw(weights: readonly number[], random: () => number): () => number {
  const cumulative: number[] = []
  let total = 0
  for (const weight of weights) {
    total += weight
    cumulative.push(total)
  }
  return () => {
    const target = random() * total
    let low = 0
    let high = cumulative.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((cumulative[middle] ?? 0) > target) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Draws ranks 0 to `count` - 1 with probability in proportion to 1 / (rank + 1)^exponent; 0 is uniform. */
export function zipfDraw(count: number, exponent: number, random: () => number): () => number {
  return weightedDraw(
    Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent),
    random,
  )
}
