import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type RightHandler, rightHandlers } from '../../handlers/right/right-handlers.ts'
import { attacks } from '../attacks/attacks.ts'
import { runCampaign } from '../engine/campaign.ts'
import { type Strategy, strategies } from '../engine/strategy.ts'
import { isHardening } from '../finding.ts'
import { buildForeign } from './build-handler.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-right-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Of a plain handler only what somebody without the issuer's key gains by. */
async function findings(
  { name, policy, isPlain = false }: RightHandler,
  strategy: Strategy,
  cases: number,
): Promise<string[]> {
  const tested = await buildForeign(name, `handlers/right/${name}.ts`, policy, {}, { directory })
  const signal = new AbortController().signal
  const report = await runCampaign({ tested, strategy, seed: 'right', cases, signal, minimize: false })
  expect(report.cases).toBe(cases)
  const found = isPlain ? report.found.filter((finding) => !isHardening(finding)) : report.found
  return found.map(({ class: kind, rule, who, story }) => `${kind} ${rule} by ${who}: ${story}`)
}

test.each(rightHandlers)('nothing is found in a handler that is right: $name', { timeout: 60_000 }, async (handler) => {
  expect(await findings(handler, strategies.full, handler.isPlain ? 120 : 250)).toEqual([])
})

/** The attacks of these names alone. */
const only = (names: RegExp): Strategy =>
  function* (world, random) {
    for (const attack of attacks.filter(({ name }) => names.test(name))) {
      const scenario = attack.build(world, random)
      if (scenario) yield { scenario: { name: attack.name, class: attack.class, ...scenario } }
    }
  }

/** Those that leave more to a library answer for fewer of its ways with a key set. */
const whole = rightHandlers.filter(({ isPlain }) => !isPlain)

test.each(whole)('$name may break off a key set that is too large', async (handler) => {
  expect(await findings(handler, only(/^jwks-(?:flood|countless-members)/), 4)).toEqual([])
})

test.each(whole)('$name outlives freezes that cut fetches off, and an endpoint that leaves HTTP', async (handler) => {
  expect(await findings(handler, only(/cut-off|switching-protocols/), 12)).toEqual([])
})
