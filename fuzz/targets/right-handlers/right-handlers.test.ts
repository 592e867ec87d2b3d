import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCampaign } from '../../engine/campaign.ts'
import { strategies } from '../../engine/strategy.ts'
import { buildForeign } from '../build-target.ts'
import { rightHandlers } from './right-handlers.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-right-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each(rightHandlers)('nothing is found in a handler that is right: $name', { timeout: 60_000 }, async (handler) => {
  const { name, policy } = handler
  const target = await buildForeign(name, `fuzz/targets/right-handlers/${name}.ts`, policy, {}, { directory })
  const signal = new AbortController().signal
  const report = await runCampaign({
    target,
    strategy: strategies.full,
    seed: 'right',
    cases: 250,
    signal,
    minimize: false,
  })
  expect(report.found.map(({ class: kind, rule, story }) => `${kind} ${rule}: ${story}`)).toEqual([])
  expect(report.cases).toBeGreaterThanOrEqual(250)
})
