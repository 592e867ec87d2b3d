import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { check, type Result } from '../result/result.ts'
import { terminalTable } from './terminal.ts'

const title = 'the share of requests that the cache answered although each of them had a token of its own with it'

const result = {
  schema: 'edgeproof/load@1',
  checks: [check({ id: 'a', title, value: 0.98, unit: '1', limit: 0.95, direction: 'higher' })],
} as unknown as Result

test('a table keeps to the width of its terminal, and no word of a title is lost', () => {
  const stream = Object.assign(new Writable(), { columns: 80 }) as unknown as NodeJS.WriteStream
  const lines = terminalTable([result], stream).split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  const told = lines.map((line) => line.split('│')[2]?.trim() ?? '').join(' ')
  expect(told).toContain(title)
})
