import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCampaign } from '../engine/campaign.ts'
import { strategies } from '../engine/strategy.ts'
import { recordedDifferences } from './recorded-differences.ts'
import { buildShipped } from './shipped-handlers.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'edgeproof-fuzz-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const never = new AbortController().signal

test.each(['jose', 'aws-jwt-verify', 'fast-jwt', 'cognito-at-edge'] as const)(
  '%s differs from the semantics as recorded, no more and no less',
  { timeout: 300_000 },
  async (peer) => {
    const tested = await buildShipped(peer, { directory })
    const report = await runCampaign({ tested, strategy: strategies.list, seed: '1', signal: never, minimize: false })
    // One difference, whoever can bring it about.
    const shown = [...new Set(report.found.map(({ class: name, rule }) => `${name} ${rule}`))]
    const recorded = recordedDifferences.filter((one) => one.peer === peer).map((one) => `${one.class} ${one.rule}`)
    expect(shown.sort()).toEqual(recorded.sort())
  },
)

test("the naive port's substring match and its fetch for each request are found", async () => {
  const tested = await buildShipped('naive', { directory })
  const report = await runCampaign({
    tested,
    strategy: strategies.full,
    seed: '1',
    cases: 300,
    signal: never,
    minimize: false,
  })
  const shown = report.found.map(({ class: name, rule }) => `${name} ${rule}`)
  expect(shown).toContain('bypass paths/no-right')
  expect(shown).toContain('amplification keys/fetches')
})
