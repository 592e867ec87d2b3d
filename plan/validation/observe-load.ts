/** One run of k6 against the local edge, as far as the model speaks of it. */
import { type LoadRunOptions, loadRun } from '../../load/load-run.ts'
import type { LocalTarget } from '../../load/local-distribution.ts'

export interface ObservedLoad {
  /** Requests per second. */
  rate: number
  /** Mean number of busy sandboxes, looked at every few milliseconds after the warm-up. */
  busy: number
  /** Response times that k6 saw after the warm-up, in milliseconds: of requests that found a sandbox, and of the others. */
  warm: number[]
  cold: number[]
  /** Requests that k6 could not send in time. */
  dropped: number
  /** Answers that were wrong or failed, with the first one's words. */
  faults: { count: number; example: string }[]
  /** Share of all CPU time that other programs used; null where the system does not tell. */
  foreign: number | null
  steal: number | null
}

/** Not a divisor of any usual interval between arrivals, so that looking does not fall into step with them. */
const lookEveryMs = 7

export async function observeLoad(options: LoadRunOptions & { target: LocalTarget }): Promise<ObservedLoad> {
  const { target, scenario, seconds } = options
  const coldIds = new Set<string>()
  const times = new Map<string, number>()
  const looks = { sum: 0, count: 0 }
  // By the edge's own log: k6 hands its samples on in batches.
  let first = Number.POSITIVE_INFINITY
  const counts = (at: number) => at - first >= scenario.warmUp * seconds * 1000 && at - first < seconds * 1000
  const unsubscribe = target.edge.log.subscribe(({ id, at, coldStart }) => {
    first = Math.min(first, at)
    if (coldStart) coldIds.add(id)
  })
  const looking = setInterval(() => {
    if (!counts(Date.now())) return
    looks.sum += target.edge.metrics().sandboxes.busy
    looks.count += 1
  }, lookEveryMs)
  try {
    const run = await loadRun({
      ...options,
      onSample: ({ at, id, durationMs }) => {
        if (counts(at)) times.set(id, durationMs)
      },
    })
    const { faults, dropped } = run.measured
    const each = [...times]
    return {
      rate: options.rate,
      busy: looks.count === 0 ? Number.NaN : looks.sum / looks.count,
      warm: each.filter(([id]) => !coldIds.has(id)).map(([, time]) => time),
      cold: each.filter(([id]) => coldIds.has(id)).map(([, time]) => time),
      dropped,
      faults: [...faults.values()].map(({ count, example }) => ({ count, example })),
      foreign: run.machine.foreign,
      steal: run.machine.steal,
    }
  } finally {
    clearInterval(looking)
    unsubscribe()
  }
}
