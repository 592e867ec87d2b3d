import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Finding } from './finding.ts'
import { readSuppressions, suppress } from './suppressions.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-suppressions-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const found = ['bypass/paths/no-route/anyone', 'leak/leak/log/log-reader'].map((id) => ({ id }) as Finding)

test('what is suppressed is left out until its day is over', () => {
  const one = { id: 'bypass/paths/no-route/anyone', reason: 'a decoy', expires: '2026-11-30' }
  const before = suppress(found, [one], '2026-11-30')
  expect(before.findings.map(({ id }) => id)).toEqual(['leak/leak/log/log-reader'])
  expect(before.suppressed).toMatchObject([{ reason: 'a decoy', expires: '2026-11-30' }])
  expect(before.remarks).toEqual([])
  const after = suppress(found, [one], '2026-12-01')
  expect(after.findings).toHaveLength(2)
  expect(after.remarks).toEqual([expect.stringMatching(/bypass\/paths\/no-route\/anyone expired on 2026-11-30/)])
})

test('what suppresses nothing is said: a finding of a worse kind of person is another one', () => {
  const one = { id: 'leak/leak/log/anyone', reason: 'none', expires: '2999-01-01' }
  expect(suppress(found, [one], '2026-12-01')).toMatchObject({
    findings: found,
    remarks: [expect.stringMatching(/nothing was found/)],
  })
})

test.each([
  ['{', /no list of suppressions/],
  ['[{"id":"bypass/paths/no-route/anyone","expires":"2026-12-01"}]', /\.reason/],
  ['[{"id":"bypass/paths/no-route/anyone","reason":"x","expires":"soon"}]', /such as 2027-03-31/],
  ['[{"id":"bypass/paths/no-rote/anyone","reason":"x","expires":"2026-12-01"}]', /no rule "paths\/no-rote"/],
  ['[{"id":"bypas/paths/no-route/anyone","reason":"x","expires":"2026-12-01"}]', /no class "bypas"/],
  ['[{"id":"bypass/paths/no-route/somebody","reason":"x","expires":"2026-12-01"}]', /"somebody" is none of anyone/],
])('a mistake in the file is one line: %s', (text, reason) => {
  const file = join(directory, 'suppressions.json')
  writeFileSync(file, text)
  expect(() => readSuppressions(file)).toThrow(reason)
})
