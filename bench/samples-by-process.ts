import { type MedianInterval, medianInterval } from '../statistics/median-interval.ts'

/** Independent samples, one for each fresh process, and the median with its interval. */
export interface Figure extends MedianInterval {
  samples: number[]
}

export function figureOf(samples: readonly number[]): Figure {
  return { ...medianInterval(samples), samples: [...samples] }
}
