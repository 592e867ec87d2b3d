/** The policy of docs/sign-in.md is one. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { complaint } from '../testing/policy-complaint.ts'

test('the page’s example is taken as it stands', () => {
  const page = readFileSync(new URL('../docs/sign-in.md', import.meta.url), 'utf8')
  const [example = ''] = /^ {4}\{\n(?: {4}.*\n)+/m.exec(page) ?? []
  expect(complaint(JSON.parse(example))).toBeUndefined()
  expect(complaint({ ...JSON.parse(example), clientIds: ['other'] })).toContain('signIn.client')
})
