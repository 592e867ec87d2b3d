import { expect, test } from 'vitest'
import config from '../../edgeproof.config.ts'
import { installedK6 } from '../../load/k6.ts'
import { silentProgress } from '../../reports/progress.ts'
import { type Comparison, validate } from './validate.ts'

const missing = installedK6() === null

test.skipIf(missing)(
  `the model is held against the local edge under real k6${missing ? ' (skipped: k6 missing)' : ''}`,
  async () => {
    const context = {
      config,
      configFile: 'test',
      out: '',
      progress: silentProgress,
      signal: new AbortController().signal,
    }
    const { checks, data } = await validate(context, {
      fit: [40],
      heldBack: [80],
      rounds: 2,
      seconds: 1,
      climbSeconds: 1,
    })
    expect(checks.map(({ id, limit }, 150_000)
