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
  const target = { name, whose: 'foreign', file, policy, runtime: 'nodejs24.x' } as const
  return runCampaign({
    target,
    strategy: strategies.full,
    seed: '1',
    cases,
    stopAtFirst,
    signal: new AbortController().signal,
  })
}

describe('the catalogue of flawed handlers', () => {
  it('has at least forty flaws, each with a name of its own, a weakness and a source', () => {
    expect(flaws.length).toBeGreaterThanOrEqual(40)
    expect(new Set(flaws.map(({ name }) => name)).size).toBe(flaws.length)
    for (const { cwe, source } of flaws) {
      expect(cwe).toMatch(/^CWE-\d+$/)
      expect(source).not.toBe('')
    }
  })

  it('builds each one from edits that still fit the reference handler', () => {
    const reference = referenceHandler().code
    for (const flaw of flaws) expect(flawedHandler(flaw).code).not.toBe(reference)
  })

  it('refuses an edit whose text is not there', () => {
    const flaw = { name: 'x', class: 'path', cwe: 'CWE-22', source: 'CWE-22', edits: [['no such line', '']] } as const
    expect(() => flawedHandler(flaw)).toThrow('x: the text to replace stands 0 times')
  })

  it('starts from a handler in which nothing is found', async () => {
    const report = await attack('reference', referenceHandler(), 300, false)
    expect(report.found.map(({ class: name, rule, story }) => `${name} ${rule}: ${story}`)).toEqual([])
    expect(report.cases).toBeGreaterThanOrEqual(300)
  })

  it.each([
    'alg-none-accepted',
    'group-anywhere-in-path',
    'cache-by-payload',
    'keys-fetched-for-each-stranger',
    'log-budget-shared',
  ])('is found out: %s', async (name) => {
    const flaw = flaws.find((one) => one.name === name)
    if (!flaw) throw new Error(`no flaw ${name}`)
    const report = await attack(name, flawedHandler(flaw), 1500, true)
    expect(report.found).toHaveLength(1)
  })
})
