import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runCampaign } from '../../engine/campaign.ts'
import { strategies } from '../../engine/strategy.ts'
import { flaws } from './catalogue.ts'
import type { BuiltHandler } from './flawed-handler.ts'
import { flawedHandler, referenceHandler } from './flawed-handler.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-catalogue-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function attack(name: string, { code, policy }: BuiltHandler, cases: number, stopAtFirst: boolean) {
  const file = join(directory, `${name}.cjs`)
  writeFileSync(file, code)
  const tested = { name, whose: 'foreign', file, policy, runtime: 'nodejs24.x' } as const
  return runCampaign({
    tested,
    strategy: strategies.full,
    seed: '1',
    cases,
    stopAtFirst,
    signal: new AbortController().signal,
  })
}

function flawNamed(name: string) {
  const flaw = flaws.find((one) => one.name === name)
  if (!flaw) throw new Error(`no flaw ${name}`)
  return flaw
}

describe('the catalogue of flawed handlers', () => {
  it('starts from a handler in which nothing is found', async () => {
    const report = await attack('reference', referenceHandler(), 300, false)
    expect(report.found.map(({ class: name, rule, story }) => `${name} ${rule}: ${story}`)).toEqual([])
    expect(report.cases).toBeGreaterThanOrEqual(300)
  })

  it.each(['way-back-on-host', 'star-is-nothing'])('starts from it under the policy of %s, too', async (name) => {
    const { policy } = flawedHandler(flawNamed(name))
    const report = await attack(`reference-${name}`, referenceHandler(policy), 200, false)
    expect(report.found.map(({ class: kind, rule, story }) => `${kind} ${rule}: ${story}`)).toEqual([])
  })

  it.each([
    'alg-none-accepted',
    'group-anywhere-in-path',
    'cache-by-payload',
    'keys-fetched-for-each-stranger',
    'log-budget-shared',
    'rewrite-not-decided-again',
    'star-crosses-slash',
    'slash-before-path-is-read',
    'fetch-sent-to-log-in',
    'page-has-placeholder',
  ])('is found out: %s', async (name) => {
    const report = await attack(name, flawedHandler(flawNamed(name)), 1500, true)
    expect(report.found).toHaveLength(1)
  })
})
