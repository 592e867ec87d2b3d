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

/** Where one bisection ended: the highest rate that was sustained, and the lowest that was not. */
interface Bracket {
  passes: number
  fails: number
}

export interface Knee {
  /** Median over the repeats of the highest sustained rate; 0 where not even the lowest one was. */
  rate: number
  /**
   * From the lowest sustained rate to the highest that was not, over the repeats: a knee lies between the two of its own
   * bisection, and the range of such knees covers their median. Null where one search cannot tell: the rate is a bound only.
   */
  interval: { low: number; high: number; level: number } | null
  /** The highest rate tried was sustained: the knee lies above. */
  open: boolean
  repeats: Bracket[]
}

export async function findKnee({ sustained, from, most, precision = 1.1, repeats = 3 }: SearchOptions): Promise<Knee> {
  const bracket = await firstFailure(sustained, from, most)
  if (bracket.fails === null) return { rate: bracket.passes, interval: null, open: true, repeats: [] }
  const found: Bracket[] = []
  while (found.length < repeats) {
    // A repeat starts over from a bracket twice as wide as the knee is known, or it would only confirm the first one.
    const centre = found.at(-1)?.passes
    const wide = centre
      ? { passes: centre / 2, fails: Math.min(most, centre * 2) }
      : { passes: bracket.passes, fails: bracket.fails }
    found.push(await bisect(sustained, wide, precision))
  }
  return knee(found)
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
async function bisect(sustained: SearchOptions['sustained'], bracket: Bracket, precision: number): Promise<Bracket> {
  let { passes, fails } = bracket
  // Below one request per second there is nothing to find.
  while (fails > Math.max(1, passes) * precision && fails >= 2) {
    const rate = Math.round(passes < 1 ? fails / 2 : Math.sqrt(passes * fails))
    if (rate <= passes || rate >= fails) break
    if (await sustained(rate)) passes = rate
    else fails = rate
  }
  return { passes, fails }
}

function knee(repeats: Bracket[]): Knee {
  const { median: rate, level } = medianInterval(repeats.map(({ passes }) => passes))
  const low = Math.min(...repeats.map(({ passes }) => passes))
  const high = Math.max(...repeats.map(({ fails }) => fails))
  return { rate, interval: repeats.length < 2 ? null : { low, high, level }, open: false, repeats }
}
