/** The local edge under real k6 while its issuer's keys change: as long as keys live. */
import { expect, it } from 'vitest'
import { silentProgress } from '../command/progress.ts'
import demo from '../edgeproof.config.ts'
import { installedK6 } from './k6/find-k6.ts'
import { loadRun } from './load-run.ts'
import { startLocalTarget } from './local-distribution.ts'
import type { Scenario } from './scenarios/scenario.ts'

const k6 = installedK6() ?? ''
if (!k6) console.log('skipped: k6 missing')

const scenario: Scenario = {
  name: 'fault',
  title: '',
  rate: 60,
  seconds: 14,
  warmUp: 0,
  arrival: 'constant',
  mix: { valid: 80, withdrawn: 20 },
  users: 6,
  objects: 3,
  zipf: 1,
  tokens: 'per-user',
  jwks: { maxAge: 1, maxStale: 3600, cooldown: 0.5 },
  events: [
    { at: 0.1, action: 'rotate-keys' },
    { at: 0.3, action: 'withdraw-keys' },
    { at: 0.5, action: 'rotate-keys' },
    { at: 0.65, action: 'withdraw-keys' },
  ],
}

it.skipIf(!k6)(
  'under load keys change twice: no valid request is refused, old keys are refused after their time',
  async () => {
    const { signal } = new AbortController()
    const { rate, seconds } = scenario
    const target = await startLocalTarget({ config: demo, scenario, requests: 0, seconds: 600, signal })
    try {
      const options = { k6, target, scenario, rate, seconds, segments: 1, seed: 1, progress: silentProgress, signal }
      const { measured } = await loadRun(options)
      expect(measured.faults).toEqual(new Map())
      expect(measured.by.class.get('valid')?.denials).toBe(0)
      expect(measured.by.class.get('withdrawn')?.denials).toBeGreaterThan(50)
    } finally {
      await target.close()
    }
  },
)
