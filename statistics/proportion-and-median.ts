export interface Interval {
  low: number
  high: number
  level: number
}

/** The middle value; the mean of the two where their number is even. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2
}

/**
 * Distribution-free interval of the median: the order statistics between which it lies with at least `level`
 * (Conover, "Practical Nonparametric Statistics", 3.2). Null where there are too few values for that level
 * (under 6 for 0.95).
 */
export function medianInterval(values: readonly number[], level = 0.95): Interval | null {
  const sorted = values.toSorted((a, b) => a - b)
  const count = sorted.length
  // Probability that at most `rank` of `count` fair coins show heads; twice that is what both tails lose.
  let tail = 0
  let rank = -1
  // In logarithms: half to the power of a few thousand is no longer a number.
  let logarithm = count * Math.log(0.5)
  for (let heads = 0; heads < count; heads++) {
    tail += Math.exp(logarithm)
    if (tail > (1 - level) / 2) break
    rank = heads
    logarithm += Math.log((count - heads) / (heads + 1))
  }
  return rank < 0 ? null : { low: at(sorted, rank), high: at(sorted, count - 1 - rank), level }
}

/** Wilson's score interval of a proportion (Wilson 1927, "Probable Inference"), at the level 0.95. */
export function proportionInterval(hits: number, tries: number): Interval {
  const z = 1.959964
  const share = hits / tries
  const centre = (share + z ** 2 / (2 * tries)) / (1 + z ** 2 / tries)
  const reach = (z / (1 + z ** 2 / tries)) * Math.sqrt((share * (1 - share)) / tries + z ** 2 / (4 * tries ** 2))
  return { low: Math.max(0, centre - reach), high: Math.min(1, centre + reach), level: 0.95 }
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN
}
