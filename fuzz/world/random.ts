/** One seeded source of choices for attacks and for fast-check: xorshift128 (Marsaglia, "Xorshift RNGs", 2003), state from a hash. */
import { createHash } from 'node:crypto'

export class SeededRandom implements Random {
  readonly #state: Int32Array

  /** Equal names give equal sequences; any text will do. */
  constructor(name: string) {
    const digest = createHash('sha256').update(name).digest()
    this.#state = new Int32Array(4)
    for (let index = 0; index < 4; index++) this.#state[index] = digest.readInt32LE(4 * index)
    // Xorshift never leaves the state of all zeros.
    this.#state[0] = (this.#state[0] ?? 0) | 1
  }

  /** Uniform over the 32-bit integers, as fast-check wants its generators. */
  next(): number {
    const [x = 0, y = 0, z = 0, w = 0] = this.#state
    let t = x ^ (x << 11)
    t ^= t >>> 8
    const value = w ^ (w >>> 19) ^ t
    this.#state.set([y, z, w, value])
    return value | 0
  }

  clone(): SeededRandom {
    const copy = new SeededRandom('')
    copy.#state.set(this.#state)
    return copy
  }

  getState(): readonly number[] {
    return [...this.#state]
  }

  integer(min: number, max: number): number {
    const span = max - min + 1
    // 52 bits, so that even wide ranges are even to one part in a million.
    const fraction = ((this.next() >>> 0) * 2 ** 20 + (this.next() >>> 12)) / 2 ** 52
    return min + Math.floor(fraction * span)
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('nothing to pick from')
    return items[this.integer(0, items.length - 1)] as Item
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length)
    for (let index = 0; index < length; index++) bytes[index] = this.next() & 0xff
    return bytes
  }
}

/** Seeded. */
export interface Random {
  /** Both ends included. */
  integer(min: number, max: number): number
  pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item
  bytes(length: number): Buffer
}
