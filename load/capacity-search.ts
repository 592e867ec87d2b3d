/** The search for the highest rate that is still sustained: doubling up to the first failure, then bisection, repeated. */
import { medianInterval } from '../statistics/median-interval.ts'

export interface SearchOptions {
  /** Whether a rate is sustained; asked for one rate at a time. */
  sustained: (rate: number) => Promise<boolean>
  /** First rate tried, in requests per second. */
  from: number
  /** Rates above are not tried. */
  most: number
  /** A bisection ends when its failing rate is at most this factor above its passing one. Default 1.1. */
  precision?: number
  /** How often the knee is bisected. Default 3. */
  repeats?: number
}

export interface Knee {
  /** Median over the repeats of the highest sustained rate; 0 where not even the lowest one was. */
  rate: number
  /** The interval of that median over independent searches; of up to five repeats the lowest and the highest. */
  low: number
  high: number
  level: number
  /** The highest rate tried was sustained: the knee lies above. */
  open: boolean
  repeats: number[]
}

export async function findKnee({ sustained, from, most, precision = 1.1, repeats = 3 }: SearchOptions): Promise<Knee> {
  const bracket = await firstFailure(sustained, from, most)
  if (bracket.fails === null) return knee([bracket.passes], true)
  const found: number[] = []
  while (found.length < repeats) {
    // A repeat starts over from a bracket twice as wide as the knee is known, or it would only confirm the first one.
    const centre = found.at(-1)
    const wide = centre
      ? { passes: centre / 2, fails: Math.min(most, centre * 2) }
      : { ...bracket, fails: bracket.fails }
    found.push(await bisect(sustained, wide, precision))
  }
  return knee(found, false)
}

async function firstFailure(
  sustained: SearchOptions['sustained'],
  from: number,
  most: number,
): Promise<{ passes: number; fails: number | null }> {
  let passes = 0
  for (let rate = from; ; rate = Math.min(most, rate * 2)) {
    if (!(await sustained(rate))) return { passes, fails: rate }
    passes = rate
    if (rate >= most) return { passes, fails: null }
  }
}

/** The ends of the bracket are taken as known. */
async function bisect(
  sustained: SearchOptions['sustained'],
  bracket: { passes: number; fails: number },
  precision: number,
): Promise<number> {
  let { passes, fails } = bracket
  // Below one request per second there is nothing to find.
  while (fails > Math.max(1, passes) * precision && fails >= 2) {
    const rate = Math.round(passes < 1 ? fails / 2 : Math.sqrt(passes * fails))
    if (rate <= passes || rate >= fails) break
    if (await sustained(rate)) passes = rate
    else fails = rate
  }
  return passes
}

function knee(repeats: number[], open: boolean): Knee {
  const { median: rate, ...interval } = medianInterval(repeats)
  return { rate, ...interval, open, repeats }
}
