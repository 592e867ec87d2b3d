/** When the iterations of a user's script were meant to begin, and how late they did: by their order, for they have no number. */
import { type ArrivalExecutor, arrivalTimes } from '../k6/arrival-times.ts'

interface Lane {
  arrival: ArrivalExecutor
  segment: number
  /** Start and duration in turn; sixteen bytes for each iteration. */
  iterations: number[]
  /** When an iteration was dropped. */
  drops: number[]
}

export interface IterationTime {
  lateMs: number
  /** From the intended start to the end. */
  intendedMs: number
}

export class IterationLateness {
  readonly #lanes = new Map<string, Lane>()
  readonly #scenarios: ReadonlyMap<string, ArrivalExecutor | null>
  readonly #segments: number

  constructor(scenarios: ReadonlyMap<string, ArrivalExecutor | null>, segments: number) {
    this.#scenarios = scenarios
    this.#segments = segments
  }

  addIteration(scenario: string, segment: number, startMs: number, durationMs: number): void {
    this.#lane(scenario, segment)?.iterations.push(startMs, durationMs)
  }

  addDropped(scenario: string, segment: number, at: number): void {
    this.#lane(scenario, segment)?.drops.push(at)
  }

  /**
   * The n-th that begins takes the place of the n-th arrival, dropped ones counted. The least lateness before the first drop is
   * what the scenario began after the run.
   */
  *times(): Generator<IterationTime> {
    for (const { arrival, segment, iterations, drops } of this.#lanes.values()) {
      const due = arrivalTimes(arrival)
      const begun = sortedPairs(iterations)
      drops.sort((a, b) => a - b)
      let dropped = 0
      const since = begun.map(([start], index) => {
        while (dropped < drops.length && (drops[dropped] as number) <= start) dropped += 1
        return { sinceDue: start - due(segment + this.#segments * (index + dropped)), dropped }
      })
      const before = since.filter((each) => each.dropped === 0)
      const began = (before.length > 0 ? before : since).reduce(
        (least, each) => Math.min(least, each.sinceDue),
        Number.POSITIVE_INFINITY,
      )
      for (const [index, { sinceDue }] of since.entries()) {
        const lateMs = Math.max(0, sinceDue - began)
        yield { lateMs, intendedMs: lateMs + (begun[index]?.[1] ?? 0) }
      }
    }
  }

  #lane(scenario: string, segment: number): Lane | null {
    const arrival = this.#scenarios.get(scenario)
    if (!arrival) return null
    const key = `${segment} ${scenario}`
    const lane = this.#lanes.get(key) ?? { arrival, segment, iterations: [], drops: [] }
    this.#lanes.set(key, lane)
    return lane
  }
}

function sortedPairs(flat: readonly number[]): [start: number, duration: number][] {
  const pairs: [number, number][] = []
  for (let index = 0; index < flat.length; index += 2) pairs.push([flat[index] as number, flat[index + 1] as number])
  return pairs.sort(([a], [b]) => a - b)
}
