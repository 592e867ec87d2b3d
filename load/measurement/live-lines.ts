/** A line each second while a run goes on: how many, how fast, from where, and what went wrong. */

import type { Sample } from '../k6/sample.ts'
import { type AnswerKind, answerKind } from './answer-kind.ts'
import { latencyHistogram, percentileMs, recordMilliseconds } from './latency-histogram.ts'

const everyMs = 1000

export interface LiveLines {
  add(sample: Sample): void
  /** Says what is left and no more. */
  end(): void
}

/** Times are from the intended start where that is known, of every answer but errors. */
export function liveLines(say: (line: string) => void): LiveLines {
  const times = latencyHistogram(2)
  const counts = new Map<AnswerKind | 'wrong', number>()
  const began = Date.now()
  const count = (kind: AnswerKind | 'wrong') => counts.get(kind) ?? 0
  const flush = () => {
    const all = [...counts].reduce((sum, [kind, value]) => (kind === 'wrong' ? sum : sum + value), 0)
    if (all === 0) return
    const hits = count('hit') + count('refresh-hit')
    const cacheable = hits + count('miss')
    const share = cacheable === 0 ? '-' : `${((100 * hits) / cacheable).toFixed(1)} %`
    const time = (percentile: number) =>
      times.totalCount === 0 ? '-' : `${percentileMs(times, percentile).toFixed(1)} ms`
    const wrong = count('wrong') === 0 ? '' : `, wrong ${count('wrong')}`
    const seconds = Math.round((Date.now() - began) / 1000)
    say(`${seconds} s: ${all}/s, p50 ${time(50)}, p99 ${time(99)}, hits ${share}, errors ${count('error')}${wrong}`)
    times.reset()
    counts.clear()
  }
  const timer = setInterval(flush, everyMs)
  return {
    add(sample) {
      const kind = answerKind(sample)
      counts.set(kind, count(kind) + 1)
      if (kind !== 'error') recordMilliseconds(times, sample.intendedMs ?? sample.durationMs)
      if (sample.fault !== null && kind !== 'error') counts.set('wrong', count('wrong') + 1)
    },
    end() {
      clearInterval(timer)
      flush()
    },
  }
}
