/** The times of what is going to happen, the next one first: a binary heap. */
export class EventQueue {
  readonly #times: number[] = []

  get next(): number | undefined {
    return this.#times[0]
  }

  add(time: number): void {
    const times = this.#times
    let index = times.push(time) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#at(parent) <= time) break
      times[index] = this.#at(parent)
      index = parent
    }
    times[index] = time
  }

  /** Removes the next one. */
  take(): void {
    const times = this.#times
    const last = times.pop()
    if (last === undefined || times.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= times.length) break
      if (child + 1 < times.length && this.#at(child + 1) < this.#at(child)) child++
      if (this.#at(child) >= last) break
      times[index] = this.#at(child)
      index = child
    }
    times[index] = last
  }

  #at(index: number): number {
    return this.#times[index] ?? Number.POSITIVE_INFINITY
  }
}
