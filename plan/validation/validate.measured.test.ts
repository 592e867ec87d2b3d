import { expect, test } from 'vitest'
import { silentProgress } from '../../command/progress.ts'
import config from '../../edgeproof.config.ts'
import { installedK6 } from '../../load/k6/find-k6.ts'
import { validate } from './validate.ts'
import type { Comparison } from './validation-checks.ts'

const missing = installedK6() === null

/** Milliseconds: a busy machine takes its time to start threads. */
const most = 150_000

test.skipIf(missing)(
  `the model is held against the local edge under real k6${missing ? ' (skipped: k6 missing)' : ''}`,
  async () => {
    const { signal } = new AbortController()
    const context = { config, configFile: 'test', out: '', progress: silentProgress, signal }
    const short = { fit: [40], heldBack: [80], rounds: 2, seconds: 1, climbSeconds: 1 }
    const { checks, data } = await validate(context, short)
    expect(checks.map(({ id, limit }) => [id, limit])).toEqual([
      ['plan.validation.80.concurrency', 10],
      ['plan.validation.80.p99', 15],
    ])
    const { comparisons } = data as { comparisons: Comparison[] }
    expect(comparisons.length).toBe(2)
    for (const { predicted, busy, p99Ms, requests } of comparisons) {
      // Nobody sleeps for less than 5 ms, however busy the machine is.
      expect(predicted.concurrency / predicted.rate).toBeGreaterThan(0.005)
      expect(Math.min(predicted.p99Ms, p99Ms)).toBeGreaterThan(5)
      expect(busy).toBeGreaterThan(0)
      expect(requests).toBeGreaterThan(0)
    }
  },
  most,
)
