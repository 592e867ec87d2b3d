import type { Random } from '../case.ts'

/** Mulberry32: 32 bits of state, good enough to choose attacks with, the same everywhere for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return (word ^ (word >>> 14)) >>> 0
  }
  const integer = (min: number, max: number) => min + (next() % (max - min + 1))
  return {
    integer,
    pick(items) {
      if (items.length === 0) throw new RangeError('nothing to pick from')
      return items[integer(0, items.length - 1)] as (typeof items)[number]
    },
    bytes(length) {
      const octets = Buffer.alloc(length)
      for (let index = 0; index < length; index++) octets[index] = next()
      return octets
    },
  }
}
