import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appendStepSummary } from './step-summary.ts'

const file = join(mkdtempSync(join(tmpdir(), 'edgeproof-summary-')), 'summary.md')

test('it is added to what earlier commands of the step wrote, and left out where all of it would be lost', () => {
  writeFileSync(file, '# before\n')
  expect(appendStepSummary('# ours\n', file)).toBe(true)
  expect(readFileSync(file, 'utf8')).toBe('# before\n# ours\n')
  expect(appendStepSummary('x'.repeat(1024 * 1024), file)).toBe(false)
  expect(readFileSync(file, 'utf8')).toBe('# before\n# ours\n')
})

test('outside of GitHub Actions nothing is written', () => {
  expect(appendStepSummary('# ours\n', '')).toBe(false)
})
