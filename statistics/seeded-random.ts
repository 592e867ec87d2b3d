/** Draws that repeat with their seed: the one source of all of them. Not for secrets. */
import { createHash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

export interface Random {
  /** The generator behind it, as fast-check wants it; draws from either move both on. */
  generator: RandomGenerator
  /** In [0, 1). */
  uniform(): number
  /** Both ends included. */
  integer(min: number, max: number): number
  /** @throws RangeError for no items */
  pick<Item>(items: readonly Item[]): Item
  bytes(length: number): Buffer
  /** A copy in random order (Fisher and Yates). */
  shuffled<Item>(items: readonly Item[]): Item[]
}

/** Equal seeds give equal draws. The seed is hashed, so that neighbouring numbers have nothing in common. */
export function seededRandom(seed: string | number): Random {
  const digest = createHash('sha256').update(`${seed}`).digest()
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)))
  const integer = (min: number, max: number) => uniformInt(generator, min, max)
  return {
    generator,
    uniform: () => uniformFloat64(generator),
    integer,
    pick(items) {
      if (items.length === 0) throw new RangeError('nothing to pick from')
      return items[integer(0, items.length - 1)] as (typeof items)[number]
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => generator.next() & 0xff)),
    shuffled(items) {
      const order = [...items]
      for (let last = order.length - 1; last > 0; last--) {
        const other = integer(0, last)
        const item = order[last] as (typeof items)[number]
        order[last] = order[other] as (typeof items)[number]
        order[other] = item
      }
      return order
    },
  }
}
