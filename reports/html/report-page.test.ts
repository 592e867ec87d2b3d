import { expect, test } from 'vitest'
import { environment } from '../environment.ts'
import { check, type Result } from '../result.ts'
import { reportPage } from './report-page.ts'

const result = (command: string, fields: Partial<Result>): Result => ({
  schema: `edgeproof/${command}@1`,
  startedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 1,
  environment: environment(),
  inputs: {},
  checks: [],
  verdict: 'pass',
  ...fields,
})

const title = (text: string) =>
  check({ id: 'fuzz.findings', title: text, value: 0, unit: 'count', limit: 0, direction: 'lower' })

test('what a result says is text in the page, never markup', () => {
  const page = reportPage([result('fuzz', { checks: [title('<script>alert(1)</script>')] })])
  expect(page).not.toContain('<script')
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
})

test('a stage without a result is named as not measured, and so is the whole', () => {
  const page = reportPage([result('fuzz', { checks: [title('findings')] })])
  expect(page).toContain('<title>edgeproof: not-measured</title>')
  expect(page).toMatch(/Load: <span class="verdict not-measured">not measured/)
  expect(page).toContain('Not measured in this run: load, bench, size, build.')
})

test('a failed check stands before the sections', () => {
  const failed = check({ id: 'size.raw', title: 'bytes', value: 2, unit: 'B', limit: 1, direction: 'lower' })
  const page = reportPage([result('size', { checks: [failed], verdict: 'fail' })])
  expect(page).toContain('To look at')
  expect(page.indexOf('To look at')).toBeLessThan(page.indexOf('Attacks:'))
})

test('the page asks for nothing from anywhere', () => {
  const attribution = [{ package: 'edgeproof', files: [{ file: 'a.ts', bytes: 3 }] }]
  const page = reportPage([result('size', { data: { attribution } })])
  expect(page).toContain('<svg')
  expect(page).not.toMatch(/(?:src|href)="https?:|@import|url\(/)
})
