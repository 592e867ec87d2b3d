import { describe, expect, it } from 'vitest'
import { flaws } from './catalogue.ts'
import { flawedHandler, referenceHandler, referenceSignInHandler } from './flawed-handler.ts'

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
    const references = [referenceHandler().code, referenceSignInHandler().code]
    for (const flaw of flaws) expect(references).not.toContain(flawedHandler(flaw).code)
  })

  it('refuses an edit whose text is not there', () => {
    const flaw = { name: 'x', class: 'path', cwe: 'CWE-22', source: 'CWE-22', edits: [['no such line', '']] } as const
    expect(() => flawedHandler(flaw)).toThrow('x: the text to replace stands 0 times')
  })
})
