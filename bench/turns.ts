/** Uniform numbers in [0, 1), the same for the same seed: a multiplicative congruential generator (Park and Miller, 1988). */
export function uniformNumbers(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1
  const next = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  // Small seeds begin with small numbers.
  for (let skip = 0; skip < 3; skip++) next()
  return next
}

/** The order of turns in a round: Fisher-Yates, the same for the same seed. */
export function shuffled<Item>(list: readonly Item[], seed: number): Item[] {
  const order = [...list]
  const uniform = uniformNumbers(seed)
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1))
    const item = order[last] as Item
    order[last] = order[other] as Item
    order[other] = item
  }
  return order
}
