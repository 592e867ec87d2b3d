/** The Poisson distribution, in full. */

/** Probabilities of `from`, `from` + 1, ...; what is left out on both sides has less than 1e-18 of the mode's. */
export interface Distribution {
  from: number
  probabilities: Float64Array
}

const negligible = 1e-18

/** Summed outwards from the mode, where nothing overflows and no factorial is needed. */
export function poisson(mean: number): Distribution {
  const mode = Math.floor(mean)
  const below: number[] = []
  for (let n = mode, weight = 1; n > 0; n--) {
    weight *= n / mean
    if (weight < negligible) break
    below.push(weight)
  }
  const above: number[] = []
  for (let n = mode + 1, weight = 1; mean > 0; n++) {
    weight *= mean / n
    if (weight < negligible) break
    above.push(weight)
  }
  const weights = Float64Array.from([...below.reverse(), 1, ...above])
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return { from: mode - below.length, probabilities: weights.map((weight) => weight / total) }
}

/** The least number that is not exceeded with this probability. */
export function quantileOf({ from, probabilities }: Distribution, probability: number): number {
  let sum = 0
  for (const [index, each] of probabilities.entries()) {
    sum += each
    if (sum >= probability) return from + index
  }
  return from + probabilities.length - 1
}
