import { expect, it } from 'vitest'
import { silentProgress } from '../command/progress.ts'
import demo from '../edgeproof.config.ts'
import { capacityStage } from './capacity-stage.ts'
import { installedK6 } from './k6/find-k6.ts'

const k6 = installedK6() ?? ''
if (!k6) console.log('skipped: k6 missing')

it.skipIf(!k6)('interrupted, a search for the capacity keeps the probes that it made', async () => {
  const controller = new AbortController()
  const log = (line: string) => {
    if (/^capacity: \d+\/s /.test(line)) controller.abort(new Error('stop'))
  }
  const context = {
    config: demo,
    configFile: '',
    out: '',
    progress: { ...silentProgress, log },
    signal: controller.signal,
  }
  const { verdict, checks, data } = await capacityStage(context, { seconds: 1, from: 20, most: 1000 })
  expect(verdict).toBe('inconclusive')
  expect(checks.at(-1)).toMatchObject({
    id: 'capacity.rate',
    detail: expect.stringMatching(
      /^interrupted after 1 probes: (sustained up to 20|none sustained, not at 20); run it again$/,
    ),
  })
  expect(checks.at(-1)?.interval).toBeUndefined()
  expect((data as { probes: unknown[] }).probes).toHaveLength(1)
})
