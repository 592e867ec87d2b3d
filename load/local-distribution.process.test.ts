import { expect, it } from 'vitest'
import { silentProgress } from '../command/progress.ts'
import demo from '../edgeproof.config.ts'
import { installedK6 } from './k6/find-k6.ts'
import { loadRun } from './load-run.ts'
import { startLocalTarget } from './local-distribution.ts'
import { scenarioNamed } from './scenarios/catalogue.ts'

const k6 = installedK6() ?? ''
if (!k6) console.log('skipped: k6 missing')

it.skipIf(!k6)('is asked over HTTP/2 and TLS where that is chosen, and their handshakes are timed apart', async () => {
  const { signal } = new AbortController()
  const scenario = scenarioNamed('smoke')
  const [rate, seconds] = [50, 2]
  const target = await startLocalTarget({ config: demo, scenario, requests: 0, seconds, http2: true, signal })
  try {
    const protocols = new Map<string, number>()
    target.edge.log.subscribe(({ protocol }) => protocols.set(protocol, (protocols.get(protocol) ?? 0) + 1))
    const shared = { k6, target, scenario, rate, seconds, segments: 1, seed: 1, progress: silentProgress, signal }
    const { measured } = await loadRun(shared)
    expect(measured.faults).toEqual(new Map())
    expect([...protocols.keys()]).toEqual(['HTTP/2.0'])
    expect(protocols.get('HTTP/2.0')).toBeGreaterThan(10)
    expect(measured.timesRecorded('tls')).toBeGreaterThan(0)
    expect(measured.timesRecorded('connect')).toBe(measured.timesRecorded('tls'))
  } finally {
    await target.close()
  }
})
